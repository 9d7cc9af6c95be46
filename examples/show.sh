#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the example scenarios and shows what each transaction did: examples/show.sh path/to/fathom
set -euo pipefail
fathom=$(realpath "${1:?usage: examples/show.sh path/to/fathom}")
cd "$(dirname "${BASH_SOURCE[0]}")/scenarios"

failed=0
for scenario in counter vault escrow; do
    "$fathom" execute "$scenario.json" || failed=1
done
if [ "$failed" -ne 0 ]; then
    echo "some transaction did not do what its scenario expects" >&2
    exit 1
fi
echo "every transaction did what its scenario expects"
