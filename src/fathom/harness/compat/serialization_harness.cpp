// SPDX-License-Identifier: Apache-2.0
// Source: agave svm/src/conformance/serialization.rs.
#include "fathom/crypto/xxh64.hpp"
#include "fathom/harness/compat/harnesses.hpp"
#include "fathom/harness/compat/instruction_setup.hpp"
#include "field_numbers.hpp"

namespace fathom::harness::compat {

std::optional<Bytes> run_serialization_context(ByteView context) {
    using namespace proto;
    const auto input = read_instruction_input(context);
    if (!input) return std::nullopt;
    const auto setup =
        InstructionSetup::create(*input, {.programs = ProgramsOf::Nobody, .use = Use::BegunOnly});
    if (!setup || !setup->begin()) return std::nullopt;
    const auto instruction = setup->context().current_instruction();
    if (!instruction) return std::nullopt;

    WireWriter effects;
    invoke::SerializedInput serialized;
    if (!invoke::serialize_input(*instruction, setup->serialization(), serialized)) {
        return effects.boolean(VMSerializationEffects::has_error, true).take();
    }
    effects.fixed64(VMSerializationEffects::serialized_memory_hash,
                    crypto::xxh64(serialized.buffer));
    for (const vm::MemoryRegion& region : serialized.regions) {
        WireWriter written;
        written.number(VMInputMemoryRegion::vm_address, region.vm_addr);
        written.number(VMInputMemoryRegion::region_size, region.length);
        written.boolean(VMInputMemoryRegion::is_writable, region.is_writable);
        effects.element(VMSerializationEffects::vm_input_memory_regions, written);
    }
    for (const invoke::SerializedAccount& account : serialized.accounts) {
        WireWriter written;
        written.number(VMSerializedAccountMetadata::original_data_len, account.original_data_len);
        written.number(VMSerializedAccountMetadata::vm_data_addr, account.vm_data_addr);
        written.number(VMSerializedAccountMetadata::vm_key_addr, account.vm_key_addr);
        written.number(VMSerializedAccountMetadata::vm_lamports_addr, account.vm_lamports_addr);
        written.number(VMSerializedAccountMetadata::vm_owner_addr, account.vm_owner_addr);
        effects.element(VMSerializationEffects::serialized_account_metadata, written);
    }
    return effects.take();
}

} // namespace fathom::harness::compat
