// SPDX-License-Identifier: Apache-2.0
// Assembly text to statements: labels, directives and instructions with their operands, unresolved.
#include "fathom/sbpf/asm_parser.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace fathom::sbpf {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$';
}
constexpr bool is_name(char c) {
    return is_name_start(c) || is_digit(c);
}

/// Value of a digit in any base up to 16; 16 for anything else.
constexpr unsigned digit_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

/// r0 to r15: what four bits hold; the verifier decides which of them exist.
std::optional<std::uint8_t> register_number(std::string_view name) {
    if (name.size() < 2 || name.size() > 3 || name[0] != 'r') return std::nullopt;
    unsigned number = 0;
    for (const char c : name.substr(1)) {
        if (!is_digit(c)) return std::nullopt;
        number = number * 10 + digit_value(c);
    }
    if (number > 15) return std::nullopt;
    return static_cast<std::uint8_t>(number);
}

class Parser {
public:
    explicit Parser(std::string_view source) : source_(source) {}

    Result<std::vector<SourceStatement>, AssemblyError> run() {
        std::vector<SourceStatement> statements;
        for (skip_lines(); !at_end(); skip_lines()) {
            statements.push_back(FATHOM_TRY(statement()));
        }
        return statements;
    }

private:
    [[nodiscard]] bool at_end() const { return cursor_ >= source_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return cursor_ + ahead < source_.size() ? source_[cursor_ + ahead] : '\0';
    }
    [[nodiscard]] SourcePosition position() const {
        const std::size_t column = std::min<std::size_t>(cursor_ - line_start_ + 1,
                                                         std::numeric_limits<std::uint32_t>::max());
        return {line_, static_cast<std::uint32_t>(column)};
    }
    [[nodiscard]] std::unexpected<AssemblyError> expected(std::string what) const {
        what = "expected " + what + ", found " + found();
        const SourcePosition at = position();
        return std::unexpected(AssemblyError{at.line, at.column, std::move(what)});
    }
    [[nodiscard]] std::string found() const {
        if (at_end()) return "the end of the source";
        const char c = peek();
        if (c == '\n' || at_comment()) return "the end of the line";
        if (is_name(c)) return "'" + std::string(source_.substr(cursor_, name_length())) + "'";
        if (c < ' ' || c > '~') return "an unprintable byte";
        return std::string("'") + c + "'";
    }
    [[nodiscard]] std::size_t name_length() const {
        std::size_t length = 0;
        while (is_name(peek(length))) ++length;
        return std::min<std::size_t>(length, 64);
    }
    [[nodiscard]] bool at_comment() const {
        return peek() == '#' || peek() == ';' || (peek() == '/' && peek(1) == '/');
    }

    void skip_blanks() {
        while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\r')) ++cursor_;
        if (!at_comment()) return;
        while (!at_end() && peek() != '\n') ++cursor_;
    }
    void skip_lines() {
        for (skip_blanks(); !at_end() && peek() == '\n'; skip_blanks()) {
            ++cursor_;
            ++line_;
            line_start_ = cursor_;
        }
    }
    bool take(char c) {
        if (at_end() || peek() != c) return false;
        ++cursor_;
        return true;
    }
    std::string_view take_name() {
        const std::size_t start = cursor_;
        while (!at_end() && is_name(peek())) ++cursor_;
        return source_.substr(start, cursor_ - start);
    }

    Result<SourceStatement, AssemblyError> statement() {
        SourceStatement result;
        result.at = position();
        if (!is_name_start(peek())) return expected("a label, a directive or an instruction");
        result.name = take_name();
        skip_blanks();
        if (take(':')) {
            result.kind = SourceStatement::Kind::Label;
            return result;
        }
        result.kind = result.name.starts_with('.') ? SourceStatement::Kind::Directive
                                                   : SourceStatement::Kind::Instruction;
        if (at_end() || peek() == '\n') return result;
        do {
            skip_blanks();
            result.operands.push_back(FATHOM_TRY(operand()));
            skip_blanks();
        } while (take(','));
        if (!at_end() && peek() != '\n') return expected("',' or the end of the line");
        return result;
    }

    Result<SourceOperand, AssemblyError> operand() {
        SourceOperand result;
        result.at = position();
        if (peek() == '"') {
            result.kind = SourceOperand::Kind::Text;
            result.text = FATHOM_TRY(quoted());
        } else if (take('[')) {
            result.kind = SourceOperand::Kind::Memory;
            result.reg = FATHOM_TRY(memory_base());
            if (peek() != ']') result.expression = FATHOM_TRY(sum());
            skip_blanks();
            if (!take(']')) return expected("']'");
        } else if (const auto reg = register_number(source_.substr(cursor_, name_length()))) {
            result.kind = SourceOperand::Kind::Register;
            result.reg = *reg;
            take_name();
        } else {
            result.expression = FATHOM_TRY(sum());
        }
        return result;
    }

    Result<std::uint8_t, AssemblyError> memory_base() {
        skip_blanks();
        const auto reg = register_number(source_.substr(cursor_, name_length()));
        if (!reg) return expected("a register");
        take_name();
        skip_blanks();
        if (peek() != ']' && peek() != '+' && peek() != '-') return expected("'+', '-' or ']'");
        return *reg;
    }

    Result<SourceExpression, AssemblyError> sum() {
        SourceExpression result;
        bool negative = false;
        if (!take('+')) negative = take('-');
        while (true) {
            skip_blanks();
            FATHOM_CHECK(term(negative, result));
            skip_blanks();
            if (take('-')) {
                negative = true;
            } else if (take('+')) {
                negative = false;
            } else {
                return result;
            }
        }
    }

    Result<void, AssemblyError> term(bool negative, SourceExpression& total) {
        if (is_digit(peek()) || peek() == '\'') {
            const std::uint64_t value =
                peek() == '\'' ? FATHOM_TRY(character()) : FATHOM_TRY(number());
            total.constant += negative ? -static_cast<int128_t>(value) : value;
            return {};
        }
        if (!is_name_start(peek())) return expected("an operand");
        const SourcePosition at = position();
        total.terms.push_back({take_name(), negative, at});
        return {};
    }

    Result<std::uint64_t, AssemblyError> number() {
        const SourcePosition at = position();
        unsigned base = 10;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            base = peek(1) == 'x' ? 16 : 2;
            cursor_ += 2;
        }
        if (digit_value(peek()) >= base) return expected("a digit");
        std::uint64_t value = 0;
        for (; digit_value(peek()) < base; ++cursor_) {
            const auto shifted = checked_mul<std::uint64_t>(value, base);
            const auto next =
                shifted ? checked_add<std::uint64_t>(*shifted, digit_value(peek())) : std::nullopt;
            if (!next) {
                return std::unexpected(AssemblyError{at.line, at.column, "number above 2^64 - 1"});
            }
            value = *next;
        }
        if (is_name(peek())) return expected("the end of the number");
        return value;
    }

    Result<std::uint64_t, AssemblyError> character() {
        ++cursor_;
        const char c = FATHOM_TRY(text_character());
        if (!take('\'')) return expected("'");
        return static_cast<std::uint8_t>(c);
    }

    Result<std::string, AssemblyError> quoted() {
        std::string result;
        ++cursor_;
        while (!take('"')) result.push_back(FATHOM_TRY(text_character()));
        return result;
    }

    /// One character of a text, with the escapes \n \t \r \0 \\ \" \' and \xNN.
    Result<char, AssemblyError> text_character() {
        if (at_end() || peek() == '\n') return expected("the closing quote");
        const char c = source_[cursor_++];
        if (c != '\\') return c;
        constexpr std::array<std::pair<char, char>, 7> kEscapes = {{{'n', '\n'},
                                                                    {'t', '\t'},
                                                                    {'r', '\r'},
                                                                    {'0', '\0'},
                                                                    {'\\', '\\'},
                                                                    {'"', '"'},
                                                                    {'\'', '\''}}};
        for (const auto& [letter, value] : kEscapes) {
            if (take(letter)) return value;
        }
        if (!take('x')) return expected("one of \\n \\t \\r \\0 \\\\ \\\" \\' \\xNN");
        const unsigned high = digit_value(peek());
        const unsigned low = high < 16 ? digit_value(peek(1)) : 16;
        if (low >= 16) return expected("two hexadecimal digits");
        cursor_ += 2;
        return static_cast<char>(high * 16 + low);
    }

    std::string_view source_;
    std::size_t cursor_ = 0;
    std::size_t line_start_ = 0;
    std::uint32_t line_ = 1;
};

} // namespace

std::string_view SourceExpression::lone_name() const {
    if (constant != 0 || terms.size() != 1 || terms[0].negative) return {};
    return terms[0].name;
}

Result<std::vector<SourceStatement>, AssemblyError> parse_assembly(std::string_view source) {
    return Parser(source).run();
}

} // namespace fathom::sbpf
