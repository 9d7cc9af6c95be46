// SPDX-License-Identifier: Apache-2.0
// Takes recorded blocks apart.
#include "fathom/harness/recorded_block.hpp"

#include <string>
#include <utility>

namespace fathom::harness {
namespace {

base::Error invalid(std::string why) {
    return {base::ErrorCode::InvalidInput, "recorded block: " + std::move(why)};
}

} // namespace

Result<RecordedBlock> take_apart(BlockFiles fixture) {
    RecordedBlock block;
    auto bytes = ledger::deshred(fixture.shred_views());
    if (!bytes) return std::unexpected(invalid(bytes.error().message()));
    block.bytes = *std::move(bytes);
    auto entries = ledger::parse_entries(block.bytes);
    if (!entries) return std::unexpected(invalid(entries.error().message()));
    block.entries = *std::move(entries);
    if (!fixture.manifest.empty()) {
        block.parent = FATHOM_TRY(ledger::decode_manifest(fixture.manifest));
        if (block.parent->bank.slot != block.bytes.parent) {
            return std::unexpected(
                invalid("the manifest is of slot " + std::to_string(block.parent->bank.slot) +
                        ", but the block's parent is " + std::to_string(block.bytes.parent)));
        }
    }
    block.accounts = std::move(fixture.accounts);
    return block;
}

Result<RecordedBlock> load_recorded_block(const std::filesystem::path& folder) {
    return take_apart(FATHOM_TRY(read_block_files(folder)));
}

} // namespace fathom::harness
