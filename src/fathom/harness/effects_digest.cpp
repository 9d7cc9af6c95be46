// SPDX-License-Identifier: Apache-2.0
#include "fathom/harness/effects_digest.hpp"

#include "fathom/crypto/sha256.hpp"

namespace fathom::harness {
namespace {

class Writer {
public:
    void number(std::uint64_t value) {
        out_.resize(out_.size() + sizeof(value));
        store_le(out_.data() + out_.size() - sizeof(value), value);
    }
    void bytes(ByteView view) {
        number(view.size());
        out_.insert(out_.end(), view.begin(), view.end());
    }
    void key(const Pubkey& key) { out_.insert(out_.end(), key.bytes.begin(), key.bytes.end()); }
    template <class List, class Each> void list(const List& items, const Each& each) {
        number(items.size());
        for (const auto& item : items) each(item);
    }
    void change(const AccountChange& change) {
        key(change.key);
        number(change.account.lamports);
        bytes(change.account.data.view());
        key(change.account.owner);
        number(change.account.executable ? 1 : 0);
        number(change.account.rent_epoch);
    }
    void call(const InnerInstruction& call) {
        number(call.program_index);
        bytes(call.accounts);
        bytes(call.data);
        number(call.stack_height);
    }
    [[nodiscard]] Bytes take() { return std::move(out_); }

private:
    Bytes out_;
};

} // namespace

Bytes serialize_effects(const TransactionEffects& effects) {
    Writer out;
    out.number(effects.error ? 1 : 0);
    if (effects.error) {
        out.number(static_cast<std::uint64_t>(effects.error->kind));
        out.number(effects.error->index);
        out.number(static_cast<std::uint64_t>(effects.error->instruction_error.kind));
        out.number(effects.error->instruction_error.custom_code);
    }
    out.number(static_cast<std::uint64_t>(effects.commit));
    out.number(effects.compute_units);
    out.number(effects.fee.transaction_fee);
    out.number(effects.fee.prioritization_fee);
    out.list(effects.logs, [&](const std::string& line) { out.bytes(as_bytes(line)); });
    out.number(effects.return_data ? 1 : 0);
    if (effects.return_data) {
        out.key(effects.return_data->program);
        out.bytes(effects.return_data->data);
    }
    out.list(effects.inner_instructions, [&](const std::vector<InnerInstruction>& calls) {
        out.list(calls, [&](const InnerInstruction& call) { out.call(call); });
    });
    out.list(effects.accounts, [&](const AccountChange& change) { out.change(change); });
    out.list(effects.final_accounts, [&](const AccountChange& change) { out.change(change); });
    out.number(effects.loaded_accounts_data_size);
    out.number(static_cast<std::uint64_t>(effects.accounts_resize_delta));
    return out.take();
}

Hash effects_digest(const TransactionEffects& effects) {
    return Hash{crypto::sha256(serialize_effects(effects))};
}

} // namespace fathom::harness
