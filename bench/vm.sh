#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast programs run: Fathom, litesvm and the solana-sbpf crate on the same work, each in its own
# process, taking turns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly shared=${FATHOM_SHARED:-$PWD/../shared}
readonly ours=build/release/bin/vm_bench
readonly crate=build/bench-sbpf/release/fathom-bench-sbpf
# shellcheck source=bench/peers/prepare.sh
source bench/peers/prepare.sh

usage() {
    cat <<'EOT'
usage: bench/vm.sh [--rounds N] [--json] [--engines LIST]

  --rounds   how often each side runs (default 5)
  --json     one JSON object a row instead of the table
  --engines  of Fathom, separated by commas (default interpreter,jit)
EOT
}

fail() { printf 'bench: %s\n' "$*" >&2; exit 2; }
say() { printf '%s\n' "$*" >&2; }

rounds=5 json='' engines=interpreter,jit
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=${2:?--rounds needs a number}; shift 2 ;;
    --engines) engines=${2:?--engines needs a list}; shift 2 ;;
    --json) json=--json; shift ;;
    -h | --help) usage; exit ;;
    *) usage >&2; fail "there is no option $1" ;;
    esac
done
[ -x "$ours" ] || fail "there is no $ours; ./dev bench vm builds it"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
elves=(--elves "$shared/data/elf") token=("$shared/data/elf/core/spl_token-3.5.0.so")
[ -d "$shared/data/elf" ] || { say "real programs: skipped, there is no $shared/data/elf"; elves=(); }
[ -f "${token[0]}" ] || token=()

with_litesvm=true with_crate=true
has_litesvm || with_litesvm=false
has_crate sbpf || with_crate=false

engine_options=()
for engine in ${engines//,/ }; do engine_options+=(--engine "$engine"); done
"$ours" write "${elves[@]}" --output "$work"
for ((round = 1; round <= rounds; ++round)); do
    say "round $round of $rounds"
    "$ours" measure "${engine_options[@]}" "${elves[@]}" >>"$work/results"
    if $with_litesvm; then node "$litesvm/vm.mjs" "$work" >>"$work/results"; fi
    if $with_crate; then "$crate" "$work" "${token[@]}" >>"$work/results"; fi
done
python3 bench/vm_report.py $json --rounds "$rounds" "$work/results"
