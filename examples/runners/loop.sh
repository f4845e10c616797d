#!/bin/sh
# Decode a project's releases in shards, each a process of its own, then run it. Usage: loop.sh PROJECT SHARDS [AT_ONCE]
# LUMBUNG names the program. With LUMBUNG="ssh host lumbung" in a loop over hosts the shards run elsewhere.
set -eu
project=$1 shards=$2 at_once=${3:-4}
lumbung=${LUMBUNG:-lumbung}

# shard I: tried three times; one that ends with 3 has a release that breaks its contract, and would again.
shard() {
	for try in 1 2 3; do
		status=0
		$lumbung stage --shard "$1/$shards" --project "$project" --quiet || status=$?
		case $status in 0 | 3) return 0 ;; esac
		echo "shard $1/$shards ended with $status, try $try" >&2
	done
	return 1
}

$lumbung stage --land --project "$project" --quiet
next=0
while [ "$next" -lt "$shards" ]; do
	pids=
	while [ "$next" -lt "$shards" ] && [ "$(echo $pids | wc -w)" -lt "$at_once" ]; do
		shard "$next" &
		pids="$pids $!"
		next=$((next + 1))
	done
	for pid in $pids; do wait "$pid" || true; done
done

# What is missing all the same, the run decodes itself or refuses by name.
$lumbung stage --status --project "$project" || true
exec $lumbung run --project "$project" --quiet
