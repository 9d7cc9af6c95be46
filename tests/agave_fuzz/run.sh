#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Random transactions through npm litesvm (Agave's crates) and through Fathom.
#   tests/agave_fuzz/run.sh BINARY SHARED [--count N] [--seed S] [--families A,B] [--only NAME] [--engine E]
# FATHOM_NODE_MODULES names a folder that has litesvm 1.5.0 already; otherwise npm installs it as the
# lock file says. Exit status 1 if anything differs.
set -euo pipefail
if [ $# -lt 2 ]; then
    echo "usage: $0 BINARY SHARED [--count N] [--seed S] [--families A,B] [--only NAME] [--engine E]" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here binary=$1 core=$2/data/elf/core
shift 2
out=$(dirname "$binary")/../agave_fuzz
mkdir -p "$out"
out=$(cd "$out" && pwd)

modules=${FATHOM_NODE_MODULES:-$out/install/node_modules}
if [ -z "${FATHOM_NODE_MODULES:-}" ] && ! cmp -s "$here/package-lock.json" "$out/install/node_modules/.installed"; then
    for tool in node npm; do
        command -v "$tool" >/dev/null || { echo "agave: $tool is not installed" >&2; exit 2; }
    done
    mkdir -p "$out/install"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$out/install/"
    # Not `npm ci`: it insists on lock entries for platforms that litesvm names and has not published.
    npm install --prefix "$out/install" --no-save --no-audit --no-fund --loglevel=error >&2
    cp "$here/package-lock.json" "$out/install/node_modules/.installed"
fi

options=(--fathom "$binary" --modules "$modules" --out "$out/work")
# Config and Feature Gate are no part of litesvm; without their files these families do nothing.
if [ -d "$core" ]; then options+=(--core "$core"); fi
exec node "$here/main.mjs" "${options[@]}" "$@"
