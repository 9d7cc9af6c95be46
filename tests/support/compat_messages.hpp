// SPDX-License-Identifier: Apache-2.0
// Contexts of the conformance interface, written as a fixture has them, and their effects, read.
#pragma once

#include "fathom/harness/compat/messages.hpp"
#include "fathom/types/program_ids.hpp"
#include "fathom/types/sysvars.hpp"
#include "field_numbers.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fathom::tests {

inline harness::WireWriter write_feature_set(const FeatureSet& features) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
        const auto feature = static_cast<Feature>(i);
        if (features.is_active(feature))
            numbers.push_back(harness::compat::feature_number(feature));
    }
    harness::WireWriter out;
    out.packed_fixed64(proto::FeatureSet::features, numbers);
    return out;
}

inline AccountChange sysvar_entry(const Pubkey& key, ByteView data) {
    Account account;
    account.lamports = 1'000'000'000;
    account.owner = ids::kSysvarOwner;
    account.data = AccountData(data);
    return {key, std::move(account)};
}

inline Clock clock_at(Slot slot) {
    Clock clock;
    clock.slot = slot;
    return clock;
}

/// InstrContext. An instruction account that is no account yet is appended, empty.
inline harness::WireWriter write_instruction_context(const Instruction& instruction,
                                                     std::vector<AccountChange> accounts,
                                                     ComputeUnits units,
                                                     const FeatureSet& features) {
    using namespace proto;
    harness::WireWriter references;
    for (const AccountMeta& meta : instruction.accounts) {
        auto at = std::ranges::find(accounts, meta.pubkey, &AccountChange::key);
        if (at == accounts.end()) at = accounts.insert(accounts.end(), {meta.pubkey, {}});
        harness::WireWriter reference;
        reference.number(InstrAcct::index, static_cast<std::uint64_t>(at - accounts.begin()));
        reference.boolean(InstrAcct::is_writable, meta.is_writable);
        reference.boolean(InstrAcct::is_signer, meta.is_signer);
        references.element(InstrContext::instr_accounts, reference);
    }
    harness::WireWriter out;
    out.bytes(InstrContext::program_id, instruction.program_id.view());
    for (const AccountChange& account : accounts) {
        out.element(InstrContext::accounts, harness::compat::write_account(account));
    }
    out.raw(references.view());
    out.bytes(InstrContext::data, instruction.data);
    out.number(InstrContext::cu_avail, units);
    out.element(InstrContext::features, write_feature_set(features));
    return out;
}

/// A message's fields by number, for looking at effects. Has its own copy.
class ReadMessage {
public:
    explicit ReadMessage(ByteView bytes)
        : bytes_(std::make_shared<const Bytes>(bytes.begin(), bytes.end())) {
        const auto fields = harness::read_wire_fields(*bytes_);
        if (!fields) return;
        for (const harness::WireField& field : *fields) fields_[field.tag].push_back(field);
    }
    [[nodiscard]] std::uint64_t number(std::uint64_t tag) const {
        const auto found = fields_.find(tag);
        return found == fields_.end() ? 0 : found->second.back().number;
    }
    [[nodiscard]] Bytes bytes(std::uint64_t tag) const {
        const auto found = fields_.find(tag);
        if (found == fields_.end()) return {};
        const ByteView view = found->second.back().bytes;
        return {view.begin(), view.end()};
    }
    [[nodiscard]] std::size_t count(std::uint64_t tag) const {
        const auto found = fields_.find(tag);
        return found == fields_.end() ? 0 : found->second.size();
    }
    [[nodiscard]] ReadMessage message(std::uint64_t tag, std::size_t index = 0) const {
        return ReadMessage(fields_.at(tag).at(index).bytes);
    }
    /// The repeated accounts of a field by address.
    [[nodiscard]] std::map<Pubkey, Account> accounts(std::uint64_t tag) const {
        std::map<Pubkey, Account> result;
        const auto found = fields_.find(tag);
        if (found == fields_.end()) return result;
        for (const harness::WireField& field : found->second) {
            auto entry = harness::compat::read_account(field.bytes);
            if (entry) result[entry->key] = std::move(entry->account);
        }
        return result;
    }

private:
    std::shared_ptr<const Bytes> bytes_;
    std::map<std::uint64_t, std::vector<harness::WireField>> fields_;
};

} // namespace fathom::tests
