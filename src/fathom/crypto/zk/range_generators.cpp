// SPDX-License-Identifier: Apache-2.0
// Generator chains (solana-zk-sdk 7.0.1, range_proof/generators.rs).
#include "fathom/crypto/zk/range_generators.hpp"

#include "fathom/crypto/sha3.hpp"

#include <memory>
#include <string_view>

namespace fathom::crypto::zk {
namespace {

void fill_chain(std::string_view label, std::array<RistrettoPoint, RangeGenerators::kCount>& out) {
    const auto view = [](std::string_view text) {
        return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    Shake256 shake;
    shake.absorb(view("GeneratorsChain"));
    shake.absorb(view(label));
    for (RistrettoPoint& point : out) {
        std::array<std::uint8_t, 64> uniform;
        shake.squeeze(uniform);
        point = RistrettoPoint::from_uniform_bytes(uniform.data());
    }
}

} // namespace

const RangeGenerators& range_generators() {
    static const std::unique_ptr<const RangeGenerators> generators = [] {
        auto chains = std::make_unique<RangeGenerators>();
        fill_chain("G", chains->g);
        fill_chain("H", chains->h);
        return chains;
    }();
    return *generators;
}

} // namespace fathom::crypto::zk
