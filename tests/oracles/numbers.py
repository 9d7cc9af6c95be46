#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads cases of Poseidon or modular exponentiation from standard input and computes each again.

    oracle_cases --algorithm NAME ... | python3 numbers.py

Python's integers and pow; Poseidon's parameters are drawn anew from the Grain register of its
authors' generator (Poseidon paper, appendix E), with the rounds that circomlib uses.
"""
import collections
import functools
import sys

PRIME = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
FULL_ROUNDS = 8
# By number of inputs, from one on.
PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65]
SHOWN_DIFFERENCES = 5


def grain_bits(width, partial_rounds):
    """Bits of the self-shrinking register: of each pair the first says whether the second counts."""
    fields = [(1, 2), (0, 4), (254, 12), (width, 12), (FULL_ROUNDS, 10), (partial_rounds, 10), (2**30 - 1, 30)]
    register = collections.deque(int(bit) for value, size in fields for bit in format(value, f"0{size}b"))

    def step():
        bit = register[62] ^ register[51] ^ register[38] ^ register[23] ^ register[13] ^ register[0]
        register.popleft()
        register.append(bit)
        return bit

    for _ in range(160):
        step()
    while True:
        chosen, bit = step(), step()
        if chosen:
            yield bit


def draw(bits):
    value = 0
    for _ in range(254):
        value = value << 1 | next(bits)
    return value


@functools.cache
def parameters(width):
    """Rounds of constants below the modulus, then a Cauchy matrix of integers reduced by it."""
    partial = PARTIAL_ROUNDS[width - 2]
    bits = grain_bits(width, partial)
    constants = []
    while len(constants) < width * (FULL_ROUNDS + partial):
        value = draw(bits)
        if value < PRIME:
            constants.append(value)
    while True:
        drawn = [draw(bits) % PRIME for _ in range(2 * width)]
        rows, columns = drawn[:width], drawn[width:]
        if len(set(drawn)) == len(drawn) and all((x + y) % PRIME for x in rows for y in columns):
            break
    matrix = [[pow(x + y, -1, PRIME) for y in columns] for x in rows]
    return partial, [constants[i : i + width] for i in range(0, len(constants), width)], matrix


def permute(state):
    partial, rounds, matrix = parameters(len(state))
    for index, constants in enumerate(rounds):
        state = [value + constant for value, constant in zip(state, constants)]
        is_full = not FULL_ROUNDS // 2 <= index < FULL_ROUNDS // 2 + partial
        for i in range(len(state) if is_full else 1):
            state[i] = pow(state[i], 5, PRIME)
        state = [sum(a * b for a, b in zip(row, state)) % PRIME for row in matrix]
    return state


def poseidon(order, sizes, inputs):
    values = [int.from_bytes(value, order) for value in inputs]
    is_accepted = 1 <= len(inputs) <= 12 and all(len(value) in sizes for value in inputs)
    if not is_accepted or any(value >= PRIME for value in values):
        return "none"
    return permute([0] + values)[0].to_bytes(32, order).hex()


def modexp(inputs):
    base, exponent, modulus = (int.from_bytes(value, "little") for value in inputs)
    if any(len(value) > 512 for value in inputs) or modulus % 2 == 0 or modulus < 2:
        return "none"
    return pow(base, exponent, modulus).to_bytes(len(inputs[2]), "little").hex()


OPERATIONS = {
    "modexp": modexp,
    "poseidon_be": functools.partial(poseidon, "big", [32]),
    "poseidon_le": functools.partial(poseidon, "little", [32]),
    "poseidon_short_be": functools.partial(poseidon, "big", range(1, 33)),
    "poseidon_short_le": functools.partial(poseidon, "little", range(1, 33)),
}


def main():
    seen, refused, differences, end = collections.Counter(), collections.Counter(), 0, None
    for line in sys.stdin:
        words = line.split()
        if words[0] == "end":
            end = int(words[1])
            continue
        inputs = [b"" if word == "-" else bytes.fromhex(word) for word in words[1:-2]]
        expected = OPERATIONS[words[0]](inputs)
        seen[words[0]] += 1
        refused[words[0]] += expected == "none"
        if expected != words[-1]:
            differences += 1
            if differences <= SHOWN_DIFFERENCES:
                print(f"DIFFERENCE {line.rstrip()}\n  expected {expected}")
    cases = sum(seen.values())
    shares = [f"{name} {count}" + (f"/{refused[name]}" if refused[name] else "") for name, count in sorted(seen.items())]
    print("operations: " + ", ".join(shares))
    print(f"{cases} cases, {differences} differences")
    if end != cases:
        print(f"INCOMPLETE: the cases end with {end}")
    return 1 if differences or end != cases else 0


if __name__ == "__main__":
    sys.exit(main())
