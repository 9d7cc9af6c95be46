// SPDX-License-Identifier: Apache-2.0
// Bincode of loader v3 account state.
#include "fathom/programs/bpf_loader/state.hpp"

#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/bincode_writer.hpp"

namespace fathom::programs::bpf_loader {

Result<LoaderState, InstructionError> LoaderState::decode(ByteView data) {
    BincodeReader reader(data);
    LoaderState state;
    state.kind = static_cast<Kind>(reader.u32());
    switch (state.kind) {
    case Kind::Uninitialized: break;
    case Kind::Buffer: state.authority = reader.optional_pubkey(); break;
    case Kind::Program: state.programdata_address = reader.pubkey(); break;
    case Kind::ProgramData:
        state.slot = reader.u64();
        state.authority = reader.optional_pubkey();
        break;
    default: reader.fail();
    }
    if (reader.failed()) return std::unexpected(InstructionError::InvalidAccountData);
    return state;
}

Bytes LoaderState::encode() const {
    BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(kind));
    switch (kind) {
    case Kind::Uninitialized: break;
    case Kind::Buffer: writer.optional_pubkey(authority); break;
    case Kind::Program: writer.pubkey(programdata_address); break;
    case Kind::ProgramData: writer.u64(slot).optional_pubkey(authority); break;
    }
    return writer.take();
}

} // namespace fathom::programs::bpf_loader
