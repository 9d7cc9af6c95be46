// SPDX-License-Identifier: Apache-2.0
// A processor's own shelf of programs over the cache that all share, found again by the very
// account data they came from.
//
// An entry keeps a reference to the ELF's account data. As long as it does, nobody can change those
// bytes in place (copy on write), so meeting the same buffer again proves the same program without
// reading it, and without a lock. A source that hands out fresh copies costs one comparison of the
// bytes instead.
#pragma once

#include "fathom/base/flat_map.hpp"
#include "fathom/invoke/environment.hpp"
#include "fathom/invoke/program_cache.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/program_cache.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace fathom::svm {

class ProgramStore {
public:
    static constexpr std::size_t kCapacity = 512;

    explicit ProgramStore(std::shared_ptr<ProgramCache> cache) : cache_(std::move(cache)) {}

    /// What the address is as a program (agave svm/src/program_loader.rs), or null if its owner is
    /// no loader. Tombstones are entries too.
    [[nodiscard]] std::shared_ptr<const invoke::ProgramCacheEntry>
    load(const Pubkey& program, const Account& account, const AccountSource& accounts,
         const invoke::ProgramRuntime& runtime, Slot current_slot);
    /// Programs of another environment must be loaded again.
    void clear() {
        programs_.clear();
        rules_.reset();
    }

private:
    struct Stored {
        AccountData elf_account;
        Pubkey owner;
        Slot deployment_slot = 0;
        std::uint64_t last_use = 0;
        std::shared_ptr<const invoke::ProgramCacheEntry> entry;
    };
    struct Located;

    [[nodiscard]] static Located locate(const Account& account, const AccountSource& accounts);
    void evict();

    std::shared_ptr<ProgramCache> cache_;
    std::optional<Hash> rules_; // of the environment
    FlatMap<Pubkey, Stored, PubkeyHash> programs_;
    std::uint64_t uses_ = 0;
};

} // namespace fathom::svm
