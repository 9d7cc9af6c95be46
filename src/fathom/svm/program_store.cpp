// SPDX-License-Identifier: Apache-2.0
#include "fathom/svm/program_store.hpp"

#include "fathom/base/integers.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>

namespace fathom::svm {
namespace {

using invoke::ProgramCacheEntry;
using invoke::ProgramState;

constexpr std::size_t kProgramDataMetaSize = 45;
constexpr std::size_t kLoaderV4MetaSize = 48;
constexpr std::uint32_t kProgramTag = 2;
constexpr std::uint32_t kProgramDataTag = 3;
constexpr std::uint64_t kLoaderV4Retracted = 0;

std::shared_ptr<const ProgramCacheEntry> tombstone(ProgramState state, const Pubkey& owner,
                                                   Slot slot) {
    auto entry = std::make_shared<ProgramCacheEntry>();
    entry->state = state;
    entry->owner = owner;
    entry->deployment_slot = slot;
    entry->effective_slot = slot;
    return entry;
}

bool is_same_data(const AccountData& a, const AccountData& b) {
    return a.data() == b.data() ? a.size() == b.size() : a == b;
}

} // namespace

/// Where a program account's code lies.
struct ProgramStore::Located {
    bool is_valid = false;
    AccountData elf_account;
    std::size_t elf_offset = 0;
    Slot deployment_slot = 0;
    std::uint64_t account_size = 0;
};

ProgramStore::Located ProgramStore::locate(const Account& account, const AccountSource& accounts) {
    Located located;
    const ByteView data = account.data.view();
    located.account_size = data.size();
    if (account.owner == ids::kBpfLoader || account.owner == ids::kBpfLoaderDeprecated) {
        located.is_valid = true;
        located.elf_account = account.data;
        return located;
    }
    if (account.owner == ids::kLoaderV4) {
        if (data.size() < kLoaderV4MetaSize ||
            load_le<std::uint64_t>(data.data() + 40) == kLoaderV4Retracted) {
            return located;
        }
        located.is_valid = true;
        located.elf_account = account.data;
        located.elf_offset = kLoaderV4MetaSize;
        located.deployment_slot = load_le<Slot>(data.data());
        return located;
    }
    if (data.size() < 36 || load_le<std::uint32_t>(data.data()) != kProgramTag) return located;
    const auto programdata = accounts.get(Pubkey::from_bytes(data.data() + 4));
    if (!programdata || programdata->owner != ids::kBpfLoaderUpgradeable) return located;
    const ByteView code = programdata->data.view();
    // Tag, slot and Option<Pubkey> must decode; the ELF starts at 45 whatever the option says.
    if (code.size() < 13 || load_le<std::uint32_t>(code.data()) != kProgramDataTag) return located;
    if (code[12] > 1 || (code[12] == 1 && code.size() < kProgramDataMetaSize)) return located;
    located.is_valid = true;
    located.elf_account = programdata->data;
    located.elf_offset = kProgramDataMetaSize;
    located.deployment_slot = load_le<Slot>(code.data() + 4);
    located.account_size = saturating_add<std::uint64_t>(data.size(), code.size());
    return located;
}

std::shared_ptr<const ProgramCacheEntry>
ProgramStore::load(const Pubkey& program, const Account& account, const AccountSource& accounts,
                   const invoke::ProgramRuntime& runtime, Slot current_slot) {
    if (!ids::is_loader(account.owner)) return nullptr;
    Located located = locate(account, accounts);
    if (!located.is_valid) return tombstone(ProgramState::Closed, account.owner, current_slot);

    if (const auto found = programs_.find(program); found != programs_.end()) {
        Stored& stored = found->second;
        if (stored.deployment_slot == located.deployment_slot && stored.owner == account.owner &&
            is_same_data(stored.elf_account, located.elf_account)) {
            stored.elf_account = located.elf_account;
            stored.last_use = ++uses_;
            return stored.entry;
        }
    }
    if (!rules_) rules_ = ProgramCache::rules_of(runtime);
    auto entry = cache_->get(program,
                             {.elf_account = located.elf_account,
                              .elf_offset = located.elf_offset,
                              .deployment_slot = located.deployment_slot,
                              .account_size = located.account_size,
                              .loader = account.owner},
                             *rules_, runtime);
    if (programs_.size() >= kCapacity) evict();
    programs_[program] = Stored{.elf_account = std::move(located.elf_account),
                                .owner = account.owner,
                                .deployment_slot = located.deployment_slot,
                                .last_use = ++uses_,
                                .entry = entry};
    return entry;
}

/// Drops the tenth that was used longest ago.
void ProgramStore::evict() {
    std::vector<std::uint64_t> uses;
    uses.reserve(programs_.size());
    for (const auto& [key, stored] : programs_) uses.push_back(stored.last_use);
    const auto limit = uses.begin() + static_cast<std::ptrdiff_t>(uses.size() / 10);
    std::nth_element(uses.begin(), limit, uses.end());
    const std::uint64_t oldest_kept = *limit;
    erase_if(programs_, [&](const auto& item) { return item.second.last_use < oldest_kept; });
}

} // namespace fathom::svm
