#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rows of vm_bench and its peers as one table: overheads subtracted, ratios, geometric means."""
import argparse
import json
import math
import sys

SIDES = [("fathom", "interpreter"), ("fathom", "jit"), ("litesvm", "jit"), ("crate", "jit"), ("crate", "interpreter")]
# Theirs over ours: above 1, Fathom is faster.
RATIOS = [
    ("lite/jit", ("litesvm", "jit"), ("fathom", "jit")),
    ("crate/jit", ("crate", "jit"), ("fathom", "jit")),
    ("lite/int", ("litesvm", "jit"), ("fathom", "interpreter")),
    ("cint/int", ("crate", "interpreter"), ("fathom", "interpreter")),
]
TITLES = {
    "kernel": "Kernels, in the VM: what a run without a pass costs is subtracted",
    "kernel_tx": "Kernels, in a transaction: what a transaction without a pass costs is subtracted",
    "program": "Real programs, a whole transaction: the addon's call is subtracted from litesvm's",
    "call": "One more call in a transaction, of a program that does nothing",
    "overhead": "What was subtracted, or what is paid however short the program",
    "load": "An ELF: parsed and verified; that and decoded for the interpreter, or compiled",
}


class Results:
    """The best of all rounds, by group, row, version, passes and side."""

    def __init__(self, lines):
        self.rows = {}
        for line in lines:
            row = json.loads(line)
            key = (row["group"], row["row"], row["version"], row["passes"], (row["side"], row["engine"]))
            known = self.rows.setdefault(key, row)
            for field in ("units", "checksum"):
                if known[field] != row[field]:
                    sys.exit(f"{key}: {field} {known[field]} in one round, {row[field]} in another")
            if row["ns"] < known["ns"]:
                self.rows[key] = row
        self.check_agreement()

    def check_agreement(self):
        """All sides have done the same work, or nothing here means anything."""
        work = {}
        for (group, name, version, passes, side), row in self.rows.items():
            if group in ("load", "addon"):
                continue
            done = (row["units"], row["checksum"])
            first = work.setdefault((group, name, version, passes), (side, done))
            if first[1] != done:
                sys.exit(f"{group} {name} {version}: {first[0]} did {first[1]}, {side} did {done}")

    def ns(self, group, name, version, passes, side):
        row = self.rows.get((group, name, version, passes, side))
        return row["ns"] if row else None

    def names(self, group):
        """Row, version and most passes, in the order in which they came."""
        most = {}
        for (of, name, version, passes, _), _ in self.rows.items():
            if of == group:
                most[name, version] = max(passes, most.get((name, version), 0))
        return [(name, version, passes) for (name, version), passes in most.items()]

    def addon_call(self, side):
        return self.ns("addon", "object out", "", 0, ("litesvm", "jit")) if side[0] == "litesvm" else 0.0


def difference(more, less, by=1):
    return None if more is None or less is None else (more - less) / by


def table_rows(results):
    """Group, label and the nanoseconds of each side."""
    for group in ("kernel", "kernel_tx"):
        for name, version, passes in results.names(group):
            yield group, f"{name} {version}", {
                side: difference(results.ns(group, name, version, passes, side), results.ns(group, name, version, 0, side))
                for side in SIDES
            }
    for name, version, _ in results.names("program"):
        yield "program", name, {
            side: difference(results.ns("program", name, version, 0, side), results.addon_call(side)) for side in SIDES
        }
    yield "call", "one more call", {
        side: difference(results.ns("call", "11 calls", "v0", 11, side), results.ns("call", "1 call", "v0", 1, side), 10)
        for side in SIDES
    }
    for name, version, _ in results.names("load"):
        yield "load", name, {side: results.ns("load", name, version, 0, side) for side in SIDES}
    yield "overhead", "a run of 4 instructions", {side: results.ns("kernel", "sha256", "v0", 0, side) for side in SIDES}
    yield "overhead", "a transaction with 1 call", {
        side: difference(results.ns("call", "1 call", "v0", 1, side), results.addon_call(side)) for side in SIDES
    }
    yield "overhead", "a call into the addon", {side: results.addon_call(side) or None for side in SIDES}


def ratio(values, theirs, ours):
    if values[theirs] is None or values[ours] is None or values[ours] <= 0:
        return None
    return values[theirs] / values[ours]


def geometric_mean(ratios):
    known = [r for r in ratios if r is not None and r > 0]
    return math.exp(sum(math.log(r) for r in known) / len(known)) if known else None


def text(value, width, digits=2):
    return f"{'-' if value is None else f'{value:.{digits}f}':>{width}}"


def print_table(rows):
    heads = ["Fathom int", "Fathom jit", "litesvm", "crate jit", "crate int"]
    header = f"{'':28}" + "".join(f"{h:>11}" for h in heads) + " |" + "".join(f"{name:>10}" for name, _, _ in RATIOS)
    current = None
    means = {name: [] for name, _, _ in RATIOS}

    def finish():
        if current and current != "overhead":
            print(f"{'geometric mean':28}{'':55} |" + "".join(text(geometric_mean(means[n]), 10) for n in means))

    for group, label, values in rows:
        if group != current:
            finish()
            current, means = group, {name: [] for name in means}
            print(f"\n{TITLES[group]} (microseconds)\n{header}")
        line = f"{label:28}" + "".join(text(None if v is None else v / 1000, 11, 3) for v in values.values()) + " |"
        for name, theirs, ours in RATIOS:
            value = ratio(values, theirs, ours) if group != "overhead" else None
            means[name].append(value)
            line += text(value, 10)
        print(line)
    finish()


def print_programs_together(rows):
    """Kernels in a transaction and real programs, as one mean, and the lowest row of all."""
    of = [(ratio(values, ("litesvm", "jit"), ("fathom", "jit")), label)
          for group, label, values in rows if group in ("kernel_tx", "program")]
    known = [(value, label) for value, label in of if value is not None]
    if known:
        lowest, label = min(known)
        mean = geometric_mean([value for value, _ in known])
        print(f"\nkernels in a transaction and real programs together, litesvm / Fathom's JIT: {mean:.2f}"
              f" (lowest {lowest:.2f}, {label})")


def print_code_size(results):
    print()
    for (group, name, _, _, side), row in results.rows.items():
        if group == "load" and row.get("code_bytes"):
            each = row["code_bytes"] / row["slots"]
            print(f"{side[0]} {side[1]}, {name}: {row['code_bytes']} bytes of machine code, {each:.1f} an instruction")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("results")
    options = parser.parse_args()
    with open(options.results, encoding="utf-8") as lines:
        results = Results(lines)
    rows = list(table_rows(results))
    if options.json:
        for group, label, values in rows:
            cells = {f"{side}_{engine}_ns": ns for (side, engine), ns in values.items()}
            print(json.dumps({"group": group, "row": label, **cells}))
        return
    print(f"The best of {options.rounds} rounds. Ratios: theirs / ours, above 1 Fathom is faster. int: interpreter.")
    print("lite/jit and lite/int: litesvm (its JIT) over Fathom's JIT and over Fathom's interpreter;")
    print("crate/jit: JIT over JIT; cint/int: interpreter over interpreter. crate: solana-sbpf.")
    print_table(rows)
    print_programs_together(rows)
    print_code_size(results)


if __name__ == "__main__":
    main()
