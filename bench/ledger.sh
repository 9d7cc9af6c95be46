#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proof of History and the lattice hash, one thread, every way that this processor has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly shared=${FATHOM_SHARED:-$PWD/../shared}
readonly ours=build/release/bin/ledger_bench
readonly block=$shared/data/blocks/testnet-417955322

[ $# -eq 0 ] || { echo "usage: bench/ledger.sh" >&2; exit 2; }
[ -x "$ours" ] || { echo "bench: there is no $ours; ./dev bench ledger builds it" >&2; exit 2; }
if [ -d "$block" ]; then
    "$ours" "$block"
else
    echo "recorded block: skipped, there is no $block" >&2
    "$ours"
fi
