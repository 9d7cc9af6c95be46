#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Breaks one rule of the engines at a time in a copy of the committed tree; the tests of vm must
# notice each. usage: run_mutants.sh [PATTERN]. Exit 1 if one survives or no longer applies.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly root=$PWD
readonly pattern=${1:-.}
tree=$(mktemp -d)
readonly tree
cleanup() {
    git -C "$root" worktree remove --force "$tree/fathom" >/dev/null 2>&1
    rm -rf "$tree"
}
trap cleanup EXIT
git worktree add --detach "$tree/fathom" HEAD >/dev/null 2>&1 || { echo "no worktree"; exit 1; }
export CCACHE_BASEDIR=$tree/fathom CCACHE_NOHASHDIR=1 FATHOM_SHARED=${FATHOM_SHARED:-$root/../shared}
cmake -S "$tree/fathom" -B "$tree/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DFATHOM_BUILD_APPS=OFF \
    -DCMAKE_EXPORT_COMPILE_COMMANDS=OFF >"$tree/log" 2>&1 || { cat "$tree/log"; exit 1; }

build() { ninja -C "$tree/build" -j2 fathom_vm_test >"$tree/log" 2>&1; }
passes() {
    timeout -k 5 120 "$tree/build/tests/fathom_vm_test" --gtest_brief=1 --gtest_fail_fast >"$tree/log" 2>&1
}
mutate() { python3 "$root/tests/isa/mutants/mutate.py" "$@"; }

build || { tail -n 20 "$tree/log"; echo "the tree as it is does not build"; exit 1; }
passes || { tail -n 20 "$tree/log"; echo "the tree as it is does not pass"; exit 1; }
killed=0 survived=0 stale=0
while IFS= read -r line; do
    name=${line%% | *}
    if ! mutate apply "$name" "$tree/fathom" >"$tree/why"; then
        stale=$((stale + 1))
        echo "STALE    $line: $(cat "$tree/why")"
        continue
    fi
    if ! build; then
        stale=$((stale + 1))
        echo "STALE    $line: does not compile: $(grep -m1 error "$tree/log")"
    elif passes; then
        survived=$((survived + 1))
        echo "SURVIVED $line"
    else
        killed=$((killed + 1))
        echo "killed   $line ($(grep -m1 -oE 'FAILED  \] [^ ,]+' "$tree/log" | cut -d' ' -f4 || true))"
    fi
    mutate undo "$name" "$tree/fathom"
done < <(mutate list | grep -E -- "$pattern")
echo "$((killed + survived + stale)) mutants, $killed killed, $survived survived, $stale no longer apply"
[ "$survived" -eq 0 ] && [ "$stale" -eq 0 ]
