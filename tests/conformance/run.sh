#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What must hold against the reference's vectors and programs. Exit status 1 if anything falls short.
#   tests/conformance/run.sh BINARY SHARED sampled|whole
# sampled: everything that is required. whole: the same, then all vectors as a report.
set -euo pipefail
if [ $# -ne 3 ] || { [ "$3" != sampled ] && [ "$3" != whole ]; }; then
    echo "usage: $0 BINARY SHARED sampled|whole" >&2
    exit 2
fi
readonly binary=$1 shared=$2 mode=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

problems=()
# short WHAT: notes what is not as required, and goes on.
short() {
    problems+=("$*")
    printf 'SHORT: %s\n' "$*"
}

# Loading and verifying every ELF file that an index lists; its reference had every feature on.
check_index() {
    local index=$shared/data/elf/$1/index.json.zst output
    if [ ! -f "$index" ]; then
        echo "elf/$1: skipped, there is no $index"
        return
    fi
    if output=$("$binary" verify --features all --index "$index" 2>&1); then
        echo "elf/$1: $(tail -n 1 <<<"$output")"
    else
        printf '%s\n' "$output"
        short "elf/$1: $(tail -n 1 <<<"$output")"
    fi
}

# Running what the index states the outcome of, with every engine.
check_executions() {
    local index=$shared/data/elf/$1/index.json.zst engine output
    [ -f "$index" ] || return 0
    for engine in naive interpreter jit tiered; do
        if output=$("$binary" execute --engine "$engine" --index "$index" 2>&1); then
            echo "elf/$1, executions, $engine: $(tail -n 1 <<<"$output")"
        else
            printf '%s\n' "$output"
            short "elf/$1, executions, $engine: $(tail -n 1 <<<"$output")"
        fi
    done
}

# One line of required.txt: at least COUNT vectors match FILTER, and all of them pass.
check_family() {
    local file=$shared/vectors/$1 filter=$2 count=$3 output passed
    case $1 in fixtures/*) file=$shared/data/$1 ;; esac
    if [ ! -e "$file" ]; then
        short "$filter: there is no $file"
        return
    fi
    if ! output=$("$binary" conformance "$file" --filter "$filter" --failures 2>&1); then
        grep -m 5 '^failed:' <<<"$output" || true
        short "$filter of $1: $(tail -n 1 <<<"$output")"
        return
    fi
    passed=$(sed -n 's/^\([0-9]*\) passed, 0 failed, .*/\1/p' <<<"$output")
    if [ "${passed:-0}" -lt "$count" ]; then
        short "$filter of $1: ${passed:-0} passed, $count required"
        return
    fi
    printf '%-22s %6d passed\n' "$filter" "$passed"
}

check_required() {
    local file filter count rest
    while read -r file filter count rest; do
        case $file in '' | '#'*) continue ;; esac
        if [[ ! $count =~ ^[0-9]+$ ]] || [ -n "$rest" ]; then
            short "required.txt: expected file, filter and number: $file $filter $count $rest"
            continue
        fi
        check_family "$file" "$filter" "$count"
    done <"$here/required.txt"
}

# The programs that clusters have as ELF files, done natively: all but units must be the same.
check_native() {
    local entry output
    for entry in native.jsonl.zst:'alt_program/*' stakevote.jsonl.zst:'config/*' \
        stakevote.jsonl.zst:'feature_gate/*' stakevote.jsonl.zst:'stake/*'; do
        [ -f "$shared/vectors/${entry%%:*}" ] || continue
        if output=$("$binary" conformance "$shared/vectors/${entry%%:*}" --filter "${entry#*:}" \
            --native stake,config,alt,feature-gate --failures 2>&1); then
            echo "native ${entry#*:}: $(tail -n 1 <<<"$output")"
        else
            grep -m 5 '^failed:' <<<"$output" || true
            short "native ${entry#*:}: $(tail -n 1 <<<"$output")"
        fi
    done
}

# Blocks of Agave's and of testnet's, replayed.
check_blocks() {
    local folder=$shared/data output picture
    [ -d "$folder/blocks" ] || { echo "blocks: skipped, there is no $folder/blocks"; return; }
    picture=$(mktemp)
    if output=$("$binary" replay "$folder"/fixtures/block/*/*.fix "$folder"/fixtures/block/*/*.blockctx 2>&1) &&
        output+=$("$binary" replay "$folder/blocks/testnet-356797362-no-manifest" 2>&1) &&
        output+=$("$binary" replay "$folder/blocks/testnet-417955322" \
            --expect EH3kF42fPEd3FgD86Ubyd4WdYccXMmZ7wx35rFqH1G4d --draw "$picture" 2>&1) &&
        grep -q '^<svg' "$picture"; then
        echo "blocks: $(grep -c '^equal' <<<"$output") fixture equal, $(grep -c '^outdated' <<<"$output") outdated; $(grep -c 'Proof of History hold' <<<"$output") recorded blocks replayed, the hash of 417955322 as expected"
    else
        printf '%s\n' "$output"
        short "blocks: not as expected"
    fi
    rm -f "$picture"
}

# The units of an SPL Token transfer through the command line, from a scenario.
check_token_transfer() {
    local script=$here/token_transfer.sh output
    [ -f "$script" ] || return 0
    if ! output=$(bash "$script" "$binary" "$shared" 2>&1); then
        printf '%s\n' "$output"
        short "token_transfer.sh failed"
    elif ! grep -qw 4644 <<<"$output"; then
        printf '%s\n' "$output"
        short "token_transfer.sh did not print 4644"
    else
        echo "token transfer: 4644 units"
    fi
}

# What the page says of the fixtures: families, rules and their counts.
check_documented_rules() {
    local output
    if [ ! -d "$shared/data/fixtures" ]; then
        echo "rules: skipped, there is no $shared/data/fixtures"
        return
    fi
    if output=$(python3 "$here/check_rules.py" "$binary" "$shared" 2>&1); then
        echo "rules: $output"
    else
        printf '%s\n' "$output"
        short "docs/conformance.md and the runner disagree about the fixtures"
    fi
}

# Everything, for reading: families that required.txt does not name may fail here.
report_all() {
    local status=0
    echo "all vectors (a report, not a requirement):"
    "$binary" conformance "$shared/vectors" || status=$?
    [ "$status" -le 1 ] || short "the report on all vectors ended with status $status"
}

check_index tests
check_index programs
check_executions tests
check_executions programs
check_required
check_native
check_blocks
check_token_transfer
check_documented_rules
if [ "$mode" = whole ]; then report_all; fi

if [ ${#problems[@]} -gt 0 ]; then
    printf '\nconformance: %d of the requirements are not met:\n' "${#problems[@]}" >&2
    printf '  %s\n' "${problems[@]}" >&2
    exit 1
fi
echo "conformance: all requirements are met"
