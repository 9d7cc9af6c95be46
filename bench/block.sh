#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Blocks: Fathom on one and on two workers, and litesvm on the same transactions one by one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly ours=build/release/bin/fathom
# shellcheck source=bench/peers/prepare.sh
source bench/peers/prepare.sh
[ -x "$ours" ] || { echo "bench: there is no $ours; ./dev bench block builds it" >&2; exit 2; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
has_litesvm && peer=true || peer=false
for mix in transfers calls market serial; do
    echo "# $mix: 20 000 transactions in a block, signatures not verified"
    "$ours" block --mix "$mix" --transactions 20000 --blocks 8 --workers 1,2 --export "$folder/block" | tee "$folder/out"
    $peer && node "$litesvm/block.mjs" "$folder/block" | tee "$folder/peer"
    if $peer; then
        awk 'FNR == NR { if ($1 == "tiered" && $2 == 1) ours = $3; next }
             /^litesvm/ { printf "litesvm / Fathom on one core: %.2f\n", $2 / ours }' "$folder/out" "$folder/peer"
    fi
    echo
done
for mix in transfers calls; do
    echo "# $mix, signatures verified"
    "$ours" block --mix "$mix" --transactions 20000 --blocks 6 --workers 1,2 --verify
    echo
done
