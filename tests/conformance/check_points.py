#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every test that docs/often-missed.md names exists.

usage: check_points.py ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
defined = set()
for source in [*root.glob("src/**/*_test.cpp"), *root.glob("tests/**/*_test.cpp")]:
    text = source.read_text()
    defined.update(f"{suite}.{name}" for suite, name in
                   re.findall(r"^(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", text, re.M))
page = (root / "docs/often-missed.md").read_text()
rows = re.findall(r"^\| \d+ \|.*\|$", page, re.M)
missing = []
for row in rows:
    names = re.findall(r"`([\w/]+\.\w+)`", row)
    if not names:
        missing.append(f"no test in: {row}")
    for name in names:
        there = (root / "tests" / name).exists() if name.startswith("isa/") else name in defined
        if not there:
            missing.append(name)
if missing or len(rows) != 50:
    print(f"{len(rows)} points, not there:", *missing, sep="\n  ")
    sys.exit(1)
print(f"{len(rows)} points, each with tests that exist")
