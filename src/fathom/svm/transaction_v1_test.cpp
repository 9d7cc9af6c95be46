// SPDX-License-Identifier: Apache-2.0
// Transactions of version 1 through the processor: gate, limits, and the compute budget of the
// header. Source: agave runtime/src/bank.rs, runtime-transaction/src/transaction_meta.rs,
// solana-sdk message/src/versions/v1/message.rs.
#include "fathom/keypair.hpp"
#include "fathom/svm.hpp"
#include "fathom/svm/cost_model.hpp"
#include "fathom/svm/sanitized_transaction.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

constexpr Lamports kSol = 1'000'000'000;

class TransactionV1Test : public ::testing::Test {
protected:
    /// Everything a transfer needs.
    static TransactionConfig enough() {
        return {.compute_unit_limit = 1'000, .loaded_accounts_data_size = 10'000};
    }
    Instruction transfer(Lamports lamports) const {
        return make_transfer(alice_.pubkey(), bob_, lamports);
    }
    Bytes build(std::vector<Instruction> instructions, const TransactionConfig& config) const {
        const Bytes message =
            compile_v1_message(alice_.pubkey(), instructions, svm_.latest_blockhash(), config)
                .value();
        const Signature signatures[] = {alice_.sign(message)};
        return serialize_transaction(signatures, message);
    }
    std::optional<TransactionError> error_of(std::vector<Instruction> instructions,
                                             const TransactionConfig& config) {
        return svm_.send(build(std::move(instructions), config)).error;
    }
    /// What admission says about a message that is not signed.
    std::optional<TransactionError> admitted(ByteView message, std::size_t signatures = 1) const {
        const Bytes bytes = serialize_transaction(std::vector<Signature>(signatures), message);
        const auto view = svm::admit(bytes, FeatureSet::all(), svm::AdmissionLimits::Enforce);
        if (view) return std::nullopt;
        return view.error();
    }

    Keypair alice_ = Keypair::from_text("alice");
    Pubkey bob_ = Keypair::from_text("bob").pubkey();
    Svm svm_ = [this] {
        SvmConfig config;
        config.features.activate(Feature::enable_tx_v1);
        Svm svm = *Svm::create(std::move(config));
        EXPECT_TRUE(svm.airdrop(alice_.pubkey(), 10 * kSol));
        return svm;
    }();
};

TEST_F(TransactionV1Test, TransferRunsOnTheBudgetOfItsHeader) {
    const auto effects = svm_.send(build({transfer(kSol)}, enough()));
    EXPECT_FALSE(effects.error);
    EXPECT_EQ(effects.compute_units, 150u);
    EXPECT_EQ(effects.fee.total(), 5'000u);
    EXPECT_EQ(svm_.account(bob_)->lamports, kSol);
}

TEST_F(TransactionV1Test, WithoutItsGateIsAnUnsupportedVersion) {
    SvmConfig config;
    config.features.deactivate(Feature::enable_tx_v1);
    Svm svm = *Svm::create(std::move(config));
    const auto effects = svm.send(build({transfer(kSol)}, enough()));
    EXPECT_EQ(effects.error, TransactionError::UnsupportedVersion);
    EXPECT_EQ(effects.error->kind, 18u);
    EXPECT_EQ(effects.commit, Commit::None);
}

TEST_F(TransactionV1Test, SignatureBehindTheMessageIsVerified) {
    Bytes bytes = build({transfer(kSol)}, enough());
    bytes.back() ^= 1;
    EXPECT_EQ(svm_.send(bytes).error, TransactionError::SignatureFailure);
}

TEST_F(TransactionV1Test, SignatureCoversTheConfig) {
    Bytes bytes = build({transfer(kSol)}, enough());
    const std::size_t config = 1 + 3 + 4 + 32 + 2 + 3 * 32;
    bytes[config] ^= 1;
    EXPECT_EQ(svm_.send(bytes).error, TransactionError::SignatureFailure);
}

TEST_F(TransactionV1Test, PriorityFeeIsLiteral) {
    TransactionConfig config = enough();
    config.priority_fee = 12'345;
    const auto effects = svm_.send(build({transfer(kSol)}, config));
    EXPECT_FALSE(effects.error);
    EXPECT_EQ(effects.fee.transaction_fee, 5'000u);
    EXPECT_EQ(effects.fee.prioritization_fee, 12'345u);
}

TEST_F(TransactionV1Test, NoSizeAskedForMeansNone) {
    EXPECT_EQ(error_of({transfer(kSol)}, {.compute_unit_limit = 1'000}),
              TransactionError::MaxLoadedAccountsDataSizeExceeded);
}

TEST_F(TransactionV1Test, NoUnitsAskedForMeansNone) {
    EXPECT_EQ(error_of({transfer(kSol)}, {.loaded_accounts_data_size = 10'000}),
              TransactionError::instruction(0, InstructionError::ComputationalBudgetExceeded));
}

TEST_F(TransactionV1Test, ComputeBudgetInstructionsMeanNothing) {
    // Neither unreadable ones nor limits that would be too low.
    const Instruction unreadable{ids::kComputeBudgetProgram, {}, {99}};
    const Instruction no_units{ids::kComputeBudgetProgram, {}, {2, 0, 0, 0, 0}};
    const auto effects =
        svm_.send(build({unreadable, no_units, no_units, transfer(kSol)}, enough()));
    EXPECT_FALSE(effects.error);
    EXPECT_EQ(effects.compute_units, 3 * 150 + 150u);
}

TEST_F(TransactionV1Test, LimitsAreClampedToTheMost) {
    const auto limits_of = [](const TransactionConfig& config) {
        svm::ComputeBudgetRequests requests;
        requests.config = config;
        return svm::judge_compute_budget(requests, FeatureSet::all()).value();
    };
    const auto limits = limits_of({.compute_unit_limit = 1'400'001,
                                   .loaded_accounts_data_size = 64 * 1024 * 1024 + 1,
                                   .heap_size = 65'536});
    EXPECT_EQ(limits.compute_unit_limit, 1'400'000u);
    EXPECT_EQ(limits.loaded_accounts_data_size, 64u * 1024 * 1024);
    EXPECT_EQ(limits.heap_size, 65'536u);
    const auto none = limits_of({});
    EXPECT_EQ(none.compute_unit_limit, 0u);
    EXPECT_EQ(none.loaded_accounts_data_size, 0u);
    EXPECT_EQ(none.heap_size, 32u * 1024);
    EXPECT_EQ(none.priority_fee, 0u);
}

TEST_F(TransactionV1Test, HeapOutOfRangeFailsSanitization) {
    for (const std::uint32_t heap : {31u * 1024, 257u * 1024, 32u * 1024 + 1, 0u}) {
        TransactionConfig config = enough();
        config.heap_size = heap;
        EXPECT_EQ(error_of({transfer(1)}, config), TransactionError::SanitizeFailure) << heap;
    }
    TransactionConfig config = enough();
    config.heap_size = 256 * 1024;
    EXPECT_FALSE(error_of({transfer(kSol)}, config));
}

TEST_F(TransactionV1Test, MayHave4096Bytes) {
    const auto with_data = [&](std::size_t size) {
        return build({{ids::kComputeBudgetProgram, {}, Bytes(size)}}, enough());
    };
    const std::size_t rest = with_data(0).size();
    EXPECT_FALSE(svm_.send(with_data(4'096 - rest)).error);
    EXPECT_EQ(svm_.send(with_data(4'097 - rest)).error, TransactionError::SanitizeFailure);
}

TEST_F(TransactionV1Test, MoreThanTwelveSignersFailSanitization) {
    const auto with_signers = [&](std::uint8_t count) {
        Instruction instruction{ids::kComputeBudgetProgram, {}, {}};
        for (std::uint8_t i = 1; i < count; ++i) {
            instruction.accounts.push_back({{}, true, false});
            instruction.accounts.back().pubkey.bytes.fill(i);
        }
        const Bytes message =
            compile_v1_message(alice_.pubkey(), std::vector{instruction}, {}, enough()).value();
        return admitted(message, count);
    };
    EXPECT_FALSE(with_signers(12));
    EXPECT_EQ(with_signers(13), TransactionError::SanitizeFailure);
}

TEST_F(TransactionV1Test, AddressTwiceFailsSanitization) {
    Bytes message =
        compile_v1_message(alice_.pubkey(), std::vector{transfer(1)}, {}, enough()).value();
    EXPECT_FALSE(admitted(message));
    constexpr std::size_t kKeys = 1 + 3 + 4 + 32 + 2;
    std::copy_n(message.begin() + kKeys, 32, message.begin() + kKeys + 32);
    EXPECT_EQ(admitted(message), TransactionError::SanitizeFailure);
}

TEST_F(TransactionV1Test, MoreThan64AddressesOrInstructionsFailSanitization) {
    Instruction wide{ids::kComputeBudgetProgram, {}, {}};
    for (std::uint8_t i = 0; i < 62; ++i) {
        wide.accounts.push_back({});
        wide.accounts.back().pubkey.bytes.fill(i + 1);
    }
    Bytes message = compile_v1_message(alice_.pubkey(), std::vector{wide}, {}, enough()).value();
    EXPECT_FALSE(admitted(message));
    constexpr std::size_t kCounts = 1 + 3 + 4 + 32;
    message[kCounts + 1] = 65;
    message.insert(message.begin() + kCounts + 2, 32, 0xfe);
    EXPECT_EQ(admitted(message), TransactionError::SanitizeFailure);

    message = compile_v1_message(alice_.pubkey(),
                                 std::vector(64, Instruction{ids::kComputeBudgetProgram, {}, {}}),
                                 {}, enough())
                  .value();
    EXPECT_FALSE(admitted(message));
    message[kCounts] = 65;
    message.insert(message.end(), {1, 0, 0, 0});
    EXPECT_EQ(admitted(message), TransactionError::SanitizeFailure);
}

TEST_F(TransactionV1Test, CostsWhatItsHeaderAsksFor) {
    const Bytes bytes = build({transfer(1)}, enough());
    const auto view = TransactionView::parse(bytes).value();
    const auto requests = svm::parse_compute_budget(view).value();
    const auto cost = svm::estimate_cost(view, requests, FeatureSet::all());
    EXPECT_EQ(cost.execution, 1'000u);
    EXPECT_EQ(cost.loaded_accounts_data, 8u);
    EXPECT_EQ(cost.total(), 720 + 600 + 3 + 1'000 + 8u);
}

} // namespace
} // namespace fathom
