// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/address_lookup_table/state.hpp"

#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/bincode_writer.hpp"

namespace fathom::programs::address_lookup_table {

namespace {

constexpr std::uint32_t kUninitialized = 0;
constexpr std::uint32_t kLookupTable = 1;

} // namespace

Result<LookupTable, InstructionError> LookupTable::decode(ByteView data) {
    BincodeReader reader(data);
    const std::uint32_t tag = reader.u32();
    if (reader.failed()) return std::unexpected(InstructionError::InvalidAccountData);
    if (tag == kUninitialized) return std::unexpected(InstructionError::UninitializedAccount);
    LookupTable table;
    table.deactivation_slot = reader.u64();
    table.last_extended_slot = reader.u64();
    table.last_extended_start_index = reader.u8();
    table.authority = reader.optional_pubkey();
    table.padding = reader.u16();
    const bool is_whole = data.size() >= kMetaSize && (data.size() - kMetaSize) % kAddressSize == 0;
    if (tag != kLookupTable || reader.failed() || !is_whole) {
        return std::unexpected(InstructionError::InvalidAccountData);
    }
    table.address_count = (data.size() - kMetaSize) / kAddressSize;
    return table;
}

Bytes LookupTable::encode_meta() const {
    return BincodeWriter()
        .u32(kLookupTable)
        .u64(deactivation_slot)
        .u64(last_extended_slot)
        .u8(last_extended_start_index)
        .optional_pubkey(authority)
        .u16(padding)
        .take();
}

} // namespace fathom::programs::address_lookup_table
