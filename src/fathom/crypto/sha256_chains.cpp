// SPDX-License-Identifier: Apache-2.0
// Chains of SHA-256: keeps as many in work as the engine takes side by side, the longest first.
#include "fathom/crypto/sha256_chains.hpp"

#include "fathom/base/bytes.hpp"
#include "fathom/crypto/sha256_repeat.hpp"
#include "fathom/crypto/x86/cpu.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace fathom::crypto {
namespace {

using detail::Sha256Words;

Sha256Words to_words(const Sha256Digest& digest) {
    Sha256Words words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = __builtin_bswap32(load_le<std::uint32_t>(digest.data() + 4 * i));
    }
    return words;
}

Sha256Digest to_digest(const Sha256Words& words) {
    Sha256Digest digest;
    for (std::size_t i = 0; i < words.size(); ++i) {
        store_le(digest.data() + 4 * i, __builtin_bswap32(words[i]));
    }
    return digest;
}

void repeat_portable(Sha256Words* states, std::size_t width, std::uint64_t count) {
    std::array<std::uint8_t, Sha256::kBlockSize> block;
    for (std::size_t i = 0; i < detail::kSha256Padding.size(); ++i) {
        store_le(block.data() + 32 + 4 * i, __builtin_bswap32(detail::kSha256Padding[i]));
    }
    for (Sha256Words* words = states; words != states + width; ++words) {
        for (std::uint64_t i = 0; i < count; ++i) {
            const Sha256Digest digest = to_digest(*words);
            std::ranges::copy(digest, block.begin());
            *words = detail::kSha256Initial;
            detail::sha256_blocks_portable(words->data(), block.data(), 1);
        }
    }
}

/// Advances `width` states by `count` hashes each.
using Repeat = void (*)(Sha256Words* states, std::size_t width, std::uint64_t count);

#if defined(__x86_64__)
/// An engine over lanes seen as one over states: lanes above `width` run idle.
template <std::size_t kLanes, void (*kRepeat)(detail::Sha256LaneWords&, std::uint64_t)>
void repeat_lanes(Sha256Words* states, std::size_t width, std::uint64_t count) {
    detail::Sha256LaneWords lanes;
    for (std::size_t lane = 0; lane < width; ++lane) {
        for (std::size_t i = 0; i < 8; ++i) lanes.words[i * kLanes + lane] = states[lane][i];
    }
    kRepeat(lanes, count);
    for (std::size_t lane = 0; lane < width; ++lane) {
        for (std::size_t i = 0; i < 8; ++i) states[lane][i] = lanes.words[i * kLanes + lane];
    }
}

#endif

struct Engine {
    Repeat repeat;
    std::size_t width;
};

Engine engine_of(Sha256ChainEngine engine) {
#if defined(__x86_64__)
    switch (engine) {
    case Sha256ChainEngine::Avx2: return {repeat_lanes<8, detail::sha256_repeat_avx2>, 8};
    case Sha256ChainEngine::ShaNi: return {detail::sha256_repeat_ni, 4};
    case Sha256ChainEngine::Avx512: return {repeat_lanes<16, detail::sha256_repeat_avx512>, 16};
    case Sha256ChainEngine::Portable: break;
    }
#else
    static_cast<void>(engine);
#endif
    return {repeat_portable, 1};
}

bool is_available(Sha256ChainEngine engine) {
    switch (engine) {
    case Sha256ChainEngine::Portable: return true;
    case Sha256ChainEngine::Avx2: return x86::kCpu.avx2;
    case Sha256ChainEngine::ShaNi: return x86::kCpu.sha_ni;
    case Sha256ChainEngine::Avx512: return x86::kCpu.avx512;
    }
    return false;
}

/// Chains in work, side by side, fed from a queue with the longest first.
class Lanes {
public:
    Lanes(std::span<Sha256Chain> chains, const Engine& engine) : chains_(chains), engine_(engine) {
        queue_.reserve(chains.size());
        for (std::size_t i = 0; i < chains.size(); ++i) {
            if (chains[i].count != 0) queue_.push_back(i);
        }
        std::ranges::stable_sort(queue_, std::greater<>(),
                                 [&](std::size_t i) { return chains[i].count; });
    }

    void run() {
        while (fill(), active_ != 0) advance();
    }

private:
    void fill() {
        for (; active_ < engine_.width && next_ < queue_.size(); ++active_, ++next_) {
            const Sha256Chain& chain = chains_[queue_[next_]];
            chain_[active_] = queue_[next_];
            state_[active_] = to_words(chain.value);
            left_[active_] = chain.count;
        }
    }

    /// Up to the end of the chain that ends first; those that end make room.
    void advance() {
        const std::uint64_t step = *std::min_element(left_.begin(), left_.begin() + active_);
        engine_.repeat(state_.data(), active_, step);
        for (std::size_t lane = active_; lane-- != 0;) {
            left_[lane] -= step;
            if (left_[lane] != 0) continue;
            chains_[chain_[lane]].value = to_digest(state_[lane]);
            --active_;
            state_[lane] = state_[active_];
            left_[lane] = left_[active_];
            chain_[lane] = chain_[active_];
        }
    }

    std::span<Sha256Chain> chains_;
    Engine engine_;
    std::vector<std::size_t> queue_;
    std::size_t next_ = 0;
    std::size_t active_ = 0;
    std::array<Sha256Words, detail::kMaxSha256Lanes> state_;
    std::array<std::uint64_t, detail::kMaxSha256Lanes> left_;
    std::array<std::size_t, detail::kMaxSha256Lanes> chain_;
};

} // namespace

void sha256_chains(std::span<Sha256Chain> chains) {
    sha256_chains_with(available_sha256_chain_engines().back(), chains);
}

std::string_view sha256_chain_engine_name(Sha256ChainEngine engine) {
    switch (engine) {
    case Sha256ChainEngine::Portable: return "portable";
    case Sha256ChainEngine::Avx2: return "AVX2, 8 lanes";
    case Sha256ChainEngine::ShaNi: return "SHA extensions";
    case Sha256ChainEngine::Avx512: return "AVX-512, 16 lanes";
    }
    return "";
}

std::vector<Sha256ChainEngine> available_sha256_chain_engines() {
    std::vector<Sha256ChainEngine> engines;
    for (const auto engine : {Sha256ChainEngine::Portable, Sha256ChainEngine::Avx2,
                              Sha256ChainEngine::Avx512, Sha256ChainEngine::ShaNi}) {
        if (is_available(engine)) engines.push_back(engine);
    }
    return engines;
}

void sha256_chains_with(Sha256ChainEngine engine, std::span<Sha256Chain> chains) {
    Lanes(chains, engine_of(engine)).run();
}

} // namespace fathom::crypto
