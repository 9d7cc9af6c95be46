// SPDX-License-Identifier: Apache-2.0
#include "fathom/bank/collector.hpp"

#include "fathom/types/program_ids.hpp"
#include "fathom/types/reserved_keys.hpp"

namespace fathom::bank {

bool is_valid_collector(const Pubkey& key, Lamports before, const Account& account,
                        const Rent& rent, bool relaxed) {
    if (account.owner != ids::kSystemProgram || is_reserved(key)) return false;
    if (key == ids::kIncinerator || rent.is_exempt(account.lamports, account.data.size())) {
        return true;
    }
    return relaxed && before > 0;
}

} // namespace fathom::bank
