// SPDX-License-Identifier: Apache-2.0
// Generator chains (solana-zk-sdk 7.0.1, range_proof/generators.rs).
#include "fathom/crypto/zk/range_generators.hpp"

#include "fathom/crypto/sha3.hpp"
#include "fathom/crypto/zk/equation.hpp"

#include <memory>
#include <string_view>

namespace fathom::crypto::zk {
namespace {

/// Every other point from `first` on.
void fill_chain(std::string_view label, std::size_t first, RangeGenerators& out) {
    const auto view = [](std::string_view text) {
        return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    Shake256 shake;
    shake.absorb(view("GeneratorsChain"));
    shake.absorb(view(label));
    for (std::size_t i = first; i < RangeGenerators::kSize; i += 2) {
        std::array<std::uint8_t, 64> uniform;
        shake.squeeze(uniform);
        out.point[i] = RistrettoPoint::from_uniform_bytes(uniform.data());
    }
}

} // namespace

const RangeGenerators& range_generators() {
    static const std::unique_ptr<const RangeGenerators> generators = [] {
        auto chains = std::make_unique<RangeGenerators>();
        chains->point[0] = RistrettoPoint::base();
        chains->point[1] = pedersen_h();
        fill_chain("G", 2, *chains);
        fill_chain("H", 3, *chains);
        return chains;
    }();
    return *generators;
}

} // namespace fathom::crypto::zk
