#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an include that the table of docs/architecture.md does not allow."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$")
INCLUDE = re.compile(r'^\s*#include "fathom/(\w+)/')
THIRD_PARTY = re.compile(r"^\s*#include <(boost|openssl|simdjson|CLI|zstd|zlib|secp256k1|sodium|nlohmann|Zydis)")
# Each library has one owner (docs/decisions/0002-dependencies.md); tests may use what they compare with.
OWNERS = {"boost": {"base"}, "openssl": {"crypto"}, "secp256k1": {"crypto"}, "simdjson": {"harness"},
          "zstd": {"harness"}, "zlib": {"harness"}, "CLI": set(), "sodium": set(), "nlohmann": set(), "Zydis": set()}


def read_table():
    allowed = {}
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        match = ROW.match(line)
        if match:
            uses = match.group(2).replace("–", "").replace("`", "").split()
            allowed[match.group(1)] = set(uses) | {match.group(1)}
    return allowed


def check(path, folder, allowed):
    is_test = path.name.endswith("_test.cpp")
    problems = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.relative_to(ROOT)}:{number}"
        include = INCLUDE.match(line)
        if include and include.group(1) not in allowed[folder]:
            # Tests may reach everything below what they test, and the fixtures.
            if not is_test:
                problems.append(f"{where}: {folder} may not include {include.group(1)}")
        third = THIRD_PARTY.match(line)
        if third and not is_test and folder not in OWNERS[third.group(1)]:
            problems.append(f"{where}: {folder} does not own {third.group(1)}")
    return problems


def main():
    allowed = read_table()
    folders = sorted(p.name for p in (ROOT / "src/fathom").iterdir() if p.is_dir() and any(p.rglob("*.[ch]pp")))
    problems = [f"docs/architecture.md has no row for {f}" for f in folders if f not in allowed]
    count = 0
    for folder in folders:
        if folder not in allowed:
            continue
        for path in sorted((ROOT / "src/fathom" / folder).rglob("*.[ch]pp")):
            problems += check(path, folder, allowed)
            count += 1
    for problem in problems:
        print(problem)
    print(f"{count} files, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
