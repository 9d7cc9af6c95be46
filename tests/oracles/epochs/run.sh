#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Epoch boundaries of made-up clusters, computed by Fathom and again in Python.
#   tests/oracles/epochs/run.sh BINARY [FIRST_SEED [CLUSTERS]]
# Exit status 1 if anything differs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

[ $# -ge 1 ] || { echo "usage: $0 BINARY [FIRST_SEED [CLUSTERS]]" >&2; exit 2; }
readonly binary=$1 first=${2:-1} clusters=${3:-20}
if ! command -v python3 >/dev/null; then
    echo "epochs: skipped, python3 is not installed"
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run_one() {
    local status=0
    "$binary" "$1" | python3 "$here/epochs.py" >"$work/$1" || status=1
    [ "$status" -eq 0 ] && return
    touch "$work/failed"
    echo "cluster $1:"
    cut -c 1-2000 "$work/$1"
}

for ((seed = first; seed < first + clusters; ++seed)); do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
    run_one "$seed" &
done
wait
awk -v clusters="$clusters" '
    /^[0-9]+ cases/ { cases += $1; differences += $3 }
    /^operations: / {
        sub("operations: ", "")
        count = split($0, parts, ", ")
        for (i = 1; i <= count; ++i) {
            times = parts[i]; sub(/.* /, "", times); sub(/ [0-9]+$/, "", parts[i])
            if (parts[i] !~ /^transactions/) seen[parts[i]] += times
            else if (parts[i] == "transactions ok") executed += times
            else failed += times
        }
    }
    END {
        printf "epochs: %d clusters, %d transactions and %d failed ones, %d cases, %d differences\n", clusters, executed, failed, cases, differences
        for (what in seen) print "  " what ": " seen[what] | "sort"
    }' "$work"/[0-9]*
[ ! -e "$work/failed" ]
