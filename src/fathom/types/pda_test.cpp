// SPDX-License-Identifier: Apache-2.0
// Tests of derived addresses; the addresses are those of solana-sdk address/src/lib.rs, the others
// were computed outside this project.
#include "fathom/types/pda.hpp"
#include "fathom/types/program_ids.hpp"

#include <gtest/gtest.h>

namespace fathom {
namespace {

using namespace fathom::literals;

constexpr Pubkey kProgram = ids::kBpfLoaderUpgradeable;

using Seeds = std::vector<std::string_view>;

std::vector<ByteView> views_of(const Seeds& seeds) {
    std::vector<ByteView> views;
    for (const std::string_view seed : seeds) views.push_back(as_bytes(seed));
    return views;
}

Result<Pubkey, PubkeyError> create(const Seeds& seeds) {
    return create_program_address(views_of(seeds), kProgram);
}

constexpr std::string_view kLongestSeed = "01234567890123456789012345678901";
constexpr std::string_view kTooLongSeed = "012345678901234567890123456789012";

TEST(ProgramAddress, KnownSeedsGiveKnownAddresses) {
    EXPECT_EQ(create({"", "\x01"}).value(), "BwqrghZA2htAcqq8dzP1WDAhTXYTYWj7CHxF5j7TDBAe"_pubkey);
    EXPECT_EQ(create({"☉", std::string_view("\0", 1)}).value(),
              "13yWmRpaTR4r5nAktwLqMpRNr28tnVUZw26rTvPSSB19"_pubkey);
    EXPECT_EQ(create({"Talking", "Squirrels"}).value(),
              "2fnQrngrQT4SeLcdToJAD96phoEjNL2man2kfRLCASVk"_pubkey);
    const Pubkey seed = "SeedPubey1111111111111111111111111111111111"_pubkey;
    EXPECT_EQ(create({as_text(seed.view()), "\x01"}).value(),
              "976ymqVnfE32QFe6NfGDctSvVa36LWnvYxhU6G2232YL"_pubkey);
}

TEST(ProgramAddress, PointsOfTheCurveAreRefused) {
    EXPECT_EQ(create({"a"}).error(), PubkeyError::InvalidSeeds);
    EXPECT_EQ(create({"fathom"}).error(), PubkeyError::InvalidSeeds);
    EXPECT_EQ(create({"c"}).value(), "25p7kjZXe15NHM6JrkgWtqouspZLbMQe8KrGEGXyergZ"_pubkey);
}

TEST(ProgramAddress, SeedLengthIsLimited) {
    EXPECT_EQ(create({kTooLongSeed}).error(), PubkeyError::MaxSeedLengthExceeded);
    EXPECT_EQ(create({"short", kTooLongSeed}).error(), PubkeyError::MaxSeedLengthExceeded);
    const auto longest = create({kLongestSeed});
    EXPECT_TRUE(longest || longest.error() == PubkeyError::InvalidSeeds);
}

TEST(ProgramAddress, SeedCountIsLimited) {
    EXPECT_EQ(create(Seeds(17, "")).error(), PubkeyError::MaxSeedLengthExceeded);
    const auto most = create(Seeds(16, ""));
    EXPECT_TRUE(most || most.error() == PubkeyError::InvalidSeeds);
}

TEST(FindProgramAddress, TakesTheHighestBumpThatWorks) {
    using Found = std::pair<Pubkey, std::uint8_t>;
    EXPECT_EQ(find_program_address(views_of({"fathom"}), kProgram),
              (Found{"CzAZjyAZ7uEBdiqs6rWCrZuguoCDB75k3quQ8Amg8Abe"_pubkey, 255}));
    EXPECT_EQ(find_program_address(views_of({"Lil'", "Bits"}), kProgram),
              (Found{"H4feCuM8B43jxwbHAsUHDasw1raRkvWF6py4Fx7suB8N"_pubkey, 254}));
    EXPECT_EQ(find_program_address({}, kProgram),
              (Found{"DNKLRoKoM7XxX2iW1PTnqo6iP6CPpVDBgeN9hrpu2R2R"_pubkey, 253}));
}

TEST(FindProgramAddress, LeavesRoomForTheBump) {
    EXPECT_TRUE(find_program_address(views_of(Seeds(15, "")), kProgram));
    EXPECT_FALSE(find_program_address(views_of(Seeds(16, "")), kProgram));
    EXPECT_FALSE(find_program_address(views_of(Seeds(1000, "")), kProgram));
    EXPECT_FALSE(find_program_address(views_of({kTooLongSeed}), kProgram));
}

Pubkey filled(std::uint8_t byte) {
    Pubkey key;
    key.bytes.fill(byte);
    return key;
}

TEST(CreateWithSeed, HashesBaseSeedAndOwner) {
    EXPECT_EQ(create_with_seed(filled(7), as_bytes("limber chicken: 4/45"), filled(9)).value(),
              "mEQJvnuBER5gfetQ9Ni7ZuCKuZN5zCB4SdCvpmwxR7d"_pubkey);
}

TEST(CreateWithSeed, SeedLengthIsLimited) {
    EXPECT_TRUE(create_with_seed(filled(7), as_bytes(kLongestSeed), filled(9)));
    EXPECT_EQ(create_with_seed(filled(7), as_bytes(kTooLongSeed), filled(9)).error(),
              PubkeyError::MaxSeedLengthExceeded);
}

TEST(CreateWithSeed, OwnerMustNotEndInTheMarker) {
    Pubkey owner;
    std::memcpy(owner.bytes.data() + 11, "ProgramDerivedAddress", 21);
    EXPECT_EQ(create_with_seed(filled(7), {}, owner).error(), PubkeyError::IllegalOwner);
    EXPECT_EQ(create_with_seed(filled(7), as_bytes(kTooLongSeed), owner).error(),
              PubkeyError::MaxSeedLengthExceeded);
    owner.bytes[31] = 'S';
    EXPECT_TRUE(create_with_seed(filled(7), {}, owner));
}

TEST(PubkeyError, TextIsAgavesDisplay) {
    EXPECT_EQ(text_of(PubkeyError::MaxSeedLengthExceeded),
              "Length of the seed is too long for address generation");
    EXPECT_EQ(text_of(PubkeyError::InvalidSeeds),
              "Provided seeds do not result in a valid address");
    EXPECT_EQ(text_of(PubkeyError::IllegalOwner), "Provided owner is not allowed");
}

} // namespace
} // namespace fathom
