// SPDX-License-Identifier: Apache-2.0
// Embeds Fathom: makes a state, sends a signed transfer, looks at what it did, and undoes it.
#include "fathom/keypair.hpp"
#include "fathom/svm.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace {

constexpr fathom::Lamports kSol = 1'000'000'000;

void print_effects(const fathom::TransactionEffects& effects) {
    std::printf("%s", fathom::explain(effects).c_str());
    for (const std::string& line : effects.logs) std::printf("  %s\n", line.c_str());
}

bool check(bool claim, const char* text) {
    std::printf("%s: %s\n", claim ? "ok" : "WRONG", text);
    return claim;
}

} // namespace

int main() {
    // A cluster of one, with the rules of mainnet. Errors are values.
    auto svm = fathom::Svm::create({.features = fathom::FeatureSet::mainnet()});
    if (!svm) {
        std::fprintf(stderr, "%s\n", svm.error().message.c_str());
        return 1;
    }
    const auto alice = fathom::Keypair::from_text("alice");
    const auto bob = fathom::Keypair::from_text("bob");
    if (!svm->airdrop(alice.pubkey(), 10 * kSol)) return 1;
    const fathom::Snapshot before = svm->snapshot();

    const std::array instructions{fathom::make_transfer(alice.pubkey(), bob.pubkey(), 3 * kSol)};
    const auto transaction =
        fathom::build_transaction(alice, instructions, svm->latest_blockhash());
    if (!transaction) {
        std::fprintf(stderr, "%s\n", transaction.error().message.c_str());
        return 1;
    }
    const fathom::TransactionEffects effects = svm->send(*transaction);
    print_effects(effects);

    const auto balance = [&](const fathom::Pubkey& key) {
        const auto account = svm->account(key);
        return account ? account->lamports : 0;
    };
    bool is_right = check(effects.succeeded(), "the transfer succeeded");
    is_right &= check(balance(bob.pubkey()) == 3 * kSol, "bob has 3 SOL");
    is_right &= check(balance(alice.pubkey()) == 7 * kSol - effects.fee.total(),
                      "alice has 7 SOL less the fee");

    const auto again = svm->send(*transaction);
    is_right &=
        check(again.error && again.error->kind == fathom::TransactionError::AlreadyProcessed,
              "the same transaction is not processed twice");
    is_right &= check(svm->revert(before).has_value() && balance(bob.pubkey()) == 0,
                      "the snapshot brings back the state before");

    // A program that is none is refused with the loader's own words.
    const auto loaded = svm->load_program(bob.pubkey(), fathom::as_bytes("no ELF at all"));
    if (!loaded)
        std::printf("  %s: %s\n", loaded.error().name.c_str(), loaded.error().text.c_str());
    is_right &= check(!loaded, "garbage is not loaded as a program");
    return is_right ? 0 : 1;
}
