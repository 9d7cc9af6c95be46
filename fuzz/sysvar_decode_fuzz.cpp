// SPDX-License-Identifier: Apache-2.0
// Any account data: each sysvar decodes to something that encodes to the front of the data, or not.
#include "fathom/base/assert.hpp"
#include "fathom/types/nonce.hpp"
#include "fathom/types/sysvars.hpp"

#include <algorithm>

namespace {

template <class Value> void check(fathom::ByteView data) {
    const auto value = Value::decode(data);
    if (!value) return;
    const fathom::Bytes encoded = value->encode();
    FATHOM_ASSERT(encoded.size() <= data.size());
    FATHOM_ASSERT(std::ranges::equal(encoded, data.first(encoded.size())));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom;
    const ByteView bytes(data, size);
    check<Clock>(bytes);
    check<Rent>(bytes);
    check<EpochSchedule>(bytes);
    check<EpochRewards>(bytes);
    check<Fees>(bytes);
    check<LastRestartSlot>(bytes);
    check<SlotHashes>(bytes);
    check<StakeHistory>(bytes);
    check<RecentBlockhashes>(bytes);
    check<NonceState>(bytes);
    const auto schedule = EpochSchedule::decode(bytes);
    const auto rent = Rent::decode(bytes);
    if (schedule) (void)schedule->epoch(schedule->first_normal_slot - 1);
    if (rent) (void)rent->minimum_balance(rent->lamports_per_byte);
    return 0;
}
