// SPDX-License-Identifier: Apache-2.0
// Logs of blocks in memory: any bytes, and logs that were written, then cut and changed. Whatever
// reads back is what was written, in its order.
#include "fathom/base/assert.hpp"
#include "fathom/ledger/block_record.hpp"

#include <algorithm>

namespace {

using namespace fathom;
using namespace fathom::ledger;

class MemoryLog final : public LogSource {
public:
    explicit MemoryLog(ByteView bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_.size(); }
    LogResult<void> read(std::uint64_t offset, MutableByteView out) const override {
        FATHOM_ASSERT(offset <= bytes_.size() && out.size() <= bytes_.size() - offset);
        std::ranges::copy(bytes_.subspan(offset, out.size()), out.begin());
        return {};
    }

private:
    ByteView bytes_;
};

/// The fuzzer's bytes as choices.
class Choices {
public:
    explicit Choices(ByteView bytes) : bytes_(bytes) {}
    bool is_empty() const { return bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const std::uint8_t value = bytes_[0];
        bytes_ = bytes_.subspan(1);
        return value;
    }
    ByteView take(std::size_t size) {
        const ByteView taken = bytes_.first(std::min(size, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }

private:
    ByteView bytes_;
};

void scan_any(ByteView bytes) {
    const MemoryLog source(bytes);
    for (const bool discard : {false, true}) {
        const auto scan = scan_log(source, discard);
        if (!scan) {
            FATHOM_ASSERT(!block_log_error_name(scan.error().kind).empty());
            continue;
        }
        FATHOM_ASSERT(scan->end + scan->torn_bytes == bytes.size());
        for (const StoredRecord& record : scan->index.records()) {
            const auto block = read_block(source, record);
            if (block) static_cast<void>(block->entries());
        }
    }
    static_cast<void>(StoredBlock{{}, {bytes.begin(), bytes.end()}}.entries());
}

Hash hash_of(std::uint8_t value) {
    Hash hash;
    hash.bytes.fill(value);
    return hash;
}

struct Written {
    BlockRecord record;
    Bytes payload;
};

/// A log of a few blocks; each parent is one of the blocks before.
Bytes write_log(Choices& choices, std::vector<Written>& written) {
    const LogStart start{hash_of(1), 0, hash_of(0), hash_of(0)};
    const auto header = encode_log_start(start);
    Bytes log(header.begin(), header.end());
    HeaderLink link = link_to(header);
    const std::size_t count = choices.byte() % 5;
    for (std::uint8_t i = 0; i < count; ++i) {
        const std::uint8_t parent = choices.byte() % (i + 1); // 0: the start
        const std::uint8_t flags = choices.byte();
        BlockRecord record;
        record.slot = i + 1u;
        record.parent_slot = parent;
        record.parent_blockhash = record.parent_bank_hash = hash_of(parent);
        record.blockhash = hash_of(static_cast<std::uint8_t>(i + 1));
        record.bank_hash = record.blockhash;
        if ((flags & 1) != 0) record.block_id = hash_of(flags);
        const ByteView first = choices.take(flags >> 4);
        const ByteView second = choices.take(choices.byte() % 64);
        const std::size_t at = log.size();
        encode_record(log, record, std::vector{first, second}, i, link);
        const ByteView whole = ByteView(log).subspan(at);
        link = link_to(whole.first(kRecordHeaderSize));
        const ByteView payload = whole.subspan(kRecordHeaderSize);
        written.push_back({record, {payload.begin(), payload.end()}});
    }
    return log;
}

void check_against(ByteView log, const std::vector<Written>& written, bool is_changed) {
    const MemoryLog source(log);
    const auto scan = scan_log(source, true);
    if (!scan) {
        FATHOM_ASSERT(is_changed);
        return;
    }
    const auto records = scan->index.records();
    FATHOM_ASSERT(records.size() <= written.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        FATHOM_ASSERT(records[i].record == written[i].record);
        const auto block = read_block(source, records[i]);
        FATHOM_ASSERT(block || is_changed);
        if (block) FATHOM_ASSERT(block->bytes == written[i].payload);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    scan_any(ByteView(data, size));
    Choices choices(ByteView(data, size));
    std::vector<Written> written;
    Bytes log = write_log(choices, written);
    check_against(log, written, false);
    // Cut behind the header; a cut alone is never an error.
    const std::size_t kept = (choices.byte() * 256u + choices.byte()) % (log.size() + 1);
    log.resize(std::max(kept, kLogHeaderSize));
    check_against(log, written, false);
    while (!choices.is_empty()) {
        const std::size_t place = (choices.byte() * 256u + choices.byte()) % log.size();
        log[place] ^= choices.byte();
    }
    check_against(log, written, true);
    return 0;
}
