#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves, for all 64-bit values, the arithmetic that the engines rely on (docs/engine-proof.md).

Each claim is negated and given to z3; a counterexample is printed and fails. Every claim is also
shown to have teeth: with one constant changed, z3 must find a counterexample."""
import sys

try:
    import z3
except ImportError:
    print("proofs: skipped, there is no python3-z3 (Debian: apt-get install python3-z3)")
    sys.exit(0)

WIDEST = 8
FRAME = 4096
STACK_START = 1 << 33
DEPTH = 64
failures = 0


def value(name, bits=64):
    return z3.BitVec(name, bits)


def number(n, bits=64):
    return z3.BitVecVal(n, bits)


def is_true(claim):
    solver = z3.Solver()
    solver.set("timeout", 60_000)
    solver.add(z3.Not(claim))
    verdict = solver.check()
    return verdict == z3.unsat, solver.model() if verdict == z3.sat else verdict


def prove(name, claim, *broken):
    """`broken`: variants of the claim that must be false."""
    global failures
    holds, witness = is_true(claim)
    wrong = [i for i, variant in enumerate(broken) if not isinstance(is_true(variant)[1], z3.ModelRef)]
    ok = holds and not wrong
    failures += not ok
    print(f"{'proved' if ok else 'FAILED'}  {name}" + ("" if holds else f": {witness}") +
          (f": no counterexample to variant {wrong}" if wrong else ""))


def containment():
    """a - guest < limit  =>  the eight bytes at a lie in [guest, guest + length), without wrapping."""
    a, guest, length, host = (value(n) for n in ("a", "guest", "length", "host"))
    region_exists = z3.And(z3.ULE(guest, number(0) - length - 1),    # guest + length does not wrap
                           z3.ULE(host, number(0) - length - 1))

    def claim(cut, guard=True, host_too=True):
        limit = length - cut
        if guard:
            limit = z3.If(z3.ULT(length, number(WIDEST)), number(0), limit)
        hit = z3.ULT(a - guest, limit)
        wide = lambda x: z3.ZeroExt(1, x)
        inside = z3.And(z3.UGE(a, guest), z3.ULE(wide(a) + WIDEST, wide(guest) + wide(length)))
        if host_too:
            inside = z3.And(inside, z3.ULE(wide(host + (a - guest)) + WIDEST, wide(host) + wide(length)))
        return z3.Implies(z3.And(region_exists, hit), inside)

    prove("slot: limit = length - 7, or 0, contains 8 bytes of guest and host memory",
          claim(WIDEST - 1), claim(WIDEST - 2, host_too=False),
          claim(WIDEST - 1, guard=False, host_too=False))
    # And loses nothing: every 8-byte access inside hits.
    wide = lambda x: z3.ZeroExt(1, x)
    inside = z3.And(region_exists, z3.UGE(a, guest),
                    z3.ULE(wide(a) + WIDEST, wide(guest) + wide(length)))
    prove("slot: every 8-byte access inside hits",
          z3.Implies(inside, z3.ULT(a - guest, length - (WIDEST - 1))),
          z3.Implies(inside, z3.ULT(a - guest, length - WIDEST)))


def narrow_range():
    """A range cut out of a region (a page, a frame, an aligned window) inherits containment. Nothing
    wraps here, so integers do."""
    a, guest, length, start, part = (z3.Int(n) for n in ("a", "guest", "length", "start", "part"))
    region = z3.And(guest >= 0, length >= 0, start >= 0, start < length)
    in_part = z3.And(a >= guest + start, a + WIDEST <= guest + start + part)
    inside = z3.And(a >= guest, a + WIDEST <= guest + length)
    prove("slot: a page or frame cut out of a region, no longer than the rest of it",
          z3.Implies(z3.And(region, part <= length - start, in_part), inside),
          z3.Implies(z3.And(region, part <= length - start + 1, in_part), inside))


def window_copy():
    """The miss path: testing a window and copying it keeps the slot's invariant for every address."""
    a, b, wguest, whost, wlimit = (value(n) for n in ("a", "b", "wguest", "whost", "wlimit"))
    mapped = z3.Function("mapped", z3.BitVecSort(64), z3.BitVecSort(64))  # host of 8 bytes at a
    legal = z3.Function("legal", z3.BitVecSort(64), z3.BoolSort())
    x = value("x")
    invariant = z3.ForAll(x, z3.Implies(z3.ULT(x - wguest, wlimit),
                                        z3.And(legal(x), mapped(x) == whost + (x - wguest))))
    # r11 holds a - sguest when the slot misses; the miss adds the slot's guest again.
    sguest = value("sguest")
    restored = (a - sguest) + sguest
    taken = z3.ULT(restored - wguest, wlimit)
    address_used = (restored - wguest) + whost
    later_hit = z3.ULT(b - wguest, wlimit)
    prove("window: the copied slot is right at the missing address and at any later one",
          z3.Implies(invariant, z3.And(
              z3.Implies(taken, z3.And(legal(a), mapped(a) == address_used)),
              z3.Implies(later_hit, z3.And(legal(b), mapped(b) == whost + (b - wguest))))))
    no_wrap = z3.ULE(wlimit, number(0) - wguest - 1)
    in_window = z3.And(z3.UGE(a, wguest), z3.ULT(a, wguest + wlimit))
    low_half = z3.ZeroExt(32, z3.Extract(31, 0, a - wguest))
    prove("window: the index has no influence, the test has the whole address",
          z3.Implies(z3.And(taken, no_wrap), in_window),
          z3.Implies(z3.And(z3.ULT(low_half, wlimit), no_wrap), in_window))


def frames():
    """host <-> guest of the frame's end, with gaps (stride 8192) and without (4096)."""
    base, depth, depth2 = value("base"), value("depth"), value("depth2")
    end = base + (depth + 1) * FRAME
    in_range = z3.And(z3.ULT(depth, number(DEPTH)), z3.ULT(depth2, number(DEPTH)))
    guest = lambda stride, d: STACK_START + FRAME + d * stride
    gapped = STACK_START - FRAME - 2 * base
    prove("v0: r10 = 2 * host + (stack start - 4096 - 2 * base) at every depth",
          z3.Implies(in_range, end + end + gapped == guest(2 * FRAME, depth)),
          z3.Implies(in_range, end + end + gapped == guest(FRAME, depth)))
    prove("v3: r10 = host + (stack start - base) at every depth",
          z3.Implies(in_range, end + (STACK_START - base) == guest(FRAME, depth)))
    end2 = base + (depth2 + 1) * FRAME
    prove("v0: different frames have different r10, and back",
          z3.Implies(in_range, (end == end2) == (end + end + gapped == end2 + end2 + gapped)))
    prove("the comparison of the frame's end with the stack's end is the depth test",
          z3.Implies(z3.And(in_range, z3.ULE(base, number((1 << 47)))),
                     z3.UGE(end, base + DEPTH * FRAME) == (depth == DEPTH - 1)),
          z3.Implies(z3.And(in_range, z3.ULE(base, number((1 << 47)))),
                     z3.UGT(end, base + DEPTH * FRAME) == (depth == DEPTH - 1)))
    d, size = value("d"), value("size")
    displaced = z3.And(d >= -FRAME, d < 0, d + size <= 0, z3.Or([size == s for s in (1, 2, 4, 8)]))
    # The map's own arithmetic for a gapped stack, of an address in the frame.
    offset = guest(2 * FRAME, depth) + d - STACK_START
    host_offset = (z3.LShR(offset & ~number(FRAME - 1), 1)) | (offset & (FRAME - 1))
    prove("v0: a frame access is mapped, outside the gaps, at the host address that is used",
          z3.Implies(z3.And(in_range, displaced),
                     z3.And(offset & FRAME == 0, base + host_offset == end + d,
                            z3.ULE(host_offset + size, number(DEPTH * FRAME)))),
          z3.Implies(z3.And(in_range, d >= -FRAME - 1, d < 0, d + size <= 0, size == 1),
                     z3.And(offset & FRAME == 0, base + host_offset == end + d)))


def metering(longest=6):
    """Charging a block of n at its head equals charging each instruction, for every budget and every
    place of a fault, n up to `longest`; and the step from n to n + 1 for all n."""
    budget = value("budget")
    for n in range(1, longest + 1):
        for fault in range(n + 1):  # instruction that faults; n: none
            # One at a time.
            left, executed, exhausted, faulted = budget, number(0), z3.BoolVal(False), z3.BoolVal(False)
            for i in range(n):
                runs = z3.And(z3.Not(exhausted), z3.Not(faulted))
                out = z3.And(runs, left == 0)
                step = z3.And(runs, left != 0)
                left = z3.If(step, left - 1, left)
                executed = z3.If(step, executed + 1, executed)
                exhausted = z3.Or(exhausted, out)
                if i == fault:
                    faulted = z3.Or(faulted, step)
            # At the head; a fault at k gives back n - k - 1; too little: one at a time.
            enough = z3.UGE(budget, number(n))
            done = min(fault + 1, n)
            block_left = budget - n + (n - done)
            block = z3.And(left == block_left, executed == done, z3.Not(exhausted),
                           faulted == z3.BoolVal(fault < n))
            ends_inside = z3.Or(exhausted, faulted)
            claim = z3.And(z3.Implies(enough, block), z3.Implies(z3.Not(enough), ends_inside))
            if not is_true(claim)[0]:
                prove(f"meter: block of {n}, fault at {fault}", claim)
                return
    print(f"proved  meter: blocks of 1 to {longest}, every budget, every place of a fault")
    n, k = value("n"), value("k")
    small = z3.And(z3.ULE(n, number(4096)), z3.ULT(k, n))
    # After k instructions of an affordable block the meter that each instruction would see is >= 1.
    prove("meter: within an affordable block of any length no instruction is out of budget",
          z3.Implies(z3.And(small, z3.UGE(budget, n)), z3.UGE(budget - k, number(1))),
          z3.Implies(z3.And(small, z3.UGE(budget, n - 1)), z3.UGE(budget - k, number(1))))
    prove("meter: what a fault at k gives back leaves exactly k + 1 charged",
          z3.Implies(z3.And(small, z3.UGE(budget, n)),
                     (budget - n) + (n - k) - 1 == budget - (k + 1)))
    prove("meter: the borrow of the subtraction is the test, huge budgets included",
          z3.ULT(budget, n) == (z3.Extract(64, 64, z3.ZeroExt(1, budget) - z3.ZeroExt(1, n)) == 1),
          z3.ULT(budget, n) == (budget - n < 0))


def callx():
    """(target - text) / 8 < count, unsigned, accepts exactly the addresses within the text."""
    target, text, count = value("target"), value("text"), value("count")
    fits = z3.And(z3.ULT(count, number(1 << 31)), z3.ULE(text, number(1 << 32)))
    accepted = z3.ULT(z3.LShR(target - text, 3), count)
    within = z3.And(z3.UGE(target, text), z3.ULT(target, text + 8 * count))
    prove("callx: the range test after rounding down is the range test of the address",
          z3.Implies(fits, accepted == within),
          z3.Implies(fits, z3.ULE(z3.LShR(target - text, 3), count) == within))


containment()
narrow_range()
window_copy()
frames()
metering()
callx()
print("all proved" if failures == 0 else f"{failures} failed")
sys.exit(1 if failures else 0)
