#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What whole transactions cost: Fathom and litesvm on the same ones, each in its own process, taking
# turns, on one core.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly shared=${FATHOM_SHARED:-$PWD/../shared}
readonly ours=build/release/bin/tx_bench
# shellcheck source=bench/peers/prepare.sh
source bench/peers/prepare.sh

rounds=5
case ${1:-} in
--rounds) rounds=${2:?--rounds needs a number} ;;
'') ;;
*) echo "usage: bench/tx.sh [--rounds N]" >&2; exit 2 ;;
esac
[ -x "$ours" ] || { echo "bench: there is no $ours; ./dev bench tx builds it" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
elves=(--elves "$shared/data/elf")
[ -d "$shared/data/elf" ] || { echo "real programs: skipped, there is no $shared/data/elf" >&2; elves=(); }
has_litesvm && peer=true || peer=false
"$ours" write "${elves[@]}" --output "$work"
for ((round = 1; round <= rounds; ++round)); do
    echo "round $round of $rounds" >&2
    "$ours" measure "${elves[@]}" >>"$work/results"
    if $peer; then taskset -c 0 node "$litesvm/vm.mjs" "$work" >>"$work/results"; fi
done
python3 bench/tx_report.py "$work/results"
