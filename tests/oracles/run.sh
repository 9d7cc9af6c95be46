#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fathom's cryptography against independent code: @noble under node, and Python's integers.
#   tests/oracles/run.sh BINARY [--seed S] [--count N] [ALGORITHM...]
# BINARY prints seeded cases with Fathom's results. Exit status 1 if anything differs; what cannot
# run here is skipped with one line and counts for nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() { echo "usage: $0 BINARY [--seed S] [--count N] [ALGORITHM...]" >&2; exit 2; }

# The long ones first, so that two cores end together.
readonly with_node=(bls12_381_hash bls12_381 bn254 ed25519 edwards25519 ristretto255 secp256r1 secp256k1
    lthash blake3 sha3 keccak256 sha512 sha256)
readonly with_python=(poseidon modexp)

[ $# -gt 0 ] || usage
readonly binary=$1
shift
seed=1 count=10000 chosen=()
while [ $# -gt 0 ]; do
    case $1 in
    --seed) seed=${2:?--seed needs a number}; shift 2 ;;
    --count) count=${2:?--count needs a number}; shift 2 ;;
    -*) usage ;;
    *) chosen+=("$1"); shift ;;
    esac
done
[ -x "$binary" ] || { echo "oracles: there is no $binary" >&2; exit 2; }

# Why @noble cannot run here; nothing if it can. Installs it as the lock file says.
missing_noble() {
    local tool
    for tool in node npm; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
    done
    node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
        { echo "node is older than 20.19"; return; }
    cmp -s "$here/package-lock.json" "$here/node_modules/.installed" && return
    if ! (cd "$here" && npm ci --no-audit --no-fund --loglevel=error) >&2; then
        echo "npm could not install @noble/curves and @noble/hashes"
        return
    fi
    cp "$here/package-lock.json" "$here/node_modules/.installed"
}

# is_among NAME LIST...
is_among() {
    local name=$1 other
    shift
    for other in "$@"; do [ "$name" = "$other" ] && return; done
    return 1
}

algorithms=() skipped=()
select_from() {
    local reason=$1 name left=()
    shift
    for name in "$@"; do
        [ ${#chosen[@]} -eq 0 ] || is_among "$name" "${chosen[@]}" || continue
        if [ -n "$reason" ]; then left+=("$name"); else algorithms+=("$name"); fi
    done
    [ ${#left[@]} -eq 0 ] && return
    echo "skipped: $reason: ${left[*]}"
    skipped+=("${left[@]}")
}
for name in ${chosen[@]+"${chosen[@]}"}; do
    is_among "$name" "${with_node[@]}" "${with_python[@]}" || { echo "oracles: no algorithm $name" >&2; usage; }
done

echo "oracles: seed $seed, $count cases each (--seed and --count change that)"
select_from "$(missing_noble)" "${with_node[@]}"
select_from "$(command -v python3 >/dev/null || echo "python3 is not installed")" "${with_python[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
    local checker=(node "$here/check.mjs" "$1")
    if is_among "$1" "${with_python[@]}"; then checker=(python3 "$here/numbers.py"); fi
    "$binary" --algorithm "$1" --seed "$seed" --count "$count" | "${checker[@]}"
}

# One algorithm, its output and status kept; one line when it is done.
run_one() {
    local name=$1 start=$SECONDS status=0
    check "$name" >"$work/$name" 2>&1 || status=$?
    echo "$status" >"$work/$name.status"
    if [ "$status" -ne 0 ]; then cut -c 1-2000 "$work/$name"; fi
    printf '%-14s %s, %d s; %s\n' "$name" "$(grep -E '^[0-9]+ cases' "$work/$name" || echo failed)" \
        $((SECONDS - start)) "$(grep '^operations: ' "$work/$name" | cut -d ' ' -f 2-)"
}

for name in ${algorithms[@]+"${algorithms[@]}"}; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
    run_one "$name" &
done
wait

cases=0 differences=0 failed=0
for name in ${algorithms[@]+"${algorithms[@]}"}; do
    read -r one _ two _ < <(grep -E '^[0-9]+ cases' "$work/$name" || echo "0 cases, 0 differences")
    cases=$((cases + one)) differences=$((differences + two))
    [ "$(cat "$work/$name.status")" = 0 ] || failed=$((failed + 1))
done
summary="oracles: ${#algorithms[@]} algorithms, $cases cases, $differences differences"
if [ ${#skipped[@]} -gt 0 ]; then summary+=", ${#skipped[@]} skipped"; fi
if [ "$failed" -gt 0 ]; then summary+=", $failed algorithms failed"; fi
echo "$summary"
[ "$failed" -eq 0 ]
