#!/bin/bash
# A night in which all sources answer 304, on ten years of the country behind a local portal: bench/nights.sh ROUNDS
# It wants what `make bench` builds, and prints a Markdown table.
set -euo pipefail
rounds=$1
dir=.cache/bench/L-portal

echo "### A night in which every source answers 304, ten years of the country"
rm -rf $dir && mkdir -p $dir && cp -r bench/project/contracts $dir/
cat > $dir/lumbung.yaml.in <<END
version: 1
name: bench
title: IDM of the whole country behind a portal, for measuring
sources:
  - name: idm
    kind: http
    allow: ["{}"]
    revalidate_every: 1000
    releases:
END
for year in {2015..2024}; do
  echo "      - {url: \"{}/idm-$year.xlsx\", period: $year, contracts: [idm]}" >> $dir/lumbung.yaml.in
done
bin/bench-portal .cache/bench/L/rilis bash -euo pipefail -c "
  sed 's|{''}|{}|g' $dir/lumbung.yaml.in > $dir/lumbung.yaml
  bin/lumbung run --quiet --project $dir >/dev/null
  bin/bench-compare -rounds $rounds 'bare process=bin/lumbung --version' 'lumbung run, all sources answer 304=bin/lumbung run --quiet --project $dir'"
