// SPDX-License-Identifier: Apache-2.0
// Reads entries of the stake history out of its account data.
#include "fathom/programs/stake/history.hpp"

#include "fathom/base/integers.hpp"

namespace fathom::programs::stake {

namespace {

constexpr std::uint64_t kEntrySize = 32;
constexpr std::uint64_t kFirstEntryAt = 8;

} // namespace

std::optional<StakeHistoryEntry> HistoryByOffset::find(Epoch epoch) {
    const Epoch oldest = saturating_sub<Epoch>(current_epoch_, StakeHistory::kMaxEntries);
    if (data_ == nullptr || epoch < oldest || epoch >= current_epoch_) return std::nullopt;
    const std::uint64_t offset = kFirstEntryAt + (current_epoch_ - 1 - epoch) * kEntrySize;
    const ByteView data = data_->view();
    if (data.size() < offset + kEntrySize) return std::nullopt;
    const std::uint8_t* entry = data.data() + offset;
    if (load_le<Epoch>(entry) != epoch) {
        is_mismatched_ = true;
        return std::nullopt;
    }
    return StakeHistoryEntry{.effective = load_le<std::uint64_t>(entry + 8),
                             .activating = load_le<std::uint64_t>(entry + 16),
                             .deactivating = load_le<std::uint64_t>(entry + 24)};
}

} // namespace fathom::programs::stake
