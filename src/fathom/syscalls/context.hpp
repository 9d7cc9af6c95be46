// SPDX-License-Identifier: Apache-2.0
// What every syscall works with: the invocation that called it, and the ways in which it can fail.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/invoke/invoke_context.hpp"
#include "fathom/invoke/program_error.hpp"
#include "fathom/vm/machine.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fathom::syscalls {

using invoke::ProgramError;
using invoke::SyscallErrorKind;

template <class T> using Outcome = Result<T, ProgramError>;

/// What a syscall returns: r0, or why the program ends.
using Value = Outcome<std::uint64_t>;

[[nodiscard]] inline std::unexpected<ProgramError> fail(SyscallErrorKind kind) {
    return std::unexpected(ProgramError(invoke::make_syscall_error(kind)));
}
[[nodiscard]] inline std::unexpected<ProgramError> fail(SyscallErrorKind kind, std::string text) {
    return std::unexpected(ProgramError(invoke::SyscallError{kind, std::move(text)}));
}
[[nodiscard]] inline std::unexpected<ProgramError> fail(InstructionError::Kind kind) {
    return std::unexpected(ProgramError(kind));
}
/// For what a feature gate turns on but this build cannot compute. Never a silent result.
[[nodiscard]] std::unexpected<ProgramError> fail_unsupported(std::string_view what);

/// One call of a syscall. Cheap to make; lives as long as the call.
class SyscallContext {
public:
    /// The machine's host must be the InvokeContext that runs the program.
    explicit SyscallContext(vm::Machine& machine)
        : machine_(machine), invocation_(*static_cast<invoke::InvokeContext*>(machine.host())) {}

    [[nodiscard]] invoke::InvokeContext& invocation() { return invocation_; }
    [[nodiscard]] vm::MemoryMap& memory() { return machine_.memory(); }
    [[nodiscard]] bool feature(Feature which) const { return invocation_.feature(which); }
    [[nodiscard]] Result<void, InstructionError> charge(ComputeUnits units) {
        return invocation_.consume(units);
    }
    /// False for programs of loader v1, whose pointers may be unaligned.
    [[nodiscard]] bool check_aligned() {
        if (!check_aligned_) check_aligned_ = invocation_.check_aligned();
        return *check_aligned_;
    }

private:
    vm::Machine& machine_;
    invoke::InvokeContext& invocation_;
    std::optional<bool> check_aligned_;
};

namespace detail {

template <auto kFunction> struct Adapter;

template <class... Arguments, Value (*kFunction)(SyscallContext&, Arguments...)>
struct Adapter<kFunction> {
    static_assert(sizeof...(Arguments) <= 5);

    static vm::SyscallResult call(vm::Machine& machine, std::uint64_t r1, std::uint64_t r2,
                                  std::uint64_t r3, std::uint64_t r4, std::uint64_t r5) {
        SyscallContext context(machine);
        const std::array<std::uint64_t, 5> registers{r1, r2, r3, r4, r5};
        Value value = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
            return kFunction(context, registers[kIndex]...);
        }(std::index_sequence_for<Arguments...>{});
        if (value) return {*value, false};
        context.invocation().set_syscall_failure(std::move(value).error());
        return {0, true};
    }
};

} // namespace detail

/// A syscall written as `Value f(SyscallContext&, u64...)` in the form that the machine calls.
template <auto kFunction>
inline constexpr vm::SyscallFunction kAdapted = &detail::Adapter<kFunction>::call;

} // namespace fathom::syscalls
