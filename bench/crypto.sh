#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast the cryptography is: beside libraries in one process, then through the syscalls and the
# ZK ElGamal Proof program beside litesvm, each in its own process, taking turns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly shared=${FATHOM_SHARED:-$PWD/../shared}
readonly libraries=build/release/bin/crypto_bench ours=build/release/bin/vm_bench
# shellcheck source=bench/peers/prepare.sh
source bench/peers/prepare.sh

usage() {
    cat <<'EOT'
usage: bench/crypto.sh [--rounds N] [--only libraries|transactions]

  --rounds  how often each side runs the transactions (default 3)
EOT
}

rounds=3 only=''
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=${2:?--rounds needs a number}; shift 2 ;;
    --only) only=${2:?--only needs a name}; shift 2 ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
    esac
done
for binary in "$libraries" "$ours"; do
    [ -x "$binary" ] || { echo "bench: there is no $binary; ./dev bench crypto builds it" >&2; exit 2; }
done

if [ "$only" != transactions ]; then
    peer=()
    if has_crate blake3; then peer=(--blake3 build/bench-blake3/release/libfathom_bench_blake3.so); fi
    "$libraries" "${peer[@]}"
fi
[ "$only" != libraries ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=(--only crypto)
proofs=$shared/data/fixtures/zk_elgamal_proof/vexor/agave_zk_vectors.txt
if [ -f "$proofs" ]; then options+=(--proofs "$proofs"); else echo "proofs: skipped, there is no $proofs" >&2; fi
with_litesvm=true
has_litesvm || with_litesvm=false
"$ours" write "${options[@]}" --output "$work"
for ((round = 1; round <= rounds; ++round)); do
    echo "round $round of $rounds" >&2
    "$ours" measure "${options[@]}" --engine jit >>"$work/results"
    if $with_litesvm; then node "$litesvm/vm.mjs" "$work" >>"$work/results"; fi
done
python3 bench/crypto_report.py --rounds "$rounds" "$work/results"
