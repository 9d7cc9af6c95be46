// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/native_test_rules.hpp"

#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace fathom::harness {
namespace {

using namespace fathom::literals;
using Kind = InstructionError::Kind;

// Gates that Agave 4.3 has no more: what they brought is always there.
constexpr Pubkey kAuthorizeWithSeed = "6tRxEYKuy2L5nnv5bgn7iT28MxUbYxp5h7F3Ncf1exrT"_pubkey;
constexpr Pubkey kDirectVoteState = "Ff8b1fBeB86q8cjq47ZhsQLgv5EkHu3G1C99zjUfAzrq"_pubkey;
constexpr Pubkey kRefuseClosingActiveVote = "ALBk3EWdeAg2WAGf6GPDUf1nynyNqCdEVmgouG7rpuCj"_pubkey;
constexpr Pubkey kDeactivateDelinquent = "437r62HoAdUb63amq3D7ENnBLDhHT2xY8eFkLJYVKK4x"_pubkey;
constexpr Pubkey kGetMinimumDelegation = "St8k9dVXP97xT6faW24YmRSYConLbhsMJA4TJTBLmMT"_pubkey;
constexpr Pubkey kZeroUndelegated = "sTKz343FM8mqtyGvYWvbLpTThw3ixRM4Xk8QvZ985mw"_pubkey;
constexpr Pubkey kOneSolDelegation = "9onWzzvCzNC2jfhxxeqRgs5q7nFAAKpCUvkj6T6GJK9i"_pubkey;

enum StakeTag : std::uint32_t {
    kInitialize = 0,
    kDelegate = 2,
    kSplit = 3,
    kWithdraw = 4,
    kDeactivate = 5,
    kMerge = 7,
    kMinimumDelegation = 13,
    kDelinquent = 14,
    kRedelegate = 15,
};

enum VoteTag : std::uint32_t {
    kVoteWithdraw = 3,
    kUpdateVoteState = 8,
    kUpdateVoteStateSwitch = 9,
    kSeed = 10,
    kCheckedSeed = 11,
};

constexpr std::uint32_t kLoaderUpgrade = 3;
constexpr std::uint32_t kNoTag = UINT32_MAX;
/// Rent of a stake account by the default rate.
constexpr Lamports kStakeReserve = 2'282'880;
constexpr Lamports kOneSol = 1'000'000'000;

/// A test with what its rules ask about.
class Case {
public:
    Case(const NativeTest& test, const std::optional<InstructionError>& error)
        : test_(test), error_(error), fixture_(test.fixture) {}

    [[nodiscard]] bool is_of(const Pubkey& program) const {
        return fixture_.instruction.program_id == program;
    }
    [[nodiscard]] std::uint32_t tag() const {
        const Bytes& data = fixture_.instruction.data;
        return data.size() < 4 ? kNoTag : load_le<std::uint32_t>(data.data());
    }
    /// Of a Split.
    [[nodiscard]] Lamports split_amount() const {
        const Bytes& data = fixture_.instruction.data;
        return data.size() < 12 ? 0 : load_le<Lamports>(&data[4]);
    }
    [[nodiscard]] std::size_t data_size() const { return fixture_.instruction.data.size(); }
    [[nodiscard]] bool was_on(const Pubkey& gate) const {
        return std::ranges::find(test_.inactive, gate) == test_.inactive.end();
    }
    [[nodiscard]] bool expects_success() const { return fixture_.result == 0; }
    [[nodiscard]] bool expects(Kind kind) const {
        return fixture_.result == static_cast<std::uint64_t>(kind) + 1;
    }
    [[nodiscard]] bool expects_custom(std::uint32_t code) const {
        return expects(InstructionError::Custom) && fixture_.custom_code == code;
    }
    [[nodiscard]] bool ends_with(Kind kind) const { return error_ && error_->kind == kind; }
    [[nodiscard]] bool ends_with_custom(std::uint32_t code) const {
        return ends_with(InstructionError::Custom) && error_->custom_code == code;
    }

    [[nodiscard]] std::span<const FixtureAccount> accounts() const { return fixture_.accounts; }
    [[nodiscard]] std::span<const FixtureAccount> accounts_after() const {
        return fixture_.resulting;
    }
    /// The account that the instruction names at this place. Null: none.
    [[nodiscard]] const Account* named(std::size_t index) const {
        const auto& metas = fixture_.instruction.accounts;
        return index < metas.size() ? find(metas[index].pubkey) : nullptr;
    }
    [[nodiscard]] const Account* find(const Pubkey& key) const {
        const auto found = std::ranges::find(fixture_.accounts, key, &FixtureAccount::key);
        return found == fixture_.accounts.end() ? nullptr : &found->account;
    }
    [[nodiscard]] bool names_first_twice() const {
        const auto& metas = fixture_.instruction.accounts;
        return metas.size() > 1 && metas[0].pubkey == metas[1].pubkey;
    }

private:
    const NativeTest& test_;
    const std::optional<InstructionError>& error_;
    const InstructionFixture& fixture_;
};

bool lists_twice(const Case& test) {
    return std::ranges::any_of(test.accounts(), [&](const FixtureAccount& entry) {
        return std::ranges::count(test.accounts(), entry.key, &FixtureAccount::key) > 1;
    });
}

bool is_of_old_loader(const Case& test) {
    return test.is_of(ids::kBpfLoader) || test.is_of(ids::kBpfLoaderDeprecated);
}

bool calls_unnamed_program(const Case& test) {
    return test.is_of(ids::kBpfLoaderUpgradeable) && test.data_size() == 0;
}

bool calls_closed_program(const Case& test) {
    return test.expects(InstructionError::InvalidAccountData) &&
           test.ends_with(InstructionError::UnsupportedProgramId);
}

/// Both slots are at the same place: the first 8 bytes of Clock, bytes 4 to 12 of ProgramData.
bool upgrades_in_slot_of_deployment(const Case& test) {
    const Account* const programdata = test.named(0);
    const Account* const clock = test.find(ids::kClock);
    return test.is_of(ids::kBpfLoaderUpgradeable) && test.tag() == kLoaderUpgrade && programdata &&
           clock && programdata->data.size() >= 12 && clock->data.size() >= 8 &&
           load_le<Slot>(programdata->data.data() + 4) == load_le<Slot>(clock->data.data());
}

bool has_nonce_error_of_its_own(const Case& test) {
    return test.is_of(ids::kSystemProgram) && test.expects_custom(0) && test.ends_with_custom(6);
}

bool lacks_gate_of_instruction(const Case& test) {
    if (!test.expects(InstructionError::InvalidInstructionData)) return false;
    const std::uint32_t tag = test.tag();
    if (test.is_of(ids::kStakeProgram)) {
        return (tag == kMinimumDelegation && !test.was_on(kGetMinimumDelegation)) ||
               (tag == kDelinquent && !test.was_on(kDeactivateDelinquent));
    }
    if (!test.is_of(ids::kVoteProgram)) return false;
    return ((tag == kSeed || tag == kCheckedSeed) && !test.was_on(kAuthorizeWithSeed)) ||
           ((tag == kUpdateVoteState || tag == kUpdateVoteStateSwitch) &&
            !test.was_on(kDirectVoteState));
}

// Vote.

constexpr std::size_t kVoteAccountSize = 3762;

bool is_vote_account(const FixtureAccount& entry) {
    return entry.account.owner == ids::kVoteProgram;
}

bool holds_too_little_for_v4(const Case& test) {
    return test.is_of(ids::kVoteProgram) &&
           test.ends_with(InstructionError::AccountNotRentExempt) &&
           std::ranges::any_of(test.accounts(), [](const FixtureAccount& entry) {
               return is_vote_account(entry) && entry.account.data.size() < kVoteAccountSize;
           });
}

bool has_vote_account_of_old_size(const Case& test) {
    const Account* const account = test.named(0);
    return test.is_of(ids::kVoteProgram) && test.tag() == kInitialize &&
           test.ends_with(InstructionError::InvalidAccountData) && account &&
           account->data.size() != kVoteAccountSize;
}

/// The oldest version and an account of zeros have the same number.
bool has_uninitialized_vote_account(const Case& test) {
    const Account* const account = test.named(0);
    return test.is_of(ids::kVoteProgram) && test.ends_with(InstructionError::InvalidAccountData) &&
           account && account->data.size() >= 4 &&
           load_le<std::uint32_t>(account->data.data()) == 0;
}

bool becomes_v4(const Case& test) {
    return test.is_of(ids::kVoteProgram) && test.expects_success() &&
           std::ranges::any_of(test.accounts_after(), [](const FixtureAccount& entry) {
               return is_vote_account(entry) && entry.account.data.size() >= 4 &&
                      load_le<std::uint32_t>(entry.account.data.data()) == 1;
           });
}

bool closes_active_vote_account(const Case& test) {
    constexpr std::uint32_t kActiveVoteAccountClose = 18;
    return test.is_of(ids::kVoteProgram) && test.tag() == kVoteWithdraw &&
           !test.was_on(kRefuseClosingActiveVote) && test.ends_with_custom(kActiveVoteAccountClose);
}

// Stake.

constexpr std::uint32_t kInsufficientDelegation = 12;

bool is_stake_account(const FixtureAccount& entry) {
    return entry.account.owner == ids::kStakeProgram && entry.account.data.size() >= 12;
}

bool redelegates(const Case& test) {
    return test.is_of(ids::kStakeProgram) && test.tag() == kRedelegate;
}

/// Tests that set a Clock of their own: none is among the accounts, or one with which nothing of
/// the stake could be effective, though that was the reason to refuse.
bool lacks_clock(const Case& test) {
    constexpr std::uint32_t kTooSoonToRedelegate = 3;
    constexpr std::size_t kActivationEpoch = 164;
    if (!test.is_of(ids::kStakeProgram)) return false;
    const Account* const clock = test.find(ids::kClock);
    if (test.tag() == kDelinquent) return clock == nullptr;
    const Account* const stake = test.named(0);
    return test.tag() == kDelegate && test.expects_custom(kTooSoonToRedelegate) && clock &&
           clock->data.size() >= 24 && stake && stake->data.size() >= kActivationEpoch + 8 &&
           load_le<Epoch>(stake->data.data() + kActivationEpoch) ==
               load_le<Epoch>(clock->data.data() + 16);
}

bool splits_into_itself(const Case& test) {
    return test.is_of(ids::kStakeProgram) && test.tag() == kSplit && test.names_first_twice() &&
           test.ends_with(InstructionError::InvalidArgument);
}

/// A stake account, whatever the test calls it, that is not the program's.
bool has_foreign_account(const Case& test) {
    const bool expects_owner = test.expects(InstructionError::InvalidAccountOwner) ||
                               test.expects(InstructionError::IncorrectProgramId);
    if (!test.is_of(ids::kStakeProgram) || !expects_owner) return false;
    const auto is_foreign = [&](std::size_t index) {
        const Account* const account = test.named(index);
        return account && account->owner != ids::kStakeProgram;
    };
    return is_foreign(0) || is_foreign(1);
}

bool looked_at_sysvar_accounts(const Case& test) {
    return test.is_of(ids::kStakeProgram) &&
           (test.expects(InstructionError::NotEnoughAccountKeys) ||
            test.expects(InstructionError::InvalidArgument)) &&
           !test.find(ids::kClock) && test.tag() != kNoTag;
}

bool has_no_instruction(const Case& test) {
    return test.is_of(ids::kStakeProgram) && test.tag() == kNoTag &&
           test.ends_with(InstructionError::InvalidInstructionData);
}

bool has_accounts_without_data(const Case& test) {
    const Account* const account = test.named(0);
    return test.is_of(ids::kStakeProgram) && test.tag() == kWithdraw &&
           test.expects(InstructionError::InvalidAccountData) && account &&
           account->data.size() == 0;
}

bool asks_minimum_when_undelegated(const Case& test) {
    return test.is_of(ids::kStakeProgram) && !test.was_on(kZeroUndelegated) &&
           (test.tag() == kInitialize || test.tag() == kSplit || test.tag() == kWithdraw) &&
           test.expects(InstructionError::InsufficientFunds) &&
           !test.ends_with(InstructionError::InsufficientFunds);
}

bool has_outdated_reserve(const Case& test) {
    if (!test.is_of(ids::kStakeProgram)) return false;
    const Account* const sysvar = test.find(ids::kRent);
    const Rent rent = sysvar ? Rent::decode(sysvar->data.view()).value_or(Rent{}) : Rent{};
    return std::ranges::any_of(test.accounts(), [&](const FixtureAccount& entry) {
        if (!is_stake_account(entry)) return false;
        const ByteView data = entry.account.data.view();
        const auto state = load_le<std::uint32_t>(data.data());
        return (state == 1 || state == 2) &&
               load_le<Lamports>(&data[4]) != rent.minimum_balance(data.size());
    });
}

bool splits_less_than_one_sol(const Case& test) {
    return test.is_of(ids::kStakeProgram) && test.tag() == kSplit &&
           test.ends_with_custom(kInsufficientDelegation) && test.split_amount() < kOneSol;
}

bool delegates_less_than_one_sol(const Case& test) {
    const auto is_small = [](const FixtureAccount& entry) {
        return is_stake_account(entry) && entry.account.lamports < kStakeReserve + kOneSol;
    };
    return test.is_of(ids::kStakeProgram) && !test.was_on(kOneSolDelegation) &&
           test.ends_with_custom(kInsufficientDelegation) &&
           (std::ranges::any_of(test.accounts(), is_small) ||
            std::ranges::any_of(test.accounts_after(), is_small));
}

bool splits_into_poor_account(const Case& test) {
    const Account* const destination = test.named(1);
    return test.is_of(ids::kStakeProgram) && test.tag() == kSplit && destination &&
           destination->lamports < kStakeReserve &&
           test.ends_with(InstructionError::InsufficientFunds);
}

/// StakeHistory has one entry an epoch, the newest for the epoch before Clock's; the program
/// computes where an entry lies.
bool has_history_out_of_step(const Case& test) {
    const Account* const history = test.find(ids::kStakeHistory);
    const Account* const clock = test.find(ids::kClock);
    if (!test.is_of(ids::kStakeProgram) || !history || !clock || clock->data.size() < 24 ||
        history->data.size() < 16 || !test.ends_with(InstructionError::ProgramFailedToComplete)) {
        return false;
    }
    const bool is_empty = load_le<std::uint64_t>(history->data.data()) == 0;
    return is_empty ||
           load_le<Epoch>(history->data.data() + 8) + 1 != load_le<Epoch>(clock->data.data() + 16);
}

struct Rule {
    bool (*holds)(const Case&);
    std::string_view reason;
};

/// The first that holds counts.
constexpr Rule kRules[] = {
    {lists_twice, "an account stands twice in the record"},
    {is_of_old_loader, "loaders v1 and v2 take no instructions"},
    {calls_unnamed_program, "the program that is called is not recorded"},
    {calls_closed_program, "a closed program is an unsupported one"},
    {upgrades_in_slot_of_deployment, "no upgrade in the slot of deployment"},
    {has_nonce_error_of_its_own, "nonce errors are System errors"},
    {lacks_gate_of_instruction, "the gate of the instruction is off"},
    {holds_too_little_for_v4, "a vote account must be able to pay for V4"},
    {has_vote_account_of_old_size, "a new vote account has V4's size"},
    {has_uninitialized_vote_account, "an uninitialized vote account is invalid data"},
    {closes_active_vote_account, "the gate that keeps active vote accounts is off"},
    {becomes_v4, "a vote account that is written becomes V4"},
    {redelegates, "Redelegate is gone"},
    {lacks_clock, "the Clock is not recorded"},
    {splits_into_itself, "no split into itself"},
    {has_foreign_account, "owners are checked as accounts are read"},
    {looked_at_sysvar_accounts, "sysvars come from the runtime, not from accounts"},
    {has_no_instruction, "instruction data is read before accounts"},
    {has_accounts_without_data, "Withdraw looks at the signers first"},
    {asks_minimum_when_undelegated, "the gate that frees undelegated stakes is off"},
    {splits_into_poor_account, "a split needs a rent-exempt destination"},
    {delegates_less_than_one_sol, "the gate that asks for one SOL is off"},
    {has_outdated_reserve, "the rent sysvar decides, not the reserve in the account"},
    {splits_less_than_one_sol, "a split moves at least one SOL"},
    {has_history_out_of_step, "the stake history does not fit the epoch"},
};

} // namespace

std::string_view why_native_test_differs(const NativeTest& test,
                                         const std::optional<InstructionError>& error) {
    const Case asked(test, error);
    const auto* const found =
        std::ranges::find_if(kRules, [&](const Rule& rule) { return rule.holds(asked); });
    return found == std::end(kRules) ? std::string_view() : found->reason;
}

} // namespace fathom::harness
