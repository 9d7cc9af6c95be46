// SPDX-License-Identifier: Apache-2.0
// Runs the native Stake program and the ELF that it stands for on the same instructions: errors,
// log lines, return data and accounts must be the same.
#include "fathom/harness/file.hpp"
#include "fathom/harness/native_stake.hpp"
#include "fathom/harness/tar_reader.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

namespace fathom::harness {
namespace {

/// The ELF is loaded for each of them, which takes its time.
constexpr std::size_t kStride = 32;

void compare_all(const SlotEnvironment& slot) {
    FATHOM_REQUIRE_SHARED(archive, "data/fixtures/instr/firedancer-test-vectors/stake.tar.zst");
    FATHOM_REQUIRE_SHARED(elf, "data/elf/core/core_bpf_stake-5.1.0.so");
    const Account program = stake_program_account(*read_file(elf));
    const Bytes bytes = *read_file(archive);
    std::size_t seen_files = 0;
    std::size_t compared = 0;
    const auto files = read_tar(bytes);
    ASSERT_TRUE(files.has_value());
    for (const TarFile& file : *files) {
        if (!file.name.ends_with(".fix") || ++seen_files % kStride != 0) continue;
        const auto outcomes =
            run_stake_both_ways(*parse_protosol_fixture(file.bytes), program, slot);
        if (outcomes.elf_ran_out_of_heap()) continue;
        EXPECT_EQ(outcomes.native, outcomes.elf) << file.name;
        ++compared;
    }
    EXPECT_GT(compared, 5000u / kStride);
}

TEST(NativeStake, DoesWhatItsElfDoes) {
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    compare_all(slot);
}

TEST(NativeStake, DoesWhatItsElfDoesWithoutARegionPerAccount) {
    SlotEnvironment slot;
    slot.features = FeatureSet::all();
    slot.features.deactivate(Feature::virtual_address_space_adjustments);
    compare_all(slot);
}

} // namespace
} // namespace fathom::harness
