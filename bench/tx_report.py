#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rows of tx_bench and litesvm as a table: medians of rounds, ratios, targets."""
import json
import statistics
import sys

# What litesvm's time shall be, in times of ours.
TARGETS = {
    "SOL transfer": 4,
    "SOL transfer, verified": 3,
    "ten transfers": 4,
    "Token 3.5 transfer": 4,
    "p-token transfer": 5,
    "Token-2022 transfer": 4,
    "memo": 4,
    "ATA create and close": 4,
    "one more nop instruction": 8,
    "one more nop call": 6,
    "nop over 1 MB": 10,
}
# Rows whose times are taken by doing the same once and seventeen times.
DIFFERENCES = {"nop instructions": "one more nop instruction", "nop calls": "one more nop call"}
MORE = 16


def read(lines):
    """Of each side and row the rounds' values, in the rounds' order."""
    values = {}
    for line in lines:
        row = json.loads(line)
        if row.get("group") == "addon":
            continue
        values.setdefault((row["row"], row["passes"]), {}).setdefault(row["side"], []).append(row)
    return values


def differences(values):
    """Replaces each pair of counted rows by what one more costs."""
    for name, title in DIFFERENCES.items():
        pair = [values[key] for key in sorted(key for key in values if key[0] == name)]
        if len(pair) != 2:
            continue
        few, many = pair
        more = {}
        for side in few:
            more[side] = [
                {field: (b[field] - a[field]) / MORE for field in a if isinstance(a[field], (int, float))}
                for a, b in zip(few[side], many[side])
            ]
        values[(title, 0)] = more


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        values = read(file)
    differences(values)
    print("Nanoseconds, medians of the rounds; ratio: litesvm / Fathom in each round, its median.")
    print("Fathom with logs and inner instructions, as litesvm; bank: without, as a block is replayed.")
    print(f"{'row':28} {'Fathom':>8} {'litesvm':>8} {'ratio':>6} {'target':>6} {'bank':>8} {'ratio':>6}"
          f" {'asks for memory':>16} {'bank':>5}")
    for (name, passes), sides in values.items():
        ours = sides["fathom"]
        median = statistics.median(row["ns"] for row in ours)
        bank = statistics.median(row["bank_ns"] for row in ours)
        peer = sides.get("litesvm", [])
        title = name if not passes else f"{name}, {passes}"
        text = f"{title:28} {median:8.0f}"
        if peer:
            theirs = statistics.median(row["ns"] for row in peer)
            ratio = statistics.median(b["ns"] / a["ns"] for a, b in zip(ours, peer))
            bank_ratio = statistics.median(b["ns"] / a["bank_ns"] for a, b in zip(ours, peer))
            text += f" {theirs:8.0f} {ratio:6.2f} {TARGETS.get(name, ''):>6} {bank:8.0f} {bank_ratio:6.2f}"
        else:
            text += f" {'':8} {'':6} {'':6} {bank:8.0f} {'':6}"
        print(text + f" {ours[-1]['allocations']:16.1f} {ours[-1]['bank_allocations']:5.1f}")


if __name__ == "__main__":
    main()
