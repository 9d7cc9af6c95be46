// SPDX-License-Identifier: Apache-2.0
// The harnesses of the conformance interface: a serialized context in, serialized effects out
// (proto/*.proto, docs/conformance.md). nullopt: the context is malformed, or one that the
// reference refuses. Any bytes may be given. They share nothing and may run on any threads.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/types/features.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fathom::harness::compat {

/// InstrContext to InstrEffects.
[[nodiscard]] std::optional<Bytes> run_instruction_context(ByteView context);
/// InstrContext to VMSerializationEffects.
[[nodiscard]] std::optional<Bytes> run_serialization_context(ByteView context);
/// SyscallContext to SyscallEffects: one syscall.
[[nodiscard]] std::optional<Bytes> run_syscall_context(ByteView context);
/// SyscallContext to SyscallEffects: the read-only data as a program, its syscalls doing nothing.
[[nodiscard]] std::optional<Bytes> run_interpreter_context(ByteView context);
/// ELFLoaderCtx to ELFLoaderEffects.
[[nodiscard]] std::optional<Bytes> run_elf_context(ByteView context);
/// TxnContext to TxnResult.
[[nodiscard]] std::optional<Bytes> run_transaction_context(ByteView context);
/// CostContext to CostResult.
[[nodiscard]] std::optional<Bytes> run_cost_context(ByteView context);

/// What a fixture's feature set must and may contain, by number.
struct FeatureSupport {
    /// Behaviour without them no longer exists here.
    std::vector<std::uint64_t> hardcoded;
    std::vector<std::uint64_t> supported;
};
[[nodiscard]] FeatureSupport feature_support();
/// The gates that something here asks about, by name.
[[nodiscard]] std::span<const Feature> switchable_features();

} // namespace fathom::harness::compat
