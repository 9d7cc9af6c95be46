// SPDX-License-Identifier: Apache-2.0
// Points, results, orders and costs: Agave syscalls/src/lib.rs and its tests.
#include "fathom/base/text.hpp"
#include "fathom/syscalls/curve_ids.hpp"
#include "fathom/syscalls/functions.hpp"
#include "tests/support/syscall_fixture.hpp"

namespace fathom::syscalls {
namespace {

constexpr auto kEdwards = kCurve25519Edwards;
constexpr auto kRistretto = kCurve25519Ristretto;
constexpr std::uint64_t kUnknownCurve = 2;

class Curve : public tests::SyscallFixture {
protected:
    static constexpr std::uint64_t kOut = kInput + 1;

    [[nodiscard]] std::uint64_t hex(std::string_view text) {
        return place(base::from_hex(text).value());
    }
    [[nodiscard]] std::string out() { return base::to_hex(get_bytes(kOut, 32)); }
    [[nodiscard]] std::uint64_t group_units(std::uint64_t curve, std::uint64_t operation) {
        return units_of(
            [&] { return sol_curve_group_op(context(), curve, operation, kHeap, kHeap, kInput); });
    }

    std::uint64_t edwards_left_ =
        hex("217c47aa754597f73b0c5f7d85a64005021b5a1bc8a73ba4343634c81d0d22d5");
    std::uint64_t edwards_right_ =
        hex("46de89ddfdcc47334e087c0143c866e17ae46fb7810e83d2d45f6df6370a9f5b");
    std::uint64_t ristretto_left_ =
        hex("d0a57dcc0264da11aac21709669c8688d9be6222b7c2e4995c0b6c671c39580f");
    std::uint64_t ristretto_right_ =
        hex("d0f148a3493520ae36c2470846b5f4c75d9363e7a27f192827138c8470d4916c");
    std::uint64_t scalar_ = hex("fec6178a43f3b86eec73eccdcdd74f722dfa4e89036b88ed317e75df25bf5806");
    std::uint64_t bad_point_ =
        hex("788c98e929e3cb1b577319fbdb0554947526543c5790a1922a225b9b9ebd794f");
    /// The group order itself: not canonical.
    std::uint64_t bad_scalar_ =
        hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
};

TEST_F(Curve, PointsAreValidated) {
    expect_value(sol_curve_validate_point(context(), kEdwards, edwards_left_), 0);
    expect_value(sol_curve_validate_point(context(), kEdwards, bad_point_), 1);
    expect_value(sol_curve_validate_point(context(), kRistretto, ristretto_left_), 0);
    expect_value(sol_curve_validate_point(context(), kRistretto, bad_point_), 1);
}

TEST_F(Curve, ValidationIsPaidThenMapped) {
    EXPECT_EQ(units_of([&] { return sol_curve_validate_point(context(), kEdwards, kHeap); }), 159u);
    EXPECT_EQ(units_of([&] { return sol_curve_validate_point(context(), kRistretto, kHeap); }),
              169u);
    set_remaining(158);
    expect_error(sol_curve_validate_point(context(), kEdwards, kNowhere),
                 InstructionError::ComputationalBudgetExceeded);
    set_remaining(159);
    expect_violation(sol_curve_validate_point(context(), kEdwards, kNowhere), vm::Access::Load,
                     kNowhere, 32);
}

TEST_F(Curve, EdwardsPointsAreAddedSubtractedMultiplied) {
    expect_value(
        sol_curve_group_op(context(), kEdwards, kGroupAdd, edwards_left_, edwards_right_, kOut), 0);
    EXPECT_EQ(out(), "07fbbb56bae839f2c1ec31c85a1dfe522e505346f499179c028acf33a526c855");
    expect_value(sol_curve_group_op(context(), kEdwards, kGroupSubtract, edwards_left_,
                                    edwards_right_, kOut),
                 0);
    EXPECT_EQ(out(), "3c575a44e81907acf7789e68347f5ef4054ffd0f304552869b46bc516c5fd409");
    expect_value(
        sol_curve_group_op(context(), kEdwards, kGroupMultiply, scalar_, edwards_right_, kOut), 0);
    EXPECT_EQ(out(), "409628375031d9d169e5b541f144026adcead3479f4c9c72f244931ff3d3bf7c");
}

TEST_F(Curve, RistrettoElementsAreAddedSubtractedMultiplied) {
    expect_value(sol_curve_group_op(context(), kRistretto, kGroupAdd, ristretto_left_,
                                    ristretto_right_, kOut),
                 0);
    EXPECT_EQ(out(), "4ead09f1b4e01f6bb0d290f0764946bf80778d717dd7a14731b05726b4b1274e");
    expect_value(sol_curve_group_op(context(), kRistretto, kGroupSubtract, ristretto_left_,
                                    ristretto_right_, kOut),
                 0);
    EXPECT_EQ(out(), "9648de3d944f608297b01dd9e7d300d74c56d4926e801897bb906ce9ddd09d34");
    expect_value(
        sol_curve_group_op(context(), kRistretto, kGroupMultiply, scalar_, ristretto_right_, kOut),
        0);
    EXPECT_EQ(out(), "04102e023597c9857595e8a4776d881499187c15657c501377644d6c41bbe405");
}

TEST_F(Curve, BadPointsAndScalarsGiveOneBeforeTheResultIsMapped) {
    for (const auto operation : {kGroupAdd, kGroupSubtract}) {
        expect_value(sol_curve_group_op(context(), kEdwards, operation, bad_point_, edwards_right_,
                                        kNowhere),
                     1);
        expect_value(
            sol_curve_group_op(context(), kEdwards, operation, edwards_left_, bad_point_, kNowhere),
            1);
    }
    expect_value(sol_curve_group_op(context(), kEdwards, kGroupMultiply, bad_scalar_,
                                    edwards_right_, kNowhere),
                 1);
    expect_value(
        sol_curve_group_op(context(), kRistretto, kGroupMultiply, scalar_, bad_point_, kNowhere),
        1);
    expect_violation(
        sol_curve_group_op(context(), kEdwards, kGroupMultiply, scalar_, edwards_right_, kRodata),
        vm::Access::Store, kRodata, 32);
}

TEST_F(Curve, OperationsHaveTheirCosts) {
    EXPECT_EQ(group_units(kEdwards, kGroupAdd), 473u);
    EXPECT_EQ(group_units(kEdwards, kGroupSubtract), 475u);
    EXPECT_EQ(group_units(kEdwards, kGroupMultiply), 2177u);
    EXPECT_EQ(group_units(kRistretto, kGroupAdd), 521u);
    EXPECT_EQ(group_units(kRistretto, kGroupSubtract), 519u);
    EXPECT_EQ(group_units(kRistretto, kGroupMultiply), 2208u);
    EXPECT_EQ(group_units(kEdwards, 3), 0u);
}

TEST_F(Curve, UnknownCurveOrOperationIsSoftUntilTheGate) {
    const auto calls = [&] {
        return std::vector{
            sol_curve_validate_point(context(), kUnknownCurve, kNowhere),
            sol_curve_group_op(context(), kUnknownCurve, kGroupAdd, kHeap, kHeap, kNowhere),
            sol_curve_group_op(context(), kEdwards, 3, kHeap, kHeap, kNowhere),
            sol_curve_group_op(context(), kRistretto, ~0ull, kHeap, kHeap, kNowhere),
            sol_curve_multiscalar_mul(context(), kUnknownCurve, kHeap, kHeap, 1, kNowhere)};
    };
    for (const Value& value : calls()) expect_value(value, 1);
    activate(Feature::abort_on_invalid_curve);
    for (const Value& value : calls()) {
        expect_error(value, SyscallErrorKind::InvalidAttribute, "InvalidAttribute");
    }
}

TEST_F(Curve, ProductsAreSummed) {
    const std::string scalar = "fec6178a43f3b86eec73eccdcdd74f722dfa4e89036b88ed317e75df25bf5806";
    const auto scalars = hex(scalar + scalar);
    expect_value(sol_curve_multiscalar_mul(
                     context(), kEdwards, scalars,
                     hex("fc1fe62ead5f90949e9d3f0a08443ab08ec0a8353d69c2a62b38f6ec1c927285"
                         "0a6f08ec61bd7c4559b0de27c7fd6f0bf8ba805a7880f8d2e8b75d686f9607f1"),
                     2, kOut),
                 0);
    EXPECT_EQ(out(), "1eaea822a0463fa6ec124a90b9ded0f30536dfacb94bf41a4612f82ecfb8eb3c");
    expect_value(sol_curve_multiscalar_mul(
                     context(), kRistretto, scalars,
                     hex("8223611912c721ef558f776f3133e028a7b9f0b319c2d5290e9b6812b5c50f70"
                         "989c9bc598e85ccedb9fc18679808b2438bf338f48cc574c6e7c6560ee9e2a6c"),
                     2, kOut),
                 0);
    EXPECT_EQ(out(), "4e78566f984092540eec4d93edbefbf188a7155e54765c8c78511ef6ad8cc356");
}

TEST_F(Curve, SumOfNothingIsTheIdentity) {
    expect_value(sol_curve_multiscalar_mul(context(), kEdwards, kNowhere, kNowhere, 0, kOut), 0);
    EXPECT_EQ(out(), "01" + std::string(62, '0'));
    expect_value(sol_curve_multiscalar_mul(context(), kRistretto, kNowhere, kNowhere, 0, kOut), 0);
    EXPECT_EQ(out(), std::string(64, '0'));
}

TEST_F(Curve, SumCostsByCount) {
    const auto cost_of = [&](std::uint64_t curve, std::uint64_t count) {
        return units_of([&] {
            return sol_curve_multiscalar_mul(context(), curve, kHeap, kHeap, count, kInput);
        });
    };
    EXPECT_EQ(cost_of(kEdwards, 0), 2273u);
    EXPECT_EQ(cost_of(kEdwards, 1), 2273u);
    EXPECT_EQ(cost_of(kEdwards, 3), 2273u + 2 * 758);
    EXPECT_EQ(cost_of(kRistretto, 3), 2303u + 2 * 788);
}

TEST_F(Curve, TooManyProductsAreRefusedForAnyCurve) {
    expect_error(sol_curve_multiscalar_mul(context(), kUnknownCurve, kHeap, kHeap, 513, kInput),
                 SyscallErrorKind::InvalidLength, "InvalidLength");
}

TEST_F(Curve, BlsIdsNeedTheirGate) {
    for (const std::uint64_t curve : {5, 6, 0x85, 0x86}) {
        expect_error(sol_curve_validate_point(context(), curve, kNowhere),
                     SyscallErrorKind::InvalidAttribute, "InvalidAttribute");
        expect_error(sol_curve_group_op(context(), curve, kGroupAdd, kNowhere, kNowhere, kNowhere),
                     SyscallErrorKind::InvalidAttribute, "InvalidAttribute");
    }
    expect_value(sol_curve_multiscalar_mul(context(), 5, kHeap, kHeap, 1, kNowhere), 1);
}

} // namespace
} // namespace fathom::syscalls
