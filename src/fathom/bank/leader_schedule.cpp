// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/leader_schedule.hpp"

#include "fathom/base/integers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace fathom::bank {

namespace {

/// The stream of rand_chacha's ChaCha20Rng: counter in words 12 and 13, no nonce.
class ChaCha20 {
public:
    explicit ChaCha20(const std::array<std::uint32_t, 8>& key) : key_(key) {}

    std::uint64_t next() {
        const std::uint64_t low = next_word();
        return low | std::uint64_t{next_word()} << 32;
    }

private:
    static constexpr std::size_t kWords = 16;

    std::uint32_t next_word() {
        if (used_ == kWords) refill();
        return block_[used_++];
    }

    static void quarter(std::array<std::uint32_t, kWords>& x, std::size_t a, std::size_t b,
                        std::size_t c, std::size_t d) {
        x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 16);
        x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 12);
        x[a] += x[b], x[d] = std::rotl(x[d] ^ x[a], 8);
        x[c] += x[d], x[b] = std::rotl(x[b] ^ x[c], 7);
    }

    void refill() {
        std::array<std::uint32_t, kWords> start{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
        std::ranges::copy(key_, start.begin() + 4);
        start[12] = static_cast<std::uint32_t>(counter_);
        start[13] = static_cast<std::uint32_t>(counter_ >> 32);
        ++counter_;
        block_ = start;
        for (int round = 0; round < 20; round += 2) {
            for (std::size_t i = 0; i < 4; ++i) quarter(block_, i, i + 4, i + 8, i + 12);
            for (std::size_t i = 0; i < 4; ++i) {
                quarter(block_, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
            }
        }
        for (std::size_t i = 0; i < kWords; ++i) block_[i] += start[i];
        used_ = 0;
    }

    std::array<std::uint32_t, 8> key_;
    std::uint64_t counter_ = 0;
    std::array<std::uint32_t, kWords> block_{};
    std::size_t used_ = kWords;
};

/// Uniform below `limit`: the high half of a product, unless its low half shows that the value
/// belongs to the rest that would make some values likelier (rand's UniformInt).
std::uint64_t uniform(ChaCha20& random, std::uint64_t limit) {
    const std::uint64_t rejected = (std::uint64_t{0} - limit) % limit;
    for (;;) {
        const uint128_t product = uint128_t{random.next()} * limit;
        if (static_cast<std::uint64_t>(product) <= ~rejected) {
            return static_cast<std::uint64_t>(product >> 64);
        }
    }
}

} // namespace

std::vector<SlotLeader> leader_schedule(const VoteAccounts& vote_accounts, Epoch epoch,
                                        std::uint64_t slots) {
    std::vector<std::pair<Lamports, SlotLeader>> voters;
    for (const auto& [key, entry] : vote_accounts) {
        if (entry.stake > 0) voters.push_back({entry.stake, {entry.vote->state.node_pubkey, key}});
    }
    if (voters.empty()) return {};
    std::ranges::sort(voters, [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first
                                  : a.second.vote_address > b.second.vote_address;
    });
    std::vector<std::uint64_t> cumulative;
    std::uint64_t total = 0;
    for (const auto& [stake, leader] : voters) cumulative.push_back(total += stake);

    ChaCha20 random({static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32)});
    std::vector<SlotLeader> schedule(slots / kConsecutiveLeaderSlots);
    for (SlotLeader& leader : schedule) {
        const auto drawn = std::ranges::upper_bound(cumulative, uniform(random, total));
        leader = voters[static_cast<std::size_t>(drawn - cumulative.begin())].second;
    }
    return schedule;
}

} // namespace fathom::bank
