// SPDX-License-Identifier: Apache-2.0
// Merlin transcripts against the challenges of the reference implementation.
#include "fathom/crypto/zk/merlin.hpp"
#include "tests/support/test_vectors.hpp"

#include <gtest/gtest.h>

namespace fathom::crypto::zk {
namespace {

std::string challenge_of(MerlinTranscript& transcript) {
    std::array<std::uint8_t, 32> bytes;
    transcript.challenge("challenge", bytes);
    return tests::to_hex(bytes);
}

// The transcript of merlin's test `equivalence_simple`, its value as published with the ports.
TEST(Merlin, GivesTheChallengeOfASimpleTranscript) {
    MerlinTranscript transcript("test protocol");
    transcript.append("some label", std::string_view("some data"));
    EXPECT_EQ(challenge_of(transcript),
              "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615");
}

// The transcript of merlin's test `equivalence_complex`: messages longer than the sponge's rate.
TEST(Merlin, GivesTheChallengeOfALongTranscript) {
    MerlinTranscript transcript("test protocol");
    transcript.append("step1", std::string_view("some data"));
    const Bytes data(1024, 99);
    std::array<std::uint8_t, 32> challenge;
    for (int i = 0; i < 32; ++i) {
        transcript.challenge("challenge", challenge);
        transcript.append("bigdata", data);
        transcript.append("challengedata", challenge);
    }
    EXPECT_EQ(tests::to_hex(challenge),
              "a8c933f54fae76e3f9bea93648c1308e7dfa2152dd51674ff3ca438351cf003c");
}

TEST(Merlin, FramesMessagesSoThatTheirBordersCount) {
    MerlinTranscript one("p");
    one.append("a", std::string_view("bc"));
    MerlinTranscript other("p");
    other.append("ab", std::string_view("c"));
    EXPECT_NE(challenge_of(one), challenge_of(other));
}

TEST(Merlin, ACopyGoesItsOwnWay) {
    MerlinTranscript original("p");
    MerlinTranscript copy = original;
    EXPECT_EQ(challenge_of(original), challenge_of(copy));
    copy.append_u64("n", 1);
    EXPECT_NE(challenge_of(original), challenge_of(copy));
}

} // namespace
} // namespace fathom::crypto::zk
