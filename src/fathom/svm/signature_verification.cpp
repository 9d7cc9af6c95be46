// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/signature_verification.hpp"

#include "fathom/crypto/ed25519.hpp"

#include <array>
#include <cstddef>

namespace fathom::svm {
namespace {

/// Collects claims until the buffer is full, then verifies them together.
class Gathering {
public:
    explicit Gathering(std::vector<bool>& verdicts) : verdicts_(verdicts) {}

    void add(std::size_t transaction, const crypto::Ed25519Claim& claim) {
        claims_[count_] = claim;
        owners_[count_] = transaction;
        if (++count_ == kTogether) flush();
    }

    void flush() {
        std::array<bool, kTogether> holds;
        crypto::ed25519_verify_strict_each(std::span(claims_).first(count_),
                                           std::span(holds).first(count_));
        for (std::size_t i = 0; i < count_; ++i) {
            if (!holds[i]) verdicts_[owners_[i]] = false;
        }
        count_ = 0;
    }

private:
    /// A multiple of the number of lanes, whatever that is.
    static constexpr std::size_t kTogether = 64;

    std::array<crypto::Ed25519Claim, kTogether> claims_;
    std::array<std::size_t, kTogether> owners_;
    std::size_t count_ = 0;
    std::vector<bool>& verdicts_;
};

} // namespace

std::vector<bool> verify_signatures(std::span<const TransactionView* const> transactions) {
    std::vector<bool> verdicts(transactions.size(), true);
    Gathering gathering(verdicts);
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        const TransactionView& view = *transactions[i];
        const auto signatures = view.signatures();
        if (signatures.size() > view.static_keys().size()) {
            verdicts[i] = false;
            continue;
        }
        for (std::size_t n = 0; n < signatures.size(); ++n) {
            gathering.add(i, {.public_key = view.static_keys()[n].bytes.data(),
                              .signature = signatures[n].bytes.data(),
                              .message = view.message()});
        }
    }
    gathering.flush();
    return verdicts;
}

} // namespace fathom::svm
