#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts the machine instructions of the benchmark's kernels and of a token transfer, row by row, and
# fails if one needs more than the baseline allows. Unlike times, counts do not depend on what else
# the machine does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly binary=build/release/bin/vm_bench
readonly baseline=bench/callgrind_baseline.txt
readonly tolerance=3 # percent
readonly shared=${FATHOM_SHARED:-$PWD/../shared}

usage() {
    cat <<'EOT'
usage: bench/callgrind_gate.sh [--update]

  --update   replace the baseline by what is counted now
EOT
}

skip() { printf 'instruction counts: skipped, %s\n' "$*"; exit 0; }
fail() { printf 'instruction counts: %s\n' "$*" >&2; exit 1; }

update=false
case ${1:-} in
--update) update=true ;;
'') ;;
*) usage; exit 2 ;;
esac
[ -x "$binary" ] || fail "there is no $binary; ./dev build builds it"
command -v valgrind >/dev/null || skip "valgrind is not installed"
# Another compiler makes other code of the same source.
compiler=$(g++ -dumpfullversion)-$(uname -m)
known=$(sed -n 's/^# compiler //p' "$baseline" 2>/dev/null || true)
if ! $update && [ "$known" != "$compiler" ]; then
    skip "the baseline is for g++ $known and this is $compiler"
fi

if $update && [ ! -d "$shared/data/elf/core" ]; then
    fail "a baseline needs the token program, and there is no $shared/data/elf/core"
fi

elves=(--elves "$shared/data/elf")
[ -d "$shared/data/elf/core" ] || elves=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# One dump a counted row; --toggle-collect leaves everything else out.
if ! valgrind --tool=callgrind --callgrind-out-file="$work/out" --toggle-collect=fathom_counted \
    --dump-after=fathom_counted "$binary" count --engine interpreter --engine jit "${elves[@]}" \
    >"$work/rows" 2>"$work/log"; then
    tail -n 20 "$work/log" >&2
    fail "the benchmark did not run"
fi
row=0
while read -r name; do
    row=$((row + 1))
    echo "$name $(sed -n 's/^\(totals\|summary\): //p' "$work/out.$row" | head -n 1)"
done <"$work/rows" >"$work/counts"

if $update; then
    {
        echo "# Machine instructions by engine and row; written by bench/callgrind_gate.sh --update"
        echo "# compiler $compiler"
        cat "$work/counts"
    } >"$baseline"
    echo "instruction counts: $row rows written to $baseline"
    exit
fi
awk -v tolerance="$tolerance" '
/^#/ { next }
FNR == NR { expected[$1 " " $2] = $3; next }
{
    row = $1 " " $2
    seen[row] = 1
    if (!(row in expected)) { printf "instruction counts: %s has no baseline\n", row; bad = 1; next }
    change = 100 * ($3 - expected[row]) / expected[row]
    if (change > tolerance) { printf "instruction counts: %s: %d, was %d (%+.1f %%)\n", row, $3, expected[row], change; bad = 1 }
    if (change < -tolerance) { printf "instruction counts: %s: %d, was %d (%+.1f %%): better, update the baseline\n", row, $3, expected[row], change }
    ++count
}
END {
    for (row in expected) if (!(row in seen)) printf "instruction counts: %s: skipped, not run here\n", row
    if (bad) exit 1
    printf "instruction counts: %d rows within %d %% of the baseline\n", count, tolerance
}' "$baseline" "$work/counts"
