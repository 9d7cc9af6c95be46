// SPDX-License-Identifier: Apache-2.0
// Stores configuration data that its signers agree on (solana-program/config
// program/src/processor.rs, 3.0.0).
#include "fathom/programs/config/execute.hpp"

#include "fathom/invoke/invoke_context.hpp"
#include "fathom/programs/bincode_reader.hpp"
#include "fathom/programs/core_program.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace fathom::programs::config {

namespace {

constexpr std::uint32_t kReadonlyDataModified = 0;
constexpr std::size_t kKeySize = 33;
/// Keys that fit into a packet; the ELF looks at the count before it allocates.
constexpr std::size_t kMaxKeys = (kInstructionDataLimit - 3) / kKeySize;

/// Keys, each with whether it must sign: what every config account begins with.
using ConfigKeys = std::vector<std::pair<Pubkey, bool>>;

/// nullopt: malformed, or a count that the bytes cannot hold.
std::optional<ConfigKeys> read_keys(BincodeReader& reader, std::size_t size, std::uint8_t& flag) {
    const std::size_t count = reader.compact_u16();
    if (reader.failed() || (size - reader.position()) / kKeySize < count) return std::nullopt;
    ConfigKeys keys;
    keys.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Pubkey key = reader.pubkey();
        flag = reader.u8();
        if (flag > 1) return std::nullopt;
        keys.emplace_back(key, flag == 1);
    }
    return keys;
}

std::optional<ConfigKeys> keys_of_instruction(ByteView data) {
    if (data.empty() || data[0] > kMaxKeys) return std::nullopt;
    const std::size_t size = std::min(data.size(), kInstructionDataLimit);
    BincodeReader reader = BincodeReader::of_instruction(data);
    std::uint8_t flag = 0;
    return read_keys(reader, size, flag);
}

Result<ConfigKeys, InstructionError> keys_of_account(const CoreProgram& program) {
    const auto account = FATHOM_TRY(program.borrow(0));
    if (account.owner() != ids::kConfigProgram) {
        return program.refuse(InstructionError::InvalidAccountOwner,
                              "Config account is not owned by the config program");
    }
    BincodeReader reader(account.data());
    std::uint8_t flag = 0;
    auto keys = read_keys(reader, account.data().size(), flag);
    if (keys) return *std::move(keys);
    if (flag > 1) {
        program.say("Unable to deserialize config account: invalid u8 while decoding bool, "
                    "expected 0 or 1, found ",
                    flag);
    }
    return program.refuse(InstructionError::InvalidAccountData);
}

/// `counter`: how many signers came before, this one included; signers other than the config
/// account itself are named in that order.
CoreProgram::Outcome check_signer(const CoreProgram& program, const Pubkey& signer,
                                  std::size_t counter) {
    constexpr auto kMissing = InstructionError::MissingRequiredSignature;
    if (counter >= program.instruction().number_of_accounts()) {
        return program.refuse(kMissing, "account ", signer, " is not in account list");
    }
    if (!FATHOM_TRY(program.instruction().is_signer(counter))) {
        return program.refuse(kMissing, "account ", signer, " signer_key().is_none()");
    }
    if (FATHOM_TRY(program.key(counter)) != signer) {
        return program.refuse(kMissing, "account[", counter + 1,
                              "].signer_key() does not match Config data)");
    }
    return {};
}

/// Every new signer signs and, once there are keys, is one of the stored signers. Gives their
/// number.
Result<std::size_t, InstructionError>
check_signers(const CoreProgram& program, const ConfigKeys& fresh, const ConfigKeys& stored) {
    constexpr auto kMissing = InstructionError::MissingRequiredSignature;
    const Pubkey self = FATHOM_TRY(program.key(0));
    const bool self_signs = FATHOM_TRY(program.instruction().is_signer(0));
    std::size_t counter = 0;
    for (const auto& [key, signs] : fresh) {
        if (!signs) continue;
        ++counter;
        if (key == self) {
            if (!self_signs) {
                return program.refuse(kMissing, "account[0].signer_key().is_none()");
            }
            continue;
        }
        FATHOM_CHECK(check_signer(program, key, counter));
        if (!stored.empty() && std::ranges::find(stored, std::pair(key, true)) == stored.end()) {
            return program.refuse(kMissing, "account ", key, " is not in stored signer list");
        }
    }
    return counter;
}

/// They are few: see kMaxKeys.
bool has_duplicates(const ConfigKeys& keys) {
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        if (std::find(key + 1, keys.end(), *key) != keys.end()) return true;
    }
    return false;
}

CoreProgram::Outcome store(const CoreProgram& program) {
    const ByteView data = program.instruction().data();
    const auto fresh = keys_of_instruction(data);
    if (!fresh) return program.refuse(InstructionError::InvalidInstructionData);
    FATHOM_CHECK(program.require_accounts(1));
    const ConfigKeys stored = FATHOM_TRY(keys_of_account(program));
    const auto stored_signers =
        static_cast<std::size_t>(std::ranges::count(stored, true, &ConfigKeys::value_type::second));
    if (stored_signers == 0 && !FATHOM_TRY(program.instruction().is_signer(0))) {
        return program.refuse(InstructionError::MissingRequiredSignature);
    }
    const std::size_t signers = FATHOM_TRY(check_signers(program, *fresh, stored));
    if (has_duplicates(*fresh)) {
        return program.refuse(InstructionError::InvalidArgument,
                              "new config contains duplicate keys");
    }
    if (stored_signers > signers) {
        return program.refuse(InstructionError::MissingRequiredSignature,
                              "too few signers: ", signers, "; expected: ", stored_signers);
    }
    auto account = FATHOM_TRY(program.borrow(0));
    if (account.data().size() < data.size()) {
        return program.refuse(InstructionError::InvalidInstructionData,
                              "Instruction data too large");
    }
    if (!account.is_writable()) {
        return program.refuse_custom(kReadonlyDataModified,
                                     "Instruction modified data of a read-only account");
    }
    const MutableByteView stored_data = FATHOM_TRY(account.data_mut());
    std::memcpy(stored_data.data(), data.data(), data.size());
    return {};
}

} // namespace

Result<void, invoke::ProgramError> execute(invoke::InvokeContext& context) {
    FATHOM_CHECK(context.consume(kComputeUnits));
    const auto instruction = FATHOM_TRY(context.current_instruction());
    FATHOM_CHECK(store(CoreProgram(context, instruction)));
    return {};
}

} // namespace fathom::programs::config
