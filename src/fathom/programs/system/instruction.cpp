// SPDX-License-Identifier: Apache-2.0
#include "fathom/programs/system/instruction.hpp"

#include "fathom/programs/bincode_reader.hpp"

namespace fathom::programs::system {
namespace {

/// Reads fields in wire order into one instruction; ok() says whether all of them were there.
class FieldReader {
public:
    explicit FieldReader(BincodeReader& reader) : reader_(reader) {}

    FieldReader& number(std::uint64_t& out) { return keep(reader_.u64(), out); }
    FieldReader& key(Pubkey& out) { return keep(reader_.pubkey(), out); }
    FieldReader& text(std::string_view& out) { return keep(reader_.text(), out); }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    template <class T> FieldReader& keep(const std::optional<T>& value, T& out) {
        ok_ = ok_ && value.has_value();
        if (value) out = *value;
        return *this;
    }

    BincodeReader& reader_;
    bool ok_ = true;
};

} // namespace

std::optional<Instruction> decode(ByteView data) {
    BincodeReader reader(data);
    const auto tag = reader.u32();
    if (!tag || *tag > static_cast<std::uint32_t>(Tag::CreateAccountAllowPrefund)) {
        return std::nullopt;
    }
    Instruction ix;
    ix.tag = static_cast<Tag>(*tag);
    FieldReader fields(reader);
    switch (ix.tag) {
    case Tag::CreateAccount:
    case Tag::CreateAccountAllowPrefund:
        fields.number(ix.lamports).number(ix.space).key(ix.owner);
        break;
    case Tag::Assign: fields.key(ix.owner); break;
    case Tag::Transfer:
    case Tag::WithdrawNonceAccount: fields.number(ix.lamports); break;
    case Tag::CreateAccountWithSeed:
        fields.key(ix.base).text(ix.seed).number(ix.lamports).number(ix.space).key(ix.owner);
        break;
    case Tag::InitializeNonceAccount:
    case Tag::AuthorizeNonceAccount: fields.key(ix.authority); break;
    case Tag::Allocate: fields.number(ix.space); break;
    case Tag::AllocateWithSeed:
        fields.key(ix.base).text(ix.seed).number(ix.space).key(ix.owner);
        break;
    case Tag::AssignWithSeed: fields.key(ix.base).text(ix.seed).key(ix.owner); break;
    case Tag::TransferWithSeed: fields.number(ix.lamports).text(ix.seed).key(ix.owner); break;
    case Tag::AdvanceNonceAccount:
    case Tag::UpgradeNonceAccount: break;
    }
    if (!fields.ok()) return std::nullopt;
    return ix;
}

} // namespace fathom::programs::system
