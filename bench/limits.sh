#!/bin/bash
# What bounds the job at one size: its input unpacked alone, its output packed alone, and one core: bench/limits.sh SIZE ROUNDS
# It wants the project that bench/job.sh has built, and prints Markdown tables.
set -euo pipefail
size=$1 rounds=$2
dir=.cache/bench/$size csv=.cache/bench/$size-csv

rm -rf "$csv" && mkdir -p "$csv"
for mart in "$dir"/data/current/marts/*; do
  name=$(basename "$mart")
  bin/lumbung query --project "$dir" --format csv "SELECT * FROM $name" > "$csv/$name.csv"
done

echo "### The floor, size $size"
bin/bench-compare -rounds "$rounds" \
  "its workbooks unpacked and its marts' CSV packed, nothing else=bash -c 'for f in $dir/rilis/idm-*.xlsx; do unzip -p \$f; done >/dev/null; for f in $csv/*; do zstd -q -3 -c \$f; done >/dev/null'" \
  "lumbung run=rm -rf $dir/data ;; bin/lumbung run --quiet --project $dir"
rm -r "$csv"

echo "### Decoding and staging, size $size"
land=$dir-tahap
rm -rf "$land" && mkdir "$land" && cp -r "$dir/lumbung.yaml" "$dir/contracts" "$dir/rilis" "$land/"
again="rm -rf $land/data && bin/lumbung stage --land --quiet --project $land"
bin/bench-compare -rounds "$rounds" \
  "two cores=$again ;; bin/lumbung stage --shard 0/1 --quiet --project $land" \
  "one core=$again ;; taskset -c 0 bin/lumbung stage --shard 0/1 --quiet --project $land"
