// SPDX-License-Identifier: Apache-2.0
// Proofs for the ZK ElGamal Proof program, genuine ones and copies with a wrong byte, as lines of
// name, instruction tag, size and data.
#pragma once

#include "fathom/base/result.hpp"
#include "fathom/harness/vector_runner.hpp"

#include <filesystem>
#include <string_view>

namespace fathom::harness {

inline constexpr std::string_view kZkProofsFile = "zk_elgamal_proof/vexor/agave_zk_vectors.txt";

/// Runs every proof as an instruction and adds to the report: genuine ones must succeed, those
/// whose names end in _CORRUPT must fail with InvalidInstructionData.
[[nodiscard]] Result<void> run_zk_proofs(const std::filesystem::path& file,
                                         const ConformanceOptions& options,
                                         ConformanceReport& report);

} // namespace fathom::harness
