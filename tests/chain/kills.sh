#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A chain that runs into a log is killed at random moments; each time it must come back to a slot
# whose bank hash is the logged one, and go on from there.
# usage: tests/chain/kills.sh path/to/fathom [KILLS] [SLOTS]
set -euo pipefail
fathom=$(realpath "${1:?usage: tests/chain/kills.sh path/to/fathom [KILLS] [SLOTS]}")
kills=${2:-100} slots=${3:-10000}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/chain

last=0 done=0 torn=0 attempts=0
run() { exec "$fathom" chain "$log" --slots "$slots" --transactions 24 >"$folder/out" 2>"$folder/err"; }

while [ "$done" -lt "$kills" ]; do
    attempts=$((attempts + 1))
    rm -f "$folder/out"
    run &
    pid=$!
    # Longer than it takes to come back, so that it is killed while it writes, more often than not.
    sleep "$(awk -v seed="$RANDOM" -v last="$last" 'BEGIN { srand(seed); print 0.05 + last * 0.0008 + rand() * 0.6 }')"
    if kill -9 "$pid" 2>/dev/null; then done=$((done + 1)); fi
    wait "$pid" 2>/dev/null && status=0 || status=$?
    if [ "$status" -ne 137 ] && [ "$status" -ne 0 ]; then
        cat "$folder/out" "$folder/err"
        echo "kills: fathom ended with status $status instead of being killed"
        exit 1
    fi
    if [ -f "$log" ]; then
        # A second reader finds what is whole, and the same hashes.
        "$fathom" replay "$log" --skip-signatures >"$folder/replayed" 2>&1 || {
            cat "$folder/replayed"
            echo "kills: after $done kills the log does not replay"
            exit 1
        }
        slot=$(sed -n 's/^tip at slot \([0-9]*\),.*/\1/p' "$folder/replayed")
        slot=${slot:-0}
        if [ "$slot" -lt "$last" ]; then
            echo "kills: slot $last was there, now the log ends at $slot"
            exit 1
        fi
        last=$slot
        # A finished chain begins anew, so that kills meet young and old ones.
        if [ "$last" -ge "$slots" ]; then rm -f "$log"; last=0; fi
    fi
done
echo "$kills kills in $attempts runs; the chain came back to its last slot each time (now $last)"
