// SPDX-License-Identifier: Apache-2.0
// What programs do otherwise today than the native ones of June 2023 did, as rules over a test's
// content.
#pragma once

#include "fathom/harness/native_tests.hpp"
#include "fathom/types/instruction_error.hpp"

#include <optional>
#include <string_view>

namespace fathom::harness {

/// The rule that explains why a test that ended with `error` today is no measure any more. Empty:
/// none does. docs/conformance.md names the source of each.
[[nodiscard]] std::string_view
why_native_test_differs(const NativeTest& test, const std::optional<InstructionError>& error);

} // namespace fathom::harness
