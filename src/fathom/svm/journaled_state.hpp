// SPDX-License-Identifier: Apache-2.0
// Accounts and processed messages in memory, with a journal that leads back to earlier states.
//
// While any mark is live, every write first notes what it overwrites; going back replays the notes
// from the newest to the mark. Accounts share their data (copy on write), so a note costs no copy
// of it. Without a mark nothing is noted.
#pragma once

#include "fathom/base/bytes.hpp"
#include "fathom/base/flat_map.hpp"
#include "fathom/svm/account_source.hpp"
#include "fathom/svm/processor.hpp"
#include "fathom/types/account.hpp"
#include "fathom/types/pubkey.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace fathom::svm {

/// What changes with slots and blockhashes. Shared by the marks that were made while it held.
struct BankValues {
    Slot slot = 0;
    SlotEnvironment environment;
    /// Slot of each of environment.recent_blockhashes, which are oldest first.
    std::vector<Slot> blockhash_slots;
};

class JournaledState final : public AccountSource, public ProcessedMessages {
public:
    [[nodiscard]] std::optional<Account> get(const Pubkey& key) const override;
    [[nodiscard]] const Account* peek(const Pubkey& key, Account& room) const override;
    /// As it was at the mark; as it is now if the mark is gone.
    [[nodiscard]] std::optional<Account> get_at(std::uint64_t mark, const Pubkey& key) const;
    /// True if the message was given to add_processed().
    [[nodiscard]] bool contains(ByteView message) const override;

    /// Zero lamports remove the account.
    void put(const Pubkey& key, Account account);
    void add_processed(ByteView message);
    /// No message can come again. Only done while no mark is live.
    void forget_processed();

    [[nodiscard]] const BankValues& bank() const { return *bank_; }
    void set_bank(BankValues values);

    [[nodiscard]] std::uint64_t mark();
    /// False if the mark is gone.
    [[nodiscard]] bool revert(std::uint64_t mark);
    [[nodiscard]] bool release(std::uint64_t mark);

private:
    struct AccountNote {
        Pubkey key;
        std::optional<Account> before;
    };
    struct MessageNote {
        Hash message;
    };
    using Note = std::variant<AccountNote, MessageNote>;
    struct Mark {
        std::uint64_t id = 0;
        std::size_t journal_size = 0;
        std::shared_ptr<const BankValues> bank;
    };

    [[nodiscard]] std::vector<Mark>::iterator find_mark(std::uint64_t id);
    void undo(Note& note);

    FlatMap<Pubkey, Account, PubkeyHash> accounts_;
    FlatSet<Pubkey, PubkeyHash> processed_; // SHA-256 of messages; as uniform as keys are
    std::shared_ptr<const BankValues> bank_ = std::make_shared<const BankValues>();
    std::vector<Note> journal_;
    std::vector<Mark> marks_;
    std::uint64_t last_mark_ = 0;
};

} // namespace fathom::svm
