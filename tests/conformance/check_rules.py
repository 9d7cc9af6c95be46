#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what `fathom conformance` says of the instruction fixtures with docs/conformance.md.

usage: check_rules.py BINARY SHARED

Every family with its counts, and every rule by which a fixture is set aside with its count, must
stand in the page's section "Instruction fixtures" as the runner prints them. Exit status 1 if not.
"""
import pathlib
import re
import subprocess
import sys

FOLDERS = ("instr", "mollusk", "zk_elgamal_proof")


def printed(binary, shared):
    folders = [path for path in (shared / "data/fixtures" / name for name in FOLDERS) if path.is_dir()]
    done = subprocess.run([binary, "conformance", *map(str, folders)], capture_output=True, text=True)
    families, rules = {}, {}
    for line in done.stdout.splitlines():
        if rule := re.fullmatch(r"skipped: (\d+) of (\S+): (.*)", line):
            rules[rule[2], rule[3]] = int(rule[1])
        elif family := re.fullmatch(r"(\S+/\S+)\s+(\d+)\s+(\d+)\s+(\d+)", line):
            families[family[1]] = tuple(int(family[i]) for i in (2, 3, 4))
    return families, rules


def documented(page):
    section = page.read_text().split("\n## Instruction fixtures\n")[1].split("\n## ")[0]
    families, rules = {}, {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4:
            continue
        if all(cell.isdecimal() for cell in cells[1:]):
            families[cells[0]] = tuple(map(int, cells[1:]))
        elif cells[2].isdecimal():
            rules[cells[0], cells[1]] = int(cells[2])
    return families, rules


def differences(what, runner, docs):
    for key in sorted(runner.keys() | docs.keys()):
        if runner.get(key) != docs.get(key):
            yield f"{what} {key}: the runner says {runner.get(key)}, docs/conformance.md says {docs.get(key)}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binary, shared = sys.argv[1], pathlib.Path(sys.argv[2])
    page = pathlib.Path(__file__).resolve().parents[2] / "docs/conformance.md"
    (families, rules), (page_families, page_rules) = printed(binary, shared), documented(page)
    if not families:
        sys.exit("the runner printed no family")
    found = [*differences("family", families, page_families), *differences("rule", rules, page_rules)]
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    print(f"{len(families)} families and {len(rules)} rules as documented")


if __name__ == "__main__":
    main()
