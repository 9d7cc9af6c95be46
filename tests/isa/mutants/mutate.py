#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutants of the engines: `list` names them, `apply NAME TREE` changes one file of a tree, `undo` restores it."""
import pathlib
import sys

LIST = pathlib.Path(__file__).resolve().parent / "mutants.txt"


def read_mutants():
    mutants = {}
    block = {}
    for line in LIST.read_text().splitlines() + [""]:
        if line.startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if colon and key in ("name", "file", "old", "new"):
            block[key] = value.strip()
        elif not line.strip() and block:
            name, _, why = block["name"].partition(" | ")
            mutants[name] = block | {"why": why}
            block = {}
        elif line.strip():
            sys.exit(f"mutants.txt: what is {line!r}?")
    return mutants


def main():
    mutants = read_mutants()
    if sys.argv[1] == "list":
        print("\n".join(f"{name} | {mutant['why']}" for name, mutant in mutants.items()))
        return 0
    mutant = mutants[sys.argv[2]]
    path = pathlib.Path(sys.argv[3]) / mutant["file"]
    before = path.with_name(path.name + ".before")
    if sys.argv[1] == "undo":
        path.write_text(before.read_text())
        before.unlink()
        return 0
    text = path.read_text()
    if text.count(mutant["old"]) != 1:
        print(f"{mutant['file']} has {text.count(mutant['old'])} places like {mutant['old']!r}")
        return 1
    before.write_text(text)
    path.write_text(text.replace(mutant["old"], mutant["new"]))
    return 0


sys.exit(main())
