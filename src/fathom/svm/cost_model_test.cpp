// SPDX-License-Identifier: Apache-2.0
// What transactions cost a block. Expected values: agave cost-model/src (its constants and tests).
#include "fathom/programs/bincode_writer.hpp"
#include "fathom/programs/system/instruction.hpp"
#include "fathom/svm/cost_model.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace fathom::svm {
namespace {

namespace system = programs::system;
using Kind = system::SystemInstructionKind;

Pubkey key_of(std::uint8_t value) {
    Pubkey key;
    key.bytes.fill(value);
    return key;
}

const Pubkey kPayer = key_of(1);

/// An admitted transaction with its own bytes.
struct Built {
    Bytes bytes;
    TransactionView view;
    ComputeBudgetRequests requests;
};

std::unique_ptr<Built> build(std::span<const Instruction> instructions) {
    auto built = std::make_unique<Built>();
    const Bytes message = compile_legacy_message(kPayer, instructions, Hash{}).value();
    const std::vector<Signature> signatures(message[0]);
    built->bytes = serialize_transaction(signatures, message);
    built->view = TransactionView::parse(built->bytes).value();
    built->requests =
        parse_compute_budget(built->view.instructions(), built->view.static_keys()).value();
    return built;
}

TransactionCost estimate(std::vector<Instruction> instructions,
                         const FeatureSet& features = FeatureSet::all()) {
    const auto built = build(instructions);
    return estimate_cost(built->view, built->requests, features);
}

Instruction budget_request(std::uint8_t tag, std::uint32_t value) {
    Bytes data{tag};
    for (unsigned i = 0; i < 4; ++i) data.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return {.program_id = ids::kComputeBudgetProgram, .accounts = {}, .data = data};
}

Instruction call(std::uint8_t program, Bytes data = {}) {
    return {.program_id = key_of(program), .accounts = {}, .data = std::move(data)};
}

Instruction of_system(Bytes data) {
    return {.program_id = ids::kSystemProgram, .accounts = {}, .data = std::move(data)};
}

Instruction allocate(std::uint64_t space) {
    programs::BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(Kind::Allocate)).u64(space);
    return of_system(writer.take());
}

Instruction create_with_prefund(std::uint64_t space) {
    programs::BincodeWriter writer;
    writer.u32(static_cast<std::uint32_t>(Kind::CreateAccountAllowPrefund));
    writer.u64(0).u64(space).pubkey(key_of(9));
    return of_system(writer.take());
}

TEST(CostModel, TransferCostsItsSignatureLocksDataLimitAndDefaultSize) {
    const TransactionCost cost = estimate({system::transfer(kPayer, key_of(2), 1)});
    EXPECT_EQ(cost.signatures, 720u);
    EXPECT_EQ(cost.write_locks, 2 * 300u);
    EXPECT_EQ(cost.instruction_data, 12 / 4u);
    EXPECT_EQ(cost.execution, 3'000u);
    EXPECT_EQ(cost.loaded_accounts_data, 64 * 1024 / 32 * 8u);
    EXPECT_EQ(cost.total(), 720 + 600 + 3 + 3'000 + 16'384u);
    EXPECT_EQ(cost.allocated_accounts_data_size, 0u);
}

TEST(CostModel, WriteLockCountsEvenIfItIsDemoted) {
    const TransactionCost cost = estimate({system::transfer(kPayer, ids::kSystemProgram, 2)});
    EXPECT_EQ(cost.write_locks, 2 * 300u);
}

TEST(CostModel, WritableLookupsAreLocks) {
    Bytes message{0x80, 1, 0, 1, 2};
    message.insert(message.end(), 64, 1);
    message.insert(message.end(), 32, 0); // blockhash
    message.insert(message.end(), {1, 1, 0, 0, 1});
    message.insert(message.end(), 32, 7); // the table
    message.insert(message.end(), {3, 0, 1, 2, 1, 3});
    const Bytes bytes = serialize_transaction(std::vector<Signature>(1), message);
    const auto view = TransactionView::parse(bytes);
    ASSERT_TRUE(view.has_value());
    const TransactionCost cost = actual_cost(*view, 0, 0, FeatureSet::all());
    EXPECT_EQ(cost.write_locks, (1 + 3) * 300u);
}

TEST(CostModel, PrecompileSignaturesCountAsDeclared) {
    const TransactionCost cost =
        estimate({{.program_id = ids::kSecp256k1Program, .accounts = {}, .data = {2}},
                  {.program_id = ids::kEd25519Program, .accounts = {}, .data = {3}},
                  {.program_id = ids::kSecp256r1Program, .accounts = {}, .data = {4}},
                  {.program_id = ids::kEd25519Program, .accounts = {}, .data = {}}});
    EXPECT_EQ(cost.signatures, 720 + 2 * 6'690 + 3 * 2'400 + 4 * 4'800u);
}

TEST(CostModel, LimitThatIsAskedForStandsForTheExecution) {
    EXPECT_EQ(estimate({call(5), budget_request(2, 12'345)}).execution, 12'345u);
}

TEST(CostModel, DefaultLimitsAddUp) {
    EXPECT_EQ(estimate({call(5), system::transfer(kPayer, key_of(2), 1)}).execution, 203'000u);
}

TEST(CostModel, VoteIsPricedAsABuiltinUntilItsGate) {
    const Instruction vote{.program_id = ids::kVoteProgram, .accounts = {}, .data = {}};
    FeatureSet features = FeatureSet::all();
    EXPECT_EQ(estimate({vote}, features).execution, 200'000u);
    features.deactivate(Feature::bls_pubkey_management_in_vote_account);
    EXPECT_EQ(estimate({vote}, features).execution, 3'000u);
}

TEST(CostModel, RefusedRequestsCostNoExecution) {
    const TransactionCost cost =
        estimate({call(5), budget_request(2, 12'345), budget_request(4, 0)});
    EXPECT_EQ(cost.execution, 0u);
    EXPECT_EQ(cost.loaded_accounts_data, 0u);
    EXPECT_EQ(cost.signatures, 720u);
}

TEST(CostModel, LoadedSizeCostsEveryPageBegun) {
    const auto built = build(std::vector{call(5)});
    const auto cost_of = [&](std::uint32_t bytes) {
        return actual_cost(built->view, 0, bytes, FeatureSet::all()).loaded_accounts_data;
    };
    EXPECT_EQ(cost_of(0), 0u);
    EXPECT_EQ(cost_of(1), 8u);
    EXPECT_EQ(cost_of(32 * 1024), 8u);
    EXPECT_EQ(cost_of(32 * 1024 + 1), 16u);
    EXPECT_EQ(cost_of(0xffff'ffff), 131'072 * 8u);
}

TEST(CostModel, ActualUnitsReplaceTheLimit) {
    const auto built = build(std::vector{call(5), budget_request(2, 12'345)});
    const TransactionCost cost = actual_cost(built->view, 77, 1, FeatureSet::all());
    EXPECT_EQ(cost.execution, 77u);
    EXPECT_EQ(cost.total(), 720 + 300 + 1 + 77 + 8u);
}

TEST(CostModel, AllocationsOfSystemInstructionsAddUp) {
    const TransactionCost cost =
        estimate({system::create_account(kPayer, key_of(2), 1, 100, key_of(9)), allocate(200),
                  system::transfer(kPayer, key_of(2), 1)});
    EXPECT_EQ(cost.allocated_accounts_data_size, 300u);
}

TEST(CostModel, AllocationsEndAtTheMostATransactionMayGrow) {
    constexpr std::uint64_t kMax = 10 * 1024 * 1024;
    EXPECT_EQ(estimate({allocate(kMax), allocate(kMax), allocate(1)}).allocated_accounts_data_size,
              2 * kMax);
}

TEST(CostModel, TransactionBoundToFailAllocatesNothing) {
    constexpr std::uint64_t kMax = 10 * 1024 * 1024;
    EXPECT_EQ(estimate({allocate(100), allocate(kMax + 1)}).allocated_accounts_data_size, 0u);
    EXPECT_EQ(estimate({allocate(100), allocate(~0ull)}).allocated_accounts_data_size, 0u);
    EXPECT_EQ(estimate({allocate(100), of_system({99, 0, 0, 0})}).allocated_accounts_data_size, 0u);
    EXPECT_EQ(estimate({allocate(100), of_system({})}).allocated_accounts_data_size, 0u);
}

TEST(CostModel, GatedCreationFailsWithoutItsGate) {
    FeatureSet features = FeatureSet::all();
    EXPECT_EQ(estimate({create_with_prefund(100)}, features).allocated_accounts_data_size, 100u);
    features.deactivate(Feature::create_account_allow_prefund);
    EXPECT_EQ(estimate({create_with_prefund(100)}, features).allocated_accounts_data_size, 0u);
}

TEST(CostModel, DataLengthsSaturateBeforeTheyAreDivided) {
    const auto built = build(std::vector{call(5, Bytes(60'000)), call(5, Bytes(60'000))});
    EXPECT_EQ(actual_cost(built->view, 0, 0, FeatureSet::all()).instruction_data, 0xffff / 4u);
}

} // namespace
} // namespace fathom::svm
