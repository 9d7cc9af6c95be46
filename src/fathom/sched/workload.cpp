// SPDX-License-Identifier: Apache-2.0
// Made-up blocks: transfers, swaps over pools of very unequal popularity, deposits, mints.
#include "fathom/sched/workload.hpp"

#include <algorithm>
#include <array>

namespace fathom::sched {
namespace {

constexpr std::uint64_t kPools = 1'000'000'000;
constexpr std::uint64_t kExchanges = 2'000'000'000;
constexpr std::uint64_t kPrograms = 4'000'000'000;
constexpr std::uint64_t kExchangeCount = 20;

AccountLock reads(std::uint64_t number) {
    return {numbered_key(number), false};
}
AccountLock writes(std::uint64_t number) {
    return {numbered_key(number), true};
}

// The smaller of two draws, twice: number n is about as likely as (1 - n/count)^3.
std::uint64_t unequal_draw(Random& random, std::uint64_t count) {
    std::uint64_t drawn = count;
    for (int i = 0; i < 4; ++i) drawn = std::min(drawn, random.below(count));
    return drawn;
}

} // namespace

Workload make_mix(const MixOptions& options) {
    Random random(options.seed);
    Workload mix;
    for (std::size_t i = 0; i < options.transactions; ++i) {
        const std::uint64_t payer = 2 * random.below(options.holders);
        const std::uint64_t kind = random.below(100);
        if (kind < options.swaps) {
            const std::uint64_t pool = kPools + unequal_draw(random, options.pools);
            mix.add(std::array{writes(payer), writes(payer + 1), writes(pool), reads(kPrograms),
                               reads(kPrograms + 1)},
                    30'000 + random.below(60'000));
        } else if (kind < options.swaps + options.mints) {
            mix.add(std::array{writes(payer), writes(payer + 1), writes(kHotAccount),
                               reads(kPrograms + 2)},
                    5'000 + random.below(10'000));
        } else if (kind < options.swaps + options.mints + options.crowd) {
            mix.add(std::array{writes(payer), writes(kExchanges + random.below(kExchangeCount)),
                               reads(kPrograms + 3)},
                    450 + random.below(100));
        } else {
            mix.add(std::array{writes(payer), writes(2 * random.below(options.holders)),
                               reads(kPrograms + 3)},
                    450 + random.below(100));
        }
    }
    return mix;
}

std::optional<MixOptions> named_mix(std::string_view name) {
    if (name == "usual") return MixOptions{};
    if (name == "transfers") return MixOptions{.swaps = 0, .mints = 0, .crowd = 0};
    if (name == "trading") return MixOptions{.swaps = 80, .pools = 40, .mints = 0, .crowd = 0};
    if (name == "mint") return MixOptions{.mints = 40};
    if (name == "serial") return MixOptions{.swaps = 0, .mints = 100, .crowd = 0};
    return std::nullopt;
}

} // namespace fathom::sched
