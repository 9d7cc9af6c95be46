#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fathom and its peers on the same transactions, each in its own process, taking turns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly shared=${FATHOM_SHARED:-$PWD/../shared}
readonly ours=build/release/bin/transfer_bench
# shellcheck source=bench/peers/prepare.sh
source bench/peers/prepare.sh

usage() {
    cat <<'EOF'
usage: bench/run.sh [transfer] [--rounds N] [--iterations N] [--engine naive|interpreter|jit|tiered]

  transfer      SOL transfer and SPL Token transfer (the default of ./dev bench)
  --rounds      how often each side runs (default 5)
  --iterations  transactions per case and round (default 5000)
  --engine      how Fathom runs programs (default interpreter)
EOF
}

fail() { printf 'bench: %s\n' "$*" >&2; exit 2; }

rounds=5 iterations=5000 engine=interpreter
while [ $# -gt 0 ]; do
    case $1 in
    transfer) shift ;;
    --rounds) rounds=${2:?--rounds needs a number}; shift 2 ;;
    --iterations) iterations=${2:?--iterations needs a number}; shift 2 ;;
    --engine) engine=${2:?--engine needs a name}; shift 2 ;;
    -h | --help) usage; exit ;;
    *) usage >&2; fail "there is no benchmark named $1" ;;
    esac
done
[ -x "$ours" ] || fail "there is no $ours; ./dev bench builds it"

token=$shared/data/elf/core/spl_token-3.5.0.so
if [ ! -f "$token" ]; then
    echo "token_transfer: skipped, there is no $token"
    token=''
fi

run_ours() { "$ours" --iterations "$iterations" --engine "$engine" ${token:+--token "$token"}; }
run_peer() { node "$litesvm/bench.mjs" "$iterations" ${token:+"$token"}; }

peer_present=true
has_litesvm || peer_present=false
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
for ((round = 1; round <= rounds; ++round)); do
    echo "# round $round of $rounds"
    run_ours | tee -a "$rows"
    if $peer_present; then run_peer | tee -a "$rows"; fi
done

cat <<EOF

Microseconds per transaction over $rounds rounds of $iterations; ratio = litesvm / Fathom, above 1 Fathom is faster.
Fathom ($engine): wire bytes to accounts committed in a hash map: parsing, blockhash check, signature
  verification where it says so, loading, running, logs, inner instructions. No building, no signing.
  One call a transaction, or one for 64 of them ("batch of 64").
litesvm (its JIT): the same, from wire bytes, by its native addon; the addon's call and its result object are
  included and not subtracted: the rows addon_call_* say what a call costs that does nothing.
cpu: processor time of the whole process, threads of the JavaScript runtime included.

EOF
awk '
function field(name,   i, parts) {
    for (i = 2; i <= NF; ++i) { split($i, parts, "="); if (parts[1] == name) return parts[2] }
    return ""
}
function sorted_at(list, want,   n, v, i, j, t) {
    n = split(list, v, " ")
    for (i = 2; i <= n; ++i) for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; --j) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return want == "min" ? v[1] : v[int((n + 1) / 2)]
}
function cell(side, row, unit, want) {
    return ((side, row, unit) in samples) ? sprintf("%.2f", sorted_at(samples[side, row, unit], want)) : "-"
}
function ratio(a, b) { return (a == "-" || b == "-") ? "-" : sprintf("%.2f", b / a) }
{
    row = field("case")
    if (field("sigverify") != "") row = row (field("sigverify") == 1 ? ", verified" : ", unverified")
    if (field("batch") > 1) row = row ", batch of " field("batch")
    if (!(row in seen)) { seen[row] = 1; order[++count] = row }
    samples[$1, row, "us"] = samples[$1, row, "us"] " " field("us")
    samples[$1, row, "cpu"] = samples[$1, row, "cpu"] " " field("cpu_us")
}
END {
    printf "%-40s | %8s %8s %8s | %8s %8s %8s | %6s %6s\n", "", "Fathom", "", "", "litesvm", "", "", "ratio", ""
    printf "%-40s | %8s %8s %8s | %8s %8s %8s | %6s %6s\n", "case", "median", "min", "cpu min", "median", "min", "cpu min", "min", "cpu"
    for (i = 1; i <= count; ++i) {
        r = order[i]
        fw = cell("fathom", r, "us", "min"); lw = cell("litesvm", r, "us", "min")
        fc = cell("fathom", r, "cpu", "min"); lc = cell("litesvm", r, "cpu", "min")
        printf "%-40s | %8s %8s %8s | %8s %8s %8s | %6s %6s\n", r, cell("fathom", r, "us", "median"), fw, fc,
            cell("litesvm", r, "us", "median"), lw, lc, ratio(fw, lw), ratio(fc, lc)
    }
}' "$rows"
