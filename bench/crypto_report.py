#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cryptography in transactions, Fathom and litesvm, as one table: overheads subtracted, ratios."""
import argparse

from vm_report import Results, difference, text

FATHOM, LITESVM = ("fathom", "jit"), ("litesvm", "jit")


def per_call(results, name, passes, side):
    """A transaction with the calls less one without any, by call; the loop's share is still in it."""
    return difference(results.ns("syscall", name, "v0", passes, side), results.ns("syscall", name, "v0", 0, side), passes)


def rows(results):
    syscalls = {name: passes for name, _, passes in results.names("syscall")}
    for name, passes in syscalls.items():
        if name != "nothing":
            yield name, {
                side: difference(per_call(results, name, passes, side), per_call(results, "nothing", syscalls["nothing"], side))
                for side in (FATHOM, LITESVM)
            }
    for name, _, _ in results.names("proof"):
        yield f"zk proof, {name}", {
            side: difference(results.ns("proof", name, "", 0, side), results.addon_call(side)) for side in (FATHOM, LITESVM)
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("results")
    options = parser.parse_args()
    with open(options.results, encoding="utf-8") as lines:
        results = Results(lines)
    print(f"\nMicroseconds, the best of {options.rounds} rounds; ratio: litesvm / Fathom, above 1 Fathom is faster.")
    print("A syscall called in a loop by a program, the loop and the transaction subtracted; a transaction with")
    print("a proof, the call into litesvm's addon subtracted. Both sides use as many units.")
    print(f"{'':28}{'Fathom':>12}{'litesvm':>12}{'ratio':>8}")
    for name, ns in rows(results):
        ratio = ns[LITESVM] / ns[FATHOM] if ns[LITESVM] and ns[FATHOM] else None
        cells = (None if value is None else value / 1000 for value in ns.values())
        print(f"{name:28}" + "".join(text(cell, 12) for cell in cells) + text(ratio, 8))


if __name__ == "__main__":
    main()
