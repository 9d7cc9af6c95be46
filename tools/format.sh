#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats every C++ file, or with --check says which are not formatted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t files < <(git ls-files '*.cpp' '*.hpp')
if [ "${1:-}" = --check ]; then
    clang-format-19 --dry-run --Werror "${files[@]}"
else
    clang-format-19 -i "${files[@]}"
fi
