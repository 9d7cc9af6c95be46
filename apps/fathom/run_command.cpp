// SPDX-License-Identifier: Apache-2.0
// fathom run: runs a program on one instruction and shows the outcome; writes traces and profiles.
#include "commands.hpp"
#include "fathom/base/text.hpp"
#include "fathom/harness/file.hpp"
#include "fathom/harness/json_reader.hpp"
#include "fathom/harness/json_writer.hpp"
#include "fathom/harness/program_input.hpp"
#include "fathom/harness/program_recorder.hpp"
#include "fathom/sbpf/assembler.hpp"
#include "fathom/sbpf/elf_writer.hpp"
#include "fathom/svm.hpp"
#include "fathom/svm/instruction_run.hpp"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <string_view>

namespace fathom::app {
namespace {

using base::Error;
using base::ErrorCode;
using harness::ProgramInput;
using harness::ProgramRecorder;
using harness::ProgramTrace;

std::string_view text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An ELF as it is; anything else is assembled.
Result<Bytes> read_program(const std::filesystem::path& path) {
    constexpr std::string_view kMagic = "\x7f"
                                        "ELF";
    Bytes bytes = FATHOM_TRY(harness::read_file(path));
    if (text_of(bytes).starts_with(kMagic)) return bytes;
    const auto assembly = sbpf::assemble(text_of(bytes));
    if (!assembly) {
        return std::unexpected(
            Error(ErrorCode::InvalidInput,
                  path.string() + ": no ELF, and as assembly source: " + assembly.error().text()));
    }
    auto elf = sbpf::write_elf(*assembly);
    if (elf) return elf;
    return std::unexpected(Error(elf.error().code, path.string() + ": " + elf.error().message));
}

Result<Bytes> read_hex(std::string_view text) {
    const std::string quoted = '"' + std::string(text) + '"';
    const auto document = harness::JsonDocument::parse(quoted);
    const auto bytes = document ? document->root().hex() : Result<Bytes>(Bytes());
    if (document && bytes) return bytes;
    return std::unexpected(
        Error(ErrorCode::InvalidInput, "--data: expected an even number of hexadecimal digits"));
}

Result<ProgramInput> read_input_option(const std::string& text) {
    constexpr std::uint64_t kMaxSize = 10 * 1024 * 1024;
    std::uint64_t size = 0;
    const char* const end = text.data() + text.size();
    if (const auto parsed = std::from_chars(text.data(), end, size);
        parsed.ec == std::errc() && parsed.ptr == end) {
        if (size <= kMaxSize) return harness::blank_program_input(size);
        return std::unexpected(
            Error(ErrorCode::Limit, "--input: an account has at most 10485760 bytes"));
    }
    const Bytes bytes = FATHOM_TRY(harness::read_file(text));
    auto input = harness::parse_program_input(text_of(bytes));
    if (input) return input;
    return std::unexpected(Error(input.error().code, text + ": " + input.error().message));
}

Result<ProgramInput> read_input(const RunCommand& command) {
    ProgramInput input = FATHOM_TRY(read_input_option(command.input));
    if (!command.data_file.empty()) {
        input.instruction.data = FATHOM_TRY(harness::read_file(command.data_file));
    } else if (!command.data.empty()) {
        input.instruction.data = FATHOM_TRY(read_hex(command.data));
    }
    return input;
}

Result<svm::InstructionEffects> execute(const RunCommand& command, ByteView elf, ProgramInput input,
                                        ProgramRecorder* recorder) {
    SvmConfig config;
    config.features = command.features;
    Svm svm = FATHOM_TRY(Svm::create(std::move(config)));
    const Pubkey program = input.instruction.program_id;
    if (const auto loaded = svm.load_program(program, elf); !loaded) {
        return std::unexpected(Error(ErrorCode::InvalidInput, command.program.string() + ": " +
                                                                  loaded.error().name + ": " +
                                                                  loaded.error().text));
    }
    // The program is what the command names, whatever the input says of that address.
    std::erase_if(input.accounts, [&](const AccountChange& entry) { return entry.key == program; });
    svm::InstructionRequest request;
    request.instruction = std::move(input.instruction);
    request.accounts = std::move(input.accounts);
    request.budget.compute_unit_limit = command.limit;
    request.budget.heap_size = command.heap_size;
    request.engine = command.engine;
    request.observer = recorder;
    SlotEnvironment slot;
    slot.features = command.features;
    slot.blockhash = svm.latest_blockhash();
    return svm::run_instruction(request, slot, svm.accounts());
}

bool is_folder(const std::filesystem::path& path) {
    std::error_code error;
    return !path.has_filename() || std::filesystem::is_directory(path, error);
}

Result<void> write_trace(const RunCommand& command, const ProgramRecorder& recorder, ByteView elf,
                         const Pubkey& program) {
    if (is_folder(command.trace)) {
        for (const ProgramTrace& trace : recorder.traces()) {
            FATHOM_CHECK(harness::write_trace_files(
                trace, trace.program == program ? elf : ByteView(), command.trace));
        }
        return {};
    }
    std::string text;
    for (const ProgramTrace& trace : recorder.traces()) text += harness::trace_text(trace);
    if (command.trace != "-") return harness::write_file(command.trace, as_bytes(text));
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
}

Result<void> write_records(const RunCommand& command, const ProgramRecorder& recorder, ByteView elf,
                           const Pubkey& program) {
    if (!command.trace.empty()) {
        FATHOM_CHECK(write_trace(command, recorder, elf, program));
        if (recorder.is_truncated()) {
            std::fprintf(stderr, "fathom run: the trace ends after %zu instructions\n",
                         vm::RegisterTrace::kDefaultLimit);
        }
    }
    if (command.profile.empty()) return {};
    return harness::write_file(command.profile, as_bytes(recorder.profile().folded()));
}

std::string result_text(const svm::InstructionEffects& effects) {
    return effects.error ? effects.error->text() : std::string("ok");
}

/// Programs write what they like; a terminal shall not obey it.
std::string printable(std::string_view line) {
    std::string text(line);
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

void print_text(const RunCommand& command, const svm::InstructionEffects& effects,
                const ProgramRecorder* recorder) {
    std::printf("result        %s\n", result_text(effects).c_str());
    std::printf("units         %" PRIu64 " of %" PRIu64 "\n", effects.compute_units, command.limit);
    if (recorder) std::printf("instructions  %" PRIu64 "\n", recorder->instruction_count());
    if (effects.return_data) {
        std::printf("returned      %s\n", base::to_hex(effects.return_data->data).c_str());
    }
    std::printf("log\n");
    for (const std::string& line : effects.logs) std::printf("  %s\n", printable(line).c_str());
}

void print_json(const svm::InstructionEffects& effects, const ProgramRecorder* recorder) {
    harness::JsonWriter json;
    json.begin_object();
    json.field("result", effects.error ? std::string(effects.error->name()) : std::string("ok"));
    if (effects.error) json.field("error", effects.error->text());
    json.field("compute_units", effects.compute_units);
    if (recorder) json.field("instructions", recorder->instruction_count());
    json.key("logs").begin_array();
    for (const std::string& line : effects.logs) json.value(line);
    json.end_array();
    json.key("return_data");
    if (effects.return_data) {
        json.value(base::to_base64(effects.return_data->data));
    } else {
        json.null();
    }
    json.key("accounts").begin_array();
    for (const AccountChange& change : effects.accounts) {
        json.begin_object();
        json.field("key", change.key.to_base58());
        json.field("lamports", change.account.lamports);
        json.field("owner", change.account.owner.to_base58());
        json.field("data", base::to_base64(change.account.data.view()));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    std::printf("%s\n", json.text().c_str());
}

int refuse(const Error& error) {
    std::fprintf(stderr, "fathom run: %s\n", error.message.c_str());
    return kBadInput;
}

} // namespace

int run_run_command(const RunCommand& command) {
    const auto elf = read_program(command.program);
    if (!elf) return refuse(elf.error());
    const auto input = read_input(command);
    if (!input) return refuse(input.error());
    std::optional<ProgramRecorder> recorder;
    if (!command.trace.empty() || !command.profile.empty()) {
        recorder.emplace(harness::RecorderOptions{.has_trace = !command.trace.empty(),
                                                  .has_profile = !command.profile.empty()});
    }
    if (recorder) recorder->set_elf(input->instruction.program_id, *elf);
    ProgramRecorder* const observer = recorder ? &*recorder : nullptr;
    const auto effects = execute(command, *elf, *input, observer);
    if (!effects) return refuse(effects.error());
    if (observer) {
        const auto written = write_records(command, *observer, *elf, input->instruction.program_id);
        if (!written) return refuse(written.error());
    }
    if (command.json) {
        print_json(*effects, observer);
    } else {
        print_text(command, *effects, observer);
    }
    return effects->error ? kFailed : kOk;
}

} // namespace fathom::app
