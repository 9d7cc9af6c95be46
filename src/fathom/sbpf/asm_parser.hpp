// SPDX-License-Identifier: Apache-2.0
// Assembly text to statements: labels, directives and instructions with their operands, unresolved.
#pragma once

#include "fathom/base/integers.hpp"
#include "fathom/base/result.hpp"
#include "fathom/sbpf/assembler.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fathom::sbpf {

/// Where something stands in the source, both from 1; columns count bytes.
struct SourcePosition {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// A name inside a sum: a label, a data symbol, an .equ constant or "." for the current address.
struct SourceTerm {
    std::string_view name;
    bool negative = false;
    SourcePosition at;
};

/// A sum of numbers and names. Every number is below 2^64 and a source is far shorter than 2^62
/// bytes, so the constant cannot wrap.
struct SourceExpression {
    int128_t constant = 0;
    std::vector<SourceTerm> terms;

    /// The one name that this expression consists of, or empty.
    [[nodiscard]] std::string_view lone_name() const;
};

struct SourceOperand {
    enum class Kind : std::uint8_t { Register, Value, Memory, Text };
    Kind kind = Kind::Value;
    std::uint8_t reg = 0;        // Register, Memory
    SourceExpression expression; // Value, Memory
    std::string text;            // Text, escapes resolved
    SourcePosition at;
};

struct SourceStatement {
    enum class Kind : std::uint8_t { Label, Directive, Instruction };
    Kind kind = Kind::Instruction;
    std::string_view name; // a directive's with its dot
    std::vector<SourceOperand> operands;
    SourcePosition at;
};

/// Names in the result view into `source`. Knows no mnemonic and no directive.
[[nodiscard]] Result<std::vector<SourceStatement>, AssemblyError>
parse_assembly(std::string_view source);

} // namespace fathom::sbpf
