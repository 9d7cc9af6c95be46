// SPDX-License-Identifier: Apache-2.0
// The lattice hash of many elements: their chunks share lanes whichever element they belong to.
//
// An element costs the hash of its bytes and 2 KiB of output, 32 compressions. Both are spread over
// the lanes of vectors: chunks of different elements and lengths are hashed side by side, then the
// nodes above them, level by level, then the output blocks of one root after the other. Outputs are
// summed as they leave the lanes and put in order once, at the end, because a sum does not care.
#include "fathom/crypto/lthash_batch.hpp"

#include "fathom/crypto/blake3_jobs.hpp"
#include "fathom/crypto/x86/cpu.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace fathom::crypto {
namespace {

using detail::Blake3Input;
using detail::Blake3JobEngine;
using detail::Blake3Jobs;
using detail::Blake3JobValues;
using detail::Blake3OutputSums;

constexpr std::size_t kBlock = Blake3::kBlockSize;
constexpr std::size_t kChunk = Blake3::kChunkSize;
constexpr std::size_t kBlocksInChunk = kChunk / kBlock;
/// A longer element has chunks enough of its own to fill the lanes.
constexpr std::size_t kLongest = 16 * kChunk;
/// Bytes hashed together; they stay in the caches close by.
constexpr std::size_t kCapacity = std::size_t{64} * 1024;

std::size_t size_of(const LtHashElement& element) {
    std::size_t size = 0;
    for (const ByteView part : element.parts) size += part.size();
    return size;
}

std::size_t blocks_in(std::size_t size) {
    return std::max((size + kBlock - 1) / kBlock, std::size_t{1});
}

/// What the elements take together, each padded to whole blocks; no more than the capacity.
std::size_t capacity_for(std::span<const LtHashElement> elements) {
    std::size_t needed = 0;
    for (const LtHashElement& element : elements) {
        const std::size_t size = size_of(element);
        if (size <= kLongest) needed += blocks_in(size) * kBlock;
        if (needed >= kCapacity) return kCapacity;
    }
    return needed;
}

void hash_portable(const Blake3Jobs& jobs, Blake3JobValues& values) {
    std::array<std::uint32_t, 8> chaining = detail::kBlake3Initial;
    for (std::uint32_t block = 0; block < jobs.blocks[0]; ++block) {
        const bool is_last = block + 1 == jobs.blocks[0];
        const std::uint32_t flags =
            jobs.flags | (block == 0 ? jobs.first_flags : 0) | (is_last ? jobs.last_flags[0] : 0);
        const auto state = detail::blake3_compress_portable(
            {chaining.data(), jobs.input[0] + kBlock * block, jobs.counter[0],
             is_last ? jobs.last_length[0] : static_cast<std::uint32_t>(kBlock), flags});
        std::copy_n(state.begin(), 8, chaining.begin());
    }
    std::ranges::copy(chaining, values.words.begin());
}

/// The lower and the upper half of each word, without a carry between them.
std::uint32_t add_halves(std::uint32_t x, std::uint32_t y) {
    return ((x + y) & 0xffff) | ((x & 0xffff0000) + (y & 0xffff0000));
}
std::uint32_t subtract_halves(std::uint32_t x, std::uint32_t y) {
    return ((x - y) & 0xffff) | ((x & 0xffff0000) - (y & 0xffff0000));
}

template <std::uint32_t (*kSum)(std::uint32_t, std::uint32_t)>
void sum_output_portable(const Blake3Input& root, Blake3OutputSums& sums) {
    Blake3Input node = root;
    for (std::size_t block = 0; block < LtHash::kSize / kBlock; ++block) {
        node.counter = block;
        const auto state = detail::blake3_compress_portable(node);
        std::uint32_t* sum = sums.words.data() + 16 * block;
        for (std::size_t i = 0; i < 16; ++i) sum[i] = kSum(sum[i], state[i]);
    }
}

Blake3JobEngine engine_of(LtHashEngine engine) {
#if defined(__x86_64__)
    switch (engine) {
    case LtHashEngine::Avx2:
        return {8, detail::blake3_hash_jobs_avx2, detail::blake3_add_output_avx2,
                detail::blake3_subtract_output_avx2};
    case LtHashEngine::Avx512:
        return {16, detail::blake3_hash_jobs_avx512, detail::blake3_add_output_avx512,
                detail::blake3_subtract_output_avx512};
    case LtHashEngine::Portable: break;
    }
#else
    static_cast<void>(engine);
#endif
    return {1, hash_portable, sum_output_portable<add_halves>,
            sum_output_portable<subtract_halves>};
}

/// Elements until they are many, then all of their hashes.
class Batch {
public:
    Batch(const Blake3JobEngine& engine, LtHash& set, std::size_t capacity)
        : engine_(engine), set_(set), capacity_(capacity),
          bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity + kChunk)) {}

    void add(const LtHashElement& element) {
        const std::size_t size = size_of(element);
        if (size > kLongest) {
            add_long(element);
            return;
        }
        const std::size_t padded = blocks_in(size) * kBlock;
        if (used_ + padded > capacity_) flush();
        elements_.push_back({used_, size, values_, chunks_in(size), element.is_removed});
        values_ += chunks_in(size);
        std::uint8_t* at = bytes_.get() + used_;
        for (const ByteView part : element.parts) {
            if (!part.empty()) std::memcpy(at, part.data(), part.size());
            at += part.size();
        }
        std::memset(at, 0, padded - size);
        used_ += padded;
    }

    void finish() {
        flush();
        std::array<std::uint8_t, LtHash::kSize> ordered;
        for (std::size_t block = 0; block < LtHash::kSize / kBlock; ++block) {
            const std::size_t group = block / engine_.lanes;
            const std::size_t lane = block % engine_.lanes;
            for (std::size_t word = 0; word < 16; ++word) {
                store_le(ordered.data() + kBlock * block + 4 * word,
                         sums_.words[(16 * group + word) * engine_.lanes + lane]);
            }
        }
        set_ += LtHash::from_bytes(ordered);
    }

private:
    using Words = std::array<std::uint32_t, 8>;

    struct Element {
        std::size_t offset;
        std::size_t size;
        std::size_t value; ///< place of its first chunk's value
        std::size_t nodes; ///< of the level that is reached
        bool is_removed;
    };
    struct Job {
        const std::uint8_t* input;
        std::size_t value;
        std::uint32_t blocks;
        std::uint32_t last_length;
        std::uint32_t last_flags;
        std::uint32_t counter;
    };

    static std::size_t chunks_in(std::size_t size) {
        return std::max((size + kChunk - 1) / kChunk, std::size_t{1});
    }

    void add_long(const LtHashElement& element) {
        Blake3 hasher;
        for (const ByteView part : element.parts) hasher.update(part);
        const LtHash hash = LtHash::of(hasher);
        if (element.is_removed) {
            set_ -= hash;
        } else {
            set_ += hash;
        }
    }

    void flush() {
        node_values_.resize(values_);
        hash_chunks();
        hash_parents();
        for (const Element& element : elements_) add_output(element);
        elements_.clear();
        used_ = 0;
        values_ = 0;
    }

    /// All of a chunk but the last block of a root: that one's output is longer than a value.
    void hash_chunks() {
        for (const Element& element : elements_) {
            const bool is_root = element.nodes == 1;
            for (std::size_t i = 0; i < element.nodes; ++i) {
                const std::size_t begin = i * kChunk;
                const std::size_t size = std::min(kChunk, element.size - begin);
                const std::size_t blocks = blocks_in(size) - (is_root ? 1 : 0);
                const std::size_t last = is_root ? kBlock : size - (blocks - 1) * kBlock;
                node_values_[element.value + i] = detail::kBlake3Initial;
                if (blocks == 0) continue;
                by_blocks_[blocks - 1].push_back(
                    {bytes_.get() + element.offset + begin, element.value + i,
                     static_cast<std::uint32_t>(blocks), static_cast<std::uint32_t>(last),
                     is_root ? 0 : detail::kChunkEnd, static_cast<std::uint32_t>(i)});
            }
        }
        // Chunks of about the same length together: the longest of some lanes keeps all of them.
        for (auto& list : by_blocks_) {
            jobs_.insert(jobs_.end(), list.begin(), list.end());
            list.clear();
        }
        run_jobs(0, detail::kChunkStart);
    }

    /// Pairs of neighbours, level by level, until one or two nodes are left; one without a
    /// neighbour moves up as it is.
    void hash_parents() {
        for (;;) {
            for (const Element& element : elements_) {
                if (element.nodes <= 2) continue;
                for (std::size_t i = 0; i < element.nodes / 2; ++i) {
                    const auto* pair = reinterpret_cast<const std::uint8_t*>(
                        node_values_[element.value + 2 * i].data());
                    jobs_.push_back({pair, element.value + i, 1, kBlock, 0, 0});
                }
            }
            if (jobs_.empty()) return;
            run_jobs(detail::kParent, 0);
            for (Element& element : elements_) {
                if (element.nodes <= 2) continue;
                const std::size_t pairs = element.nodes / 2;
                if (element.nodes % 2 != 0) {
                    node_values_[element.value + pairs] =
                        node_values_[element.value + element.nodes - 1];
                }
                element.nodes = pairs + element.nodes % 2;
            }
        }
    }

    /// A level's values may replace the nodes before them: lanes read all they need before they
    /// write, and a parent's place is never behind those of its children.
    void run_jobs(std::uint32_t flags, std::uint32_t first_flags) {
        Blake3Jobs jobs;
        jobs.flags = flags;
        jobs.first_flags = first_flags;
        for (std::size_t first = 0; first < jobs_.size(); first += engine_.lanes) {
            const std::size_t count = std::min(engine_.lanes, jobs_.size() - first);
            jobs.most_blocks = 0;
            for (std::size_t lane = 0; lane < engine_.lanes; ++lane) {
                // Lanes without a job repeat one.
                const Job& job = jobs_[first + (lane < count ? lane : 0)];
                jobs.input[lane] = job.input;
                jobs.blocks[lane] = job.blocks;
                jobs.last_length[lane] = job.last_length;
                jobs.last_flags[lane] = job.last_flags;
                jobs.counter[lane] = job.counter;
                jobs.most_blocks = std::max(jobs.most_blocks, job.blocks);
            }
            Blake3JobValues values;
            engine_.hash(jobs, values);
            for (std::size_t lane = 0; lane < count; ++lane) {
                Words& target = node_values_[jobs_[first + lane].value];
                for (std::size_t i = 0; i < target.size(); ++i) {
                    target[i] = values.words[i * engine_.lanes + lane];
                }
            }
        }
        jobs_.clear();
    }

    void add_output(const Element& element) {
        const Words& value = node_values_[element.value];
        Blake3Input root{};
        if (element.nodes == 1) {
            const std::size_t before = element.size == 0 ? 0 : (element.size - 1) / kBlock * kBlock;
            root = {value.data(), bytes_.get() + element.offset + before, 0,
                    static_cast<std::uint32_t>(element.size - before),
                    (before == 0 ? detail::kChunkStart : 0) | detail::kChunkEnd | detail::kRoot};
        } else {
            root = {detail::kBlake3Initial.data(),
                    reinterpret_cast<const std::uint8_t*>(value.data()), 0, kBlock,
                    detail::kParent | detail::kRoot};
        }
        (element.is_removed ? engine_.subtract_output : engine_.add_output)(root, sums_);
    }

    Blake3JobEngine engine_;
    LtHash& set_;
    /// The elements, each padded to whole blocks; lanes may read a chunk beyond the last.
    std::size_t capacity_;
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t used_ = 0;
    std::size_t values_ = 0;
    std::vector<Element> elements_;
    std::vector<Words> node_values_;
    std::array<std::vector<Job>, kBlocksInChunk> by_blocks_;
    std::vector<Job> jobs_;
    Blake3OutputSums sums_;
};

bool is_available(LtHashEngine engine) {
    switch (engine) {
    case LtHashEngine::Portable: return true;
    case LtHashEngine::Avx2: return x86::kCpu.avx2;
    case LtHashEngine::Avx512: return x86::kCpu.avx512;
    }
    return false;
}

} // namespace

void lthash_apply(LtHash& set, std::span<const LtHashElement> elements) {
    const auto engine = is_available(LtHashEngine::Avx512) ? LtHashEngine::Avx512
                        : is_available(LtHashEngine::Avx2) ? LtHashEngine::Avx2
                                                           : LtHashEngine::Portable;
    lthash_apply_with(engine, set, elements);
}

std::string_view lthash_engine_name(LtHashEngine engine) {
    switch (engine) {
    case LtHashEngine::Portable: return "portable";
    case LtHashEngine::Avx2: return "AVX2, 8 lanes";
    case LtHashEngine::Avx512: return "AVX-512, 16 lanes";
    }
    return "";
}

std::vector<LtHashEngine> available_lthash_engines() {
    std::vector<LtHashEngine> engines;
    for (const auto engine : {LtHashEngine::Portable, LtHashEngine::Avx2, LtHashEngine::Avx512}) {
        if (is_available(engine)) engines.push_back(engine);
    }
    return engines;
}

void lthash_apply_with(LtHashEngine engine, LtHash& set, std::span<const LtHashElement> elements) {
    if (elements.empty()) return;
    Batch batch(engine_of(engine), set, capacity_for(elements));
    for (const LtHashElement& element : elements) batch.add(element);
    batch.finish();
}

} // namespace fathom::crypto
