#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Computes the epoch boundaries of a made-up cluster again, from what its accounts held before.

    epoch_cases SEED | python3 epochs.py

Written from Agave 4.3's source (runtime/src: bank.rs, bank/partitioned_epoch_rewards,
inflation_rewards, stakes.rs, stake_weighted_timestamp.rs, slot_params.rs; vote/src/vote_account.rs;
leader-schedule) and solana-stake-interface 4.3.1 (state.rs, warmup_cooldown_allowance.rs). Transactions
are taken as they were; what banks do by themselves when a block begins is computed and compared:
every account that changed, capitalization, the stakes of every epoch, leaders.
"""
import collections
import json
import math
import struct
import sys

NEVER = 2**64 - 1
STAKE_HISTORY_ENTRIES = 512
KEPT_EPOCH_STAKES = 5
MAX_ADMITTED = 2000
SHOWN_DIFFERENCES = 10

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def key(text):
    number = 0
    for letter in text:
        number = number * 58 + ALPHABET.index(letter)
    return number.to_bytes(32, "big").hex()


SYSTEM = "00" * 32
VOTE = key("Vote111111111111111111111111111111111111111")
STAKE = key("Stake11111111111111111111111111111111111111")
SYSVAR = key("Sysvar1111111111111111111111111111111111111")
CLOCK = key("SysvarC1ock11111111111111111111111111111111")
EPOCH_REWARDS = key("SysvarEpochRewards1111111111111111111111111")
STAKE_HISTORY = key("SysvarStakeHistory1111111111111111111111111")
# What other tests cover: only their lamports are looked at.
OTHER_SYSVARS = {
    key("SysvarS1otHashes111111111111111111111111111"),
    key("SysvarLastRestartS1ot1111111111111111111111"),
}

# slot_params.rs, longest first: nanoseconds of a slot, slots of a year, stake accounts paid in a block.
SLOT_TIMES = {
    "reduce_slot_time_to_350ms": (350_000_000, 90_162_645.696, 3_584),
    "reduce_slot_time_to_200ms": (200_000_000, 157_784_629.968, 2_048),
}

Account = collections.namedtuple("Account", "lamports owner size data")
Delegation = collections.namedtuple("Delegation", "voter stake activation deactivation")
Activation = collections.namedtuple("Activation", "effective activating deactivating")
Vote = collections.namedtuple("Vote", "lamports node collector bps percent bls credits timestamp")
Commission = collections.namedtuple("Commission", "lamports burned is_vote")


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def option(self, size):
        return self.take(size) if self.number("B") else None


def decode_vote(account):
    """None unless it is an initialized vote account of version 3 or 4."""
    if account.owner != VOTE or account.lamports == 0 or account.size != 3762:
        return None
    reader = Reader(account.data)
    version = reader.number("I")
    if version not in (2, 3) or (version == 2 and not any(account.data[4 : 4 + 114])):
        return None
    node = reader.take(32).hex()
    reader.take(32)
    bls, collector = None, None
    if version == 3:
        collector = reader.take(32).hex()
        reader.take(32)
        bps = reader.number("H")
        reader.take(2 + 8)
        bls = reader.option(48)
        percent = min(bps // 100, 255)
    else:
        percent = reader.number("B")
        bps = percent * 100
    reader.take(13 * reader.number("Q"))
    reader.option(8)
    reader.take(40 * reader.number("Q"))
    if version == 2:
        reader.take(32 * 48 + 8 + 1)
    credits = [struct.unpack("<QQQ", reader.take(24)) for _ in range(reader.number("Q"))]
    timestamp = struct.unpack("<Qq", reader.take(16))
    return Vote(account.lamports, node, collector, bps, percent, bls, credits, timestamp)


def decode_delegation(account):
    """Delegation and credits observed; None without a delegation."""
    if account.owner != STAKE or account.lamports == 0 or struct.unpack_from("<I", account.data)[0] != 2:
        return None
    voter = account.data[124:156].hex()
    stake, activation, deactivation = struct.unpack_from("<QQQ", account.data, 156)
    observed = struct.unpack_from("<Q", account.data, 188)[0]
    return Delegation(voter, stake, activation, deactivation), observed


def encode_stake(data, delegation, observed):
    front = data[:156] + struct.pack("<QQQ", delegation.stake, delegation.activation, delegation.deactivation)
    return front + data[180:188] + struct.pack("<Q", observed) + data[196:]


class Warmup:
    """Stake interface: how much of a delegation counts."""

    def __init__(self, history, new_rate_epoch, is_integer):
        self.history, self.new_rate_epoch, self.is_integer = history, new_rate_epoch, is_integer

    def change(self, epoch, portion, of_cluster, effective):
        if self.is_integer:
            if 0 in (portion, of_cluster, effective):
                return 1
            rate = 2500 if epoch < self.new_rate_epoch else 900
            product = min(portion * effective * rate, 2**128 - 1)
            return max(min(product // (of_cluster * 10_000), portion), 1)
        rate = 0.25 if epoch < self.new_rate_epoch else 0.09
        return max(int(portion / of_cluster * (effective * rate)), 1)

    def warm(self, d, epoch):
        if d.activation == NEVER:
            return d.stake, 0
        if d.activation == d.deactivation or epoch < d.activation:
            return 0, 0
        if epoch == d.activation:
            return 0, d.stake
        if d.activation not in self.history:
            return d.stake, 0
        effective, at = 0, d.activation
        while at in self.history and self.history[at].activating != 0:
            before = self.history[at]
            at += 1
            effective += self.change(at, d.stake - effective, before.activating, before.effective)
            if effective >= d.stake:
                effective = d.stake
                break
            if at >= epoch or at >= d.deactivation:
                break
        return effective, d.stake - effective

    def at(self, d, epoch):
        effective, activating = self.warm(d, epoch)
        if epoch < d.deactivation:
            return Activation(effective, activating, 0)
        if epoch == d.deactivation:
            return Activation(effective, 0, effective)
        if d.deactivation not in self.history:
            return Activation(0, 0, 0)
        at = d.deactivation
        while at in self.history and self.history[at].deactivating != 0:
            before = self.history[at]
            at += 1
            effective -= min(self.change(at, effective, before.deactivating, before.effective), effective)
            if effective == 0 or at >= epoch:
                break
        return Activation(effective, 0, effective)


def sip_hash_1_3(data):
    """SipHash with a key of zeros, one round per word and three at the end."""
    mask = 2**64 - 1
    v = [0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573]

    def turn(x, by):
        return (x << by | x >> (64 - by)) & mask

    def sip_round():
        v[0] = (v[0] + v[1]) & mask
        v[2] = (v[2] + v[3]) & mask
        v[1] = turn(v[1], 13) ^ v[0]
        v[3] = turn(v[3], 16) ^ v[2]
        v[0] = turn(v[0], 32)
        v[2] = (v[2] + v[1]) & mask
        v[0] = (v[0] + v[3]) & mask
        v[1] = turn(v[1], 17) ^ v[2]
        v[3] = turn(v[3], 21) ^ v[0]
        v[2] = turn(v[2], 32)

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        sip_round()
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(3):
        sip_round()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def chacha20_words(seed):
    """64-bit words of ChaCha20 with a counter of 64 bits and no nonce."""
    mask = 2**32 - 1
    counter = 0
    while True:
        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", seed)]
        start += [counter & mask, counter >> 32, 0, 0]
        x = list(start)

        def quarter(a, b, c, d):
            for left, right, by in ((a, d, 16), (c, b, 12), (a, d, 8), (c, b, 7)):
                other = b if left == a else d
                x[left] = (x[left] + x[other]) & mask
                mixed = x[right] ^ x[left]
                x[right] = (mixed << by | mixed >> (32 - by)) & mask

        for _ in range(10):
            for i in range(4):
                quarter(i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        words = [(a + b) & mask for a, b in zip(x, start)]
        for i in range(0, 16, 2):
            yield words[i] | words[i + 1] << 32
        counter += 1


def leader_schedule(stakes, epoch, slots):
    """stakes: vote address to (stake, vote)."""
    voters = [(stake, address, vote.node) for address, (stake, vote) in stakes.items() if stake > 0]
    voters.sort(key=lambda voter: (voter[0], voter[1]), reverse=True)
    total = sum(voter[0] for voter in voters)
    if total == 0:
        return []
    words = chacha20_words(struct.pack("<Q", epoch) + bytes(24))
    zone = 2**64 - 1 - 2**64 % total
    schedule = []
    while len(schedule) < slots // 4:
        product = next(words) * total
        if product % 2**64 > zone:
            continue
        drawn = product >> 64
        for stake, address, node in voters:
            if drawn < stake:
                schedule.append([node, address])
                break
            drawn -= stake
    return schedule


class Schedule:
    def __init__(self, fields):
        self.slots, self.offset, self.warmup, self.first_epoch, self.first_slot_of_it = fields

    def in_epoch(self, epoch):
        return 32 * 2**epoch if epoch < self.first_epoch else self.slots

    def first_slot(self, epoch):
        if epoch <= self.first_epoch:
            return (2**epoch - 1) * 32
        return (epoch - self.first_epoch) * self.slots + self.first_slot_of_it

    def epoch(self, slot):
        epoch = 0
        while self.first_slot(epoch + 1) <= slot:
            epoch += 1
        return epoch

    def leader_epoch(self, slot):
        if slot < self.first_slot_of_it:
            return self.epoch(slot) + 1
        return self.first_epoch + (slot - self.first_slot_of_it + self.offset) // self.slots


class Cluster:
    def __init__(self, genesis, changes, report):
        self.report = report
        self.schedule = Schedule(genesis["schedule"])
        self.rent = genesis["rent"]
        self.inflation = genesis["inflation"]
        self.baseline = (genesis["nanoseconds"], genesis["slots_per_year"], genesis["stores"])
        self.pending = {name: id for name, (when, id) in genesis["gates"].items() if when == 2}
        self.active = {name: 0 for name, (when, _) in genesis["gates"].items() if when == 1}
        self.accounts = {}
        self.apply(changes)
        self.history = {}
        self.epoch_stakes = {}
        self.schedules = {}
        self.rewards = None  # of the epoch before, until they are paid
        self.epoch = 0
        for epoch in range(self.schedule.leader_epoch(0) + 1):
            self.epoch_stakes[epoch] = self.admitted(self.stakes_now(self.accounts, 0, {}))

    def apply(self, changes):
        for address, lamports, owner, size, data in changes:
            if lamports == 0:
                self.accounts.pop(address, None)
                continue
            data = None if data is None else bytes.fromhex(data).ljust(size, b"\0")
            self.accounts[address] = Account(lamports, owner, size, data)

    def capitalization(self, accounts):
        return sum(account.lamports for account in accounts.values())

    def minimum(self, size):
        return int((128 + size) * self.rent[0] * self.rent[1])

    def warmup(self, history):
        new_rate = NEVER
        if "reduce_stake_warmup_cooldown" in self.active:
            new_rate = self.schedule.epoch(self.active["reduce_stake_warmup_cooldown"])
        return Warmup(history, new_rate, "upgrade_bpf_stake_program_to_v5_1" in self.active)

    def slot_times(self):
        """From which slot on which parameters hold."""
        times, earliest = [], NEVER
        for name, parameters in reversed(SLOT_TIMES.items()):
            if name not in self.active or parameters[0] > self.baseline[0]:
                continue
            begin = self.schedule.first_slot(self.schedule.epoch(self.active[name]) + 1)
            if begin < earliest:
                times.append((begin, parameters))
                earliest = begin
        return [(0, self.baseline)] + times[::-1]

    def slot_time(self, slot):
        return [parameters for begin, parameters in self.slot_times() if begin <= slot][-1]

    def nanoseconds(self, after, slot):
        """How long the slots after one up to another take."""
        times = self.slot_times()
        ends = [begin for begin, _ in times[1:]] + [NEVER]
        return sum(
            max(min(slot + 1, end) - max(after + 1, begin), 0) * parameters[0]
            for (begin, parameters), end in zip(times, ends)
        )

    def years(self, begin, end):
        """Term by term, since the order of additions shows in the last bit."""
        if begin >= end:
            return 0.0
        years, cursor, parameters = 0.0, begin, self.baseline
        for effective, following in self.slot_times():
            if effective <= begin:
                parameters = following
            elif effective < end:
                years += (effective - cursor) / parameters[1]
                cursor, parameters = effective, following
        return years + (end - cursor) / parameters[1]

    def delegations(self, accounts):
        for address, account in accounts.items():
            if account.owner == STAKE and (found := decode_delegation(account)):
                yield address, account, *found

    def stakes_now(self, accounts, epoch, history):
        """Every vote account with its effective stake."""
        warmup = self.warmup(history)
        sums = collections.Counter()
        for _, _, delegation, _ in self.delegations(accounts):
            sums[delegation.voter] += warmup.at(delegation, epoch).effective
        votes = {}
        for address, account in accounts.items():
            if account.owner == VOTE and (vote := decode_vote(account)):
                votes[address] = (sums[address], vote)
        return votes

    def admitted(self, votes):
        if "validator_admission_ticket" not in self.active:
            return votes
        chosen = {
            address: (stake, vote)
            for address, (stake, vote) in votes.items()
            if vote.bls and stake and vote.lamports >= self.minimum(3762)
        }
        if len(chosen) > MAX_ADMITTED:
            floor = sorted((stake for stake, _ in chosen.values()), reverse=True)[MAX_ADMITTED]
            chosen = {address: entry for address, entry in chosen.items() if entry[0] > floor}
        return chosen

    def keep_epoch_stakes(self, epoch, votes):
        if epoch in self.epoch_stakes:
            return
        for old in [e for e in self.epoch_stakes if e < epoch - (KEPT_EPOCH_STAKES - 1)]:
            del self.epoch_stakes[old]
        self.epoch_stakes[epoch] = votes

    # What a block begins with.

    def begin(self, line):
        slot, parent = line["begin"], line["parent"]
        old_epoch, self.epoch = self.schedule.epoch(parent), self.schedule.epoch(slot)
        new = dict(self.accounts)
        if old_epoch != self.epoch:
            self.begin_epoch(new, slot, old_epoch, line)
        elif self.schedule.leader_epoch(slot) not in self.epoch_stakes:
            votes = self.admitted(self.stakes_now(new, self.epoch, self.history))
            self.keep_epoch_stakes(self.schedule.leader_epoch(slot), votes)
        self.pay_stakes(new, line["height"])
        if old_epoch != self.epoch:
            entries = sorted(self.history.items(), reverse=True)
            data = struct.pack("<Q", len(entries))
            data += b"".join(struct.pack("<QQQQ", epoch, *entry) for epoch, entry in entries)
            self.put_sysvar(new, STAKE_HISTORY, data.ljust(8 + STAKE_HISTORY_ENTRIES * 32, b"\0"))
        self.set_clock(new, slot, old_epoch)
        self.compare(line, new)

    def put_sysvar(self, accounts, address, data):
        old = accounts.get(address)
        lamports = max(old.lamports if old else 1, self.minimum(len(data)))
        accounts[address] = Account(lamports, SYSVAR, len(data), data)

    def begin_epoch(self, accounts, slot, ended, line):
        self.report.boundaries += 1
        for name, address in self.pending.items():
            self.active[name] = slot
            account = accounts[address]
            accounts[address] = account._replace(data=b"\1" + struct.pack("<Q", slot))
            if name == "full_inflation__devnet_and_testnet":
                self.inflation = [0.08, 0.015, 0.15, 0.0, 0.0]
        self.pending = {}
        warmup = self.warmup(self.history)
        parts = [warmup.at(delegation, ended) for _, _, delegation, _ in self.delegations(accounts)]
        self.history = {**self.history, ended: Activation(*(sum(part) for part in zip(*parts)))}
        for part in parts:
            self.report.saw("effective" if part == (part.effective, 0, 0) and part.effective else
                            "warming" if part.activating and part.effective else
                            "activating" if part.activating else
                            "cooling" if part.deactivating else "inactive")
        votes = self.admitted(self.stakes_now(accounts, self.epoch, self.history))
        capitalization = self.capitalization(accounts)
        points, total, stakes, commissions = self.calculate(accounts, ended, votes, capitalization)
        self.keep_epoch_stakes(self.schedule.leader_epoch(slot), votes)
        spent = self.pay_commissions(accounts, commissions)
        partitions = 1
        if not self.schedule.warmup or self.epoch >= self.schedule.first_epoch:
            most = max(self.schedule.slots // 10, 1)
            partitions = min(max(-(-len(stakes) // self.slot_time(slot)[2]), 1), most)
        self.rewards = {
            "start": line["height"] + 1,
            "partitions": partitions,
            "blockhash": bytes.fromhex(line["blockhash"]),
            "points": points,
            "total": total,
            "spent": spent,
            "stakes": stakes,
        }
        self.report.saw("partitions", partitions)
        self.put_rewards(accounts, True)

    def put_rewards(self, accounts, is_active):
        r = self.rewards
        data = struct.pack("<QQ", r["start"], r["partitions"]) + r["blockhash"]
        data += r["points"].to_bytes(16, "little")
        data += struct.pack("<QQB", r["total"], r["spent"], is_active)
        self.put_sysvar(accounts, EPOCH_REWARDS, data)

    def inflation_rewards(self, ended, capitalization):
        start = self.active.get("full_inflation__devnet_and_testnet", 0)
        begin = self.schedule.first_slot(max(self.schedule.epoch(start) - 1, 0))
        year = self.years(begin, self.schedule.first_slot(self.epoch))
        initial, terminal, taper, foundation, term = self.inflation
        tapered = initial * math.pow(1.0 - taper, year)
        rate = tapered if tapered > terminal else terminal
        if year < term:
            rate -= rate * foundation
        slots_per_year = self.slot_time(self.schedule.first_slot(ended))[1]
        return int(rate * capitalization * (self.schedule.in_epoch(ended) / slots_per_year))

    def earned(self, delegation, observed, vote, warmup):
        """Points, credits observed afterwards, whether these move on in any case."""
        credits = vote.credits[-1][1] if vote.credits else 0
        if credits < observed:
            return 0, credits, True
        if credits == observed:
            return 0, observed, False
        points, seen = 0, observed
        for epoch, final, initial in vote.credits:
            if observed < initial:
                earned = final - initial
            elif observed < final:
                earned = final - seen
            else:
                earned = 0
            seen = max(seen, final)
            points += warmup.at(delegation, epoch).effective * earned
        return points, seen, False

    def redeem(self, delegation, observed, vote, bps, value, ended, warmup):
        """Lamports of staker and voter, credits observed; None if nothing happens."""
        points, seen, is_forced = self.earned(delegation, observed, vote, warmup)
        if is_forced or value[1] == 0 or delegation.activation == ended:
            self.report.saw("rewound" if is_forced else "unrewarded")
            return 0, 0, seen
        if points == 0:
            return None
        rewards = points * value[1] // value[0]
        if rewards == 0:
            return None
        bps = min(bps, 10_000)
        if bps in (0, 10_000):
            self.report.saw("one sided")
            return (rewards, 0, seen) if bps == 0 else (0, rewards, seen)
        voter, staker = rewards * bps // 10_000, rewards * (10_000 - bps) // 10_000
        if voter == 0 or staker == 0:
            self.report.saw("unfair")
            return None
        self.report.saw("shared")
        return staker, voter, seen

    def bps_of(self, address, vote, ended):
        if "delay_commission_updates" in self.active:
            for epoch in (ended, self.epoch):
                if address in self.epoch_stakes.get(epoch, {}):
                    vote = self.epoch_stakes[epoch][address][1]
                    break
        return vote.bps if "commission_rate_in_basis_points" in self.active else vote.percent * 100

    def calculate(self, accounts, ended, votes, capitalization):
        warmup = self.warmup(self.history)
        adjusts = "relax_post_exec_min_balance_check" in self.active
        delegations = list(self.delegations(accounts))
        points = 0
        for _, _, delegation, observed in delegations:
            if delegation.voter in votes:
                points += self.earned(delegation, observed, votes[delegation.voter][1], warmup)[0]
        if points == 0:
            return 0, 0, {}, {}
        value = (points, self.inflation_rewards(ended, capitalization))
        stakes, commissions = {}, {}
        for address, account, delegation, observed in delegations:
            bearable = max(account.lamports - self.minimum(account.size), 0)
            may_adjust = adjusts and min(delegation.stake, bearable) != delegation.stake
            if delegation.voter not in votes:
                if may_adjust:
                    self.report.saw("adjusted")
                    self.commission(commissions, delegation.voter, Commission(0, 0, False))
                    stakes[address] = (0, delegation, observed)
                continue
            vote = votes[delegation.voter][1]
            bps = self.bps_of(delegation.voter, vote, ended)
            redeemed = self.redeem(delegation, observed, vote, bps, value, ended, warmup)
            if redeemed is None and not may_adjust:
                continue
            staker, voter, observed = redeemed or (0, 0, observed)
            if redeemed is None:
                self.report.saw("adjusted")
            collector = delegation.voter
            if "custom_commission_collector" in self.active:
                collector = vote.collector or collector
            self.commission(commissions, collector, Commission(voter, 0, collector == delegation.voter))
            stakes[address] = (staker, delegation._replace(stake=delegation.stake + staker), observed)
        return points, value[1], stakes, commissions

    @staticmethod
    def commission(commissions, address, part):
        if address not in commissions:
            commissions[address] = part
            return
        lamports, burned, is_vote = commissions[address]
        if part.is_vote == is_vote:
            commissions[address] = Commission(lamports + part.lamports, burned + part.burned, is_vote)
        elif is_vote:
            commissions[address] = Commission(lamports, burned + part.lamports + part.burned, True)
        else:
            commissions[address] = Commission(part.lamports, burned + lamports + part.burned, True)

    def pay_commissions(self, accounts, commissions):
        spent = 0
        is_custom = "custom_commission_collector" in self.active
        for address, (lamports, burned, is_vote) in commissions.items():
            account = accounts.get(address)
            if account is None:
                if not is_custom:
                    continue
                account = Account(0, SYSTEM, 0, b"")
            spent += lamports + burned
            after = account.lamports + lamports
            if not is_vote:
                relaxed = "relax_post_exec_min_balance_check" in self.active
                is_poor = after < self.minimum(account.size) and (not relaxed or account.lamports == 0)
                if account.owner != SYSTEM or is_poor:
                    self.report.saw("burned commission")
                    continue
                self.report.saw("collected")
            if after > 0:
                accounts[address] = account._replace(lamports=after)
        return spent

    def pay_stakes(self, accounts, height):
        if self.rewards is None or height < self.rewards["start"]:
            return
        count = self.rewards["partitions"]
        index = height - self.rewards["start"]
        paid = False
        for address, (lamports, delegation, observed) in self.rewards["stakes"].items():
            digest = sip_hash_1_3(self.rewards["blockhash"] + bytes.fromhex(address))
            if count * digest >> 64 != index:
                continue
            self.rewards["spent"] += lamports
            account = accounts.get(address)
            if account is None or decode_delegation(account) is None:
                self.report.saw("burned reward")
                continue
            account = account._replace(lamports=account.lamports + lamports)
            if "relax_post_exec_min_balance_check" in self.active:
                bearable = max(account.lamports - self.minimum(account.size), 0)
                if bearable < delegation.stake:
                    delegation = delegation._replace(stake=bearable)
                    if bearable == 0:
                        delegation = delegation._replace(deactivation=self.epoch - 1)
            accounts[address] = account._replace(data=encode_stake(account.data, delegation, observed))
            self.report.saw("paid")
            paid = True
        self.put_rewards(accounts, index + 1 < count)
        if index + 1 >= count:
            self.rewards = None
        if paid:
            self.report.saw("paying block")

    def set_clock(self, accounts, slot, old_epoch):
        _, start_time, _, _, before = struct.unpack("<QqQQq", self.accounts[CLOCK].data)
        estimate = self.estimate(slot, old_epoch, start_time)
        now = before if estimate is None else max(before, estimate)
        start = now if old_epoch != self.epoch else start_time
        leader_epoch = self.schedule.leader_epoch(slot)
        self.put_sysvar(accounts, CLOCK, struct.pack("<QqQQq", slot, start, self.epoch, leader_epoch, now))

    def estimate(self, slot, old_epoch, start_time):
        second = 10**9
        by_time = collections.Counter()
        stakes = self.epoch_stakes[self.epoch]
        for address, account in self.accounts.items():
            if account.owner != VOTE or not (vote := decode_vote(account)):
                continue
            voted, time = vote.timestamp
            if voted > slot or slot - voted > self.schedule.slots:
                continue
            time += self.nanoseconds(voted, slot) // second
            by_time[time] += stakes[address][0] if address in stakes else 0
        total = sum(by_time.values())
        if total == 0:
            self.report.saw("no time")
            return None
        passed = 0
        for time, stake in sorted(by_time.items()):
            passed += stake
            if passed > total // 2:
                break
        expected = self.nanoseconds(self.schedule.first_slot(old_epoch), slot)
        offset = max(time - start_time, 0) * second
        fast, slow = expected * 25 // 100, expected * 150 // 100
        if offset > expected and offset - expected > slow:
            self.report.saw("time too late")
            return start_time + expected // second + slow // second
        if offset < expected and expected - offset > fast:
            self.report.saw("time too early")
            return start_time + expected // second - fast // second
        self.report.saw("time")
        return time

    def leader(self, slot):
        if self.epoch not in self.schedules:
            slots = self.schedule.in_epoch(self.epoch)
            self.schedules[self.epoch] = leader_schedule(self.epoch_stakes[self.epoch], self.epoch, slots)
        index = slot - self.schedule.first_slot(self.epoch)
        schedule = self.schedules[self.epoch]
        return schedule[index // 4] if schedule else [SYSTEM, SYSTEM]

    # Comparison.

    def compare(self, line, expected):
        slot = line["begin"]
        before = self.accounts
        self.accounts = dict(before)
        self.apply(line["changes"])
        for address in OTHER_SYSVARS:
            account = self.accounts.get(address)
            if account is None:
                continue
            lamports = before[address].lamports if address in before else self.minimum(account.size)
            self.report.equal(slot, f"lamports of sysvar {address}", lamports, account.lamports)
            expected[address] = account
        for address in sorted(set(expected) | set(self.accounts)):
            mine, theirs = expected.get(address), self.accounts.get(address)
            if mine is theirs or (mine == theirs and address not in before):
                continue
            self.report.account(slot, address, mine, theirs)
        self.report.equal(slot, "capitalization", self.capitalization(expected), line["capitalization"])
        self.report.equal(slot, "leader", self.leader(slot), line["leader"])
        if "epoch_stakes" in line:
            self.compare_stakes(slot, line)

    def compare_stakes(self, slot, line):
        mine = {
            str(epoch): [sum(stake for stake, _ in votes.values()), {a: stake for a, (stake, _) in votes.items()}]
            for epoch, votes in self.epoch_stakes.items()
        }
        self.report.equal(slot, "epoch stakes", mine, line["epoch_stakes"])
        epoch = max(self.epoch_stakes)
        schedule = leader_schedule(self.epoch_stakes[epoch], epoch, self.schedule.in_epoch(epoch))
        self.report.equal(slot, f"leader schedule of epoch {epoch}", schedule, line["schedule"])

    def end(self, line):
        self.apply(line["changes"])
        total = self.capitalization(self.accounts)
        self.report.equal(line["end"], "capitalization at the end", total, line["capitalization"])


class Report:
    def __init__(self):
        self.cases = self.differences = self.boundaries = 0
        self.seen = collections.Counter()

    def saw(self, what, times=1):
        self.seen[what] += times

    def equal(self, slot, what, mine, theirs):
        self.cases += 1
        if mine == theirs:
            return
        self.differences += 1
        if self.differences <= SHOWN_DIFFERENCES:
            print(f"slot {slot}: {what}: expected {str(mine)[:600]}, is {str(theirs)[:600]}")

    def account(self, slot, address, mine, theirs):
        self.equal(slot, f"account {address}", mine, theirs)


def main():
    report = Report()
    cluster = None
    for line in joined(sys.stdin):
        line = json.loads(line)
        if "genesis" in line:
            cluster = Cluster(line["genesis"], line["changes"], report)
        elif "begin" in line:
            cluster.begin(line)
        elif "end" in line:
            cluster.end(line)
        else:
            for outcome, times in line["transactions"].items():
                report.saw(f"transactions {outcome}", times)
    if cluster is None or report.boundaries == 0:
        print("no epoch boundary was seen")
        return 1
    report.saw("boundaries", report.boundaries)
    print(f"{report.cases} cases, {report.differences} differences")
    print("operations: " + ", ".join(f"{what} {times}" for what, times in sorted(report.seen.items())))
    return 1 if report.differences else 0


def joined(stream):
    """Objects may go over several lines, each of which but the last ends with a comma."""
    parts = []
    for line in stream:
        parts.append(line)
        if not line.endswith(",\n"):
            yield "".join(parts)
            parts = []


if __name__ == "__main__":
    sys.exit(main())
