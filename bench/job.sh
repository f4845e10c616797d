#!/bin/bash
# The whole job at one size, ours and the peers' in turn, and what follows it: bench/job.sh SIZE ROUNDS
# It wants what `make bench` builds, and prints Markdown tables.
set -euo pipefail
size=$1 rounds=$2
dir=.cache/bench/$size python=.venv-bench/bin/python

echo "### The yearly job, size $size: workbooks to published marts"
bin/bench-compare -rounds "$rounds" \
  "lumbung (star schema, 8 marts, all audits, synced)=rm -rf $dir/data ;; bin/lumbung run --quiet --project $dir" \
  "polars + DuckDB script (1 mart, no audits)=$python bench/peers/polars_duckdb.py $dir/rilis $dir/polars_duckdb" \
  "dlt + dbt-duckdb (4 marts, 3 tests)=$python bench/peers/dlt_dbt.py $dir/rilis $dir/dlt_dbt"
bin/lumbung quarantine list --limit 0 --json --project $dir | $python bench/peers/salah.py $dir/rilis/salah.json
$python bench/peers/samakan.py $dir/data/current $dir/polars_duckdb $dir/dlt_dbt
echo

echo "### One new year beside the others, size $size, and nights with nothing new"
new=$dir-baru
rm -rf "$new" && mkdir -p "$new/rilis" && cp -r bench/project/. "$new/" && ln $dir/rilis/* "$new/rilis/" && mv "$new/rilis/idm-2024.xlsx" "$new/"
if [ "$size" = M ]; then # one year alone: the new year is the first
  mkdir "$new/lama"
else
  bin/lumbung run --quiet --project "$new" >/dev/null && mv "$new/data" "$new/lama"
fi
corrected=()
if [ -e "$dir/rilis/koreksi-2020.xlsx" ]; then # the data folder is then that of the new year
  corrected=("lumbung run, one corrected cell=test -e $new/penuh || mv $new/data $new/penuh; rm -rf $new/data && cp -a $new/penuh $new/data && ln -f $dir/rilis/koreksi-2020.xlsx $new/rilis/idm-2020.xlsx ;; bin/lumbung run --quiet --project $new")
fi
bin/bench-compare -rounds "$rounds" \
  "lumbung run, one new year=rm -rf $new/data && cp -a $new/lama $new/data && ln -f $dir/rilis/idm-*.xlsx $new/rilis/ ;; bin/lumbung run --quiet --project $new" \
  "${corrected[@]}" \
  "lumbung run, nothing new=bin/lumbung run --quiet --project $dir" \
  "lumbung trend=bin/lumbung trend --project $dir --area 64.02"

echo "### The trend of 64.02, again and again, size $size"
echo "| | p50 ms | p99 ms | CPU ms |"
echo "|---|---|---|---|"
bin/bench-latency -n 500 -path /unduh/64.02/tren.csv bin/lumbung serve --project $dir --listen 127.0.0.1:0
$python bench/peers/tren.py $dir/data/current 500
echo
