#!/bin/bash
# The job with the 50 indicators of each village, once: bench/indicators.sh SIZE
# The sums of the indicators of every village are compared with its three indices.
set -euo pipefail
dir=.cache/bench/$1-indikator

echo "### With the 50 indicators of each village, size $1"
bin/bench-compare -rounds 1 -warm=false "lumbung run=rm -rf $dir/data ;; bin/lumbung run --quiet --project $dir" \
  "lumbung run, nothing new=bin/lumbung run --quiet --project $dir"
bin/lumbung query --project "$dir" "SELECT count(*) AS villages, CAST(sum(n) AS BIGINT) AS indicators,
  count(*) FILTER (i.s <> f.s OR i.e <> f.e OR i.l <> f.l) AS other_sums
  FROM fct_indeks f JOIN (SELECT kode_desa, tahun, count(*) AS n, sum(skor) FILTER (nomor <= 35) AS s,
    sum(skor) FILTER (nomor BETWEEN 36 AND 47) AS e, sum(skor) FILTER (nomor > 47) AS l FROM fct_indikator GROUP BY kode_desa, tahun) i
    ON i.kode_desa = f.kode_desa AND i.tahun = f.tahun"
