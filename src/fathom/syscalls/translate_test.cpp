// SPDX-License-Identifier: Apache-2.0
// Orders and errors: Agave program-runtime/src/memory.rs and translate_mut of syscalls/src/lib.rs.
#include "fathom/syscalls/functions.hpp"
#include "fathom/syscalls/translate.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

class Translate : public tests::SyscallFixture {};

TEST_F(Translate, EmptySliceNeedsNoMemory) {
    const auto bytes = load_bytes(context(), kNowhere, 0);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_TRUE(bytes->empty());
    EXPECT_TRUE(load_slice<VmSlice>(context(), kNowhere + 1, 0).has_value());
}

TEST_F(Translate, SliceLongerThanSignedSizeIsInvalidLength) {
    expect_error(load_bytes(context(), kHeap, 1ull << 63), SyscallErrorKind::InvalidLength,
                 "InvalidLength");
    expect_error(load_slice<VmSlice>(context(), kHeap, ~0ull), SyscallErrorKind::InvalidLength,
                 "InvalidLength");
}

TEST_F(Translate, LargestSignedSizeGoesToTheMap) {
    expect_violation(load_bytes(context(), kHeap, (1ull << 63) - 1), vm::Access::Load, kHeap,
                     (1ull << 63) - 1);
}

TEST_F(Translate, RangeMayEndAtTheRegionsEndButNotBeyond) {
    EXPECT_TRUE(load_bytes(context(), kHeap, kHeapSize).has_value());
    expect_violation(load_bytes(context(), kHeap + 1, kHeapSize), vm::Access::Load, kHeap + 1,
                     kHeapSize);
}

TEST_F(Translate, UnalignedValueFailsAfterItIsMapped) {
    expect_error(load_value<std::uint64_t>(context(), kHeap + 4),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
    expect_violation(load_value<std::uint64_t>(context(), kNowhere + 4), vm::Access::Load,
                     kNowhere + 4, 8);
}

TEST_F(Translate, LoaderV1ProgramsMayBeUnaligned) {
    loader_ = ids::kBpfLoaderDeprecated;
    put_value<std::uint64_t>(kHeap + 4, 77);
    const auto value = load_value<std::uint64_t>(context(), kHeap + 4);
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(*value, 77u);
}

TEST_F(Translate, OutputInReadOnlyMemoryIsAStoreViolation) {
    expect_violation(map_output(context(), output_bytes(kRodata, 4)), vm::Access::Store, kRodata,
                     4);
}

TEST_F(Translate, OutputOfAbsurdLengthIsAViolationNotInvalidLength) {
    expect_violation(map_output(context(), output_bytes(kHeap, ~0ull)), vm::Access::Store, kHeap,
                     ~0ull);
    expect_violation(map_output(context(), output_slice<VmSlice>(kHeap, ~0ull)), vm::Access::Store,
                     kHeap, ~0ull);
}

TEST_F(Translate, EmptyOutputSliceNeedsNoMemoryButAValueDoes) {
    EXPECT_TRUE(map_output(context(), output_bytes(kNowhere, 0)).has_value());
    expect_violation(map_output(context(), output_value<std::uint8_t>(kNowhere)), vm::Access::Store,
                     kNowhere, 1);
}

TEST_F(Translate, AllOutputsAreTouchedBeforeAnyIsAligned) {
    expect_violation(map_outputs(context(), {output_value<std::uint64_t>(kHeap + 1),
                                             output_value<std::uint64_t>(kNowhere)}),
                     vm::Access::Store, kNowhere, 8);
    expect_error(map_outputs(context(), {output_value<std::uint64_t>(kHeap + 1),
                                         output_value<std::uint64_t>(kHeap)}),
                 SyscallErrorKind::UnalignedPointer, "Unaligned pointer");
}

TEST_F(Translate, OverlappingOutputsAreRefused) {
    expect_error(map_outputs(context(), {output_bytes(kHeap, 8), output_bytes(kHeap + 7, 8)}),
                 SyscallErrorKind::CopyOverlapping, "Overlapping copy");
    EXPECT_TRUE(
        map_outputs(context(), {output_bytes(kHeap, 8), output_bytes(kHeap + 8, 8)}).has_value());
    EXPECT_TRUE(
        map_outputs(context(), {output_bytes(kHeap, 8), output_bytes(kHeap + 3, 0)}).has_value());
}

TEST_F(Translate, StringNamesTheFirstBadByte) {
    const Bytes text{'a', 0xff, 'b'};
    expect_error(load_string(context(), place(text), text.size()), SyscallErrorKind::InvalidString,
                 "invalid utf-8 sequence of 1 bytes from index 1: [97, 255, 98]");
}

TEST(Disjoint, TouchingRangesAreDisjoint) {
    for (std::uint64_t b = 0; b < 20; ++b) {
        EXPECT_EQ(are_disjoint(10, 3, b, 3), b < 8 || b >= 13) << b;
    }
    EXPECT_TRUE(are_disjoint(255, 3, 254, 1));
    EXPECT_FALSE(are_disjoint(255, 2, 254, 3));
}

TEST_F(Translate, AdapterReportsTheFailureToTheHost) {
    const auto result = kAdapted<&syscalls::abort>(machine(), 0, 0, 0, 0, 0);
    EXPECT_TRUE(result.failed);
    EXPECT_EQ(invocation().take_syscall_failure().text(), "SBF program panicked");
}

TEST_F(Translate, AdapterPassesRegistersInOrder) {
    const auto result = kAdapted<&sol_log_64_>(machine(), 1, 2, 3, 4, 5);
    EXPECT_FALSE(result.failed);
    EXPECT_EQ(result.value, 0u);
    EXPECT_EQ(logs_.lines(), std::vector<std::string>{"Program log: 0x1, 0x2, 0x3, 0x4, 0x5"});
}

} // namespace
} // namespace fathom::syscalls
