// SPDX-License-Identifier: Apache-2.0
// Program input in both layouts, written and read back (Agave
// program-runtime/src/serialization.rs).
#include "fathom/invoke/serialization.hpp"

#include "fathom/base/assert.hpp"
#include "fathom/types/program_ids.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace fathom::invoke {

namespace {

constexpr std::uint8_t kNoDuplicate = 0xff;
constexpr std::uint64_t kAlignment = 8; // BPF_ALIGN_OF_U128
constexpr std::uint64_t kReserve = kMaxAccountDataGrowthPerInstruction;
constexpr std::uint64_t kRentEpoch = ~std::uint64_t{0};

// Fields of an account record in front of its data, and behind it.
constexpr std::uint64_t kHeadV0 = 1 + 1 + 1 + 32 + 8 + 8;
constexpr std::uint64_t kTailV0 = 32 + 1 + 8;
constexpr std::uint64_t kHeadV1 = 1 + 1 + 1 + 1 + 4 + 32 + 32 + 8 + 8;
constexpr std::uint64_t kTailV1 = 8;
constexpr std::uint64_t kDuplicateV0 = 1;
constexpr std::uint64_t kDuplicateV1 = 8;

std::uint64_t padding(std::uint64_t length) {
    return (kAlignment - length % kAlignment) % kAlignment;
}

/// First position of every account of the instruction; for a repeat it is a lower one. The index
/// in the transaction fits because serialization is limited to 255 accounts of the 256.
class FirstPositions {
public:
    explicit FirstPositions(const InstructionContext& instruction) {
        first_.fill(kUnseen);
        const auto accounts = instruction.accounts();
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            const std::uint16_t index = accounts[i].index_in_transaction;
            if (index < first_.size() && first_[index] == kUnseen) {
                first_[index] = static_cast<std::uint16_t>(i);
            }
        }
    }

    /// nullopt for a first occurrence.
    [[nodiscard]] std::optional<std::uint8_t>
    duplicate_of(std::size_t position, const InstructionAccount& account) const {
        if (account.index_in_transaction >= first_.size()) return std::nullopt;
        const std::uint16_t first = first_[account.index_in_transaction];
        if (first == position) return std::nullopt;
        return static_cast<std::uint8_t>(first);
    }

private:
    static constexpr std::uint16_t kUnseen = 0xffff;
    std::array<std::uint16_t, kMaxAccountsPerTransaction> first_;
};

struct Layout {
    bool is_v0;
    bool has_regions; // one or more per account
    bool is_direct;   // account data stays where it is
    bool has_pointers;

    Layout(bool is_loader_v1, const SerializationOptions& options)
        : is_v0(is_loader_v1), has_regions(options.address_space_adjustments),
          is_direct(options.address_space_adjustments && options.direct_mapping),
          has_pointers(options.direct_account_pointers && !is_loader_v1) {}

    /// Bytes that an account of this data length takes in the buffer.
    [[nodiscard]] std::uint64_t record_size(std::uint64_t data_length) const {
        if (is_v0) return kHeadV0 + (is_direct ? 0 : data_length) + kTailV0;
        return kHeadV1 + data_size(data_length) + kTailV1;
    }
    /// Bytes between head and tail in the newer layout.
    [[nodiscard]] std::uint64_t data_size(std::uint64_t data_length) const {
        // Direct: one alignment unit is there, so that guest and host alignment agree behind it.
        return is_direct ? kAlignment : data_length + kReserve + padding(data_length);
    }
    /// Guest addresses set aside for an account's data.
    [[nodiscard]] std::uint64_t reserved(std::uint64_t data_length) const {
        return is_v0 ? data_length : data_length + kReserve;
    }
    [[nodiscard]] std::uint64_t duplicate_size() const {
        return is_v0 ? kDuplicateV0 : kDuplicateV1;
    }
};

/// Fills a buffer of exactly the right size and cuts it into regions.
class InputWriter {
public:
    InputWriter(SerializedInput& input, const Layout& layout, std::uint64_t size,
                std::size_t number_of_accounts)
        : layout_(layout), input_(input) {
        input_.buffer.assign(size, 0);
        input_.accounts.clear();
        input_.regions.clear();
        input_.accounts.reserve(number_of_accounts);
        if (layout.has_regions) input_.regions.reserve(2 * number_of_accounts + 1);
    }

    template <class T> std::uint64_t write(T value) {
        const std::uint64_t address = next_address();
        store_le(input_.buffer.data() + position_, value);
        position_ += sizeof(T);
        return address;
    }

    std::uint64_t write_bytes(ByteView bytes) {
        const std::uint64_t address = next_address();
        if (!bytes.empty()) {
            std::memcpy(input_.buffer.data() + position_, bytes.data(), bytes.size());
        }
        position_ += bytes.size();
        return address;
    }

    void skip_zeros(std::uint64_t count) { position_ += count; }

    std::uint64_t write_data(BorrowedAccount& account) {
        return layout_.has_regions ? write_data_with_regions(account) : write_plain_data(account);
    }

    void add_account(const SerializedAccount& account) { input_.accounts.push_back(account); }
    void repeat_account(std::size_t position) {
        input_.accounts.push_back(SerializedAccount(input_.accounts[position]));
    }
    void write_account_pointers() {
        skip_zeros(padding(position_));
        for (std::size_t i = 0; i < input_.accounts.size(); ++i) write(input_.accounts[i].vm_addr);
    }

    void finish(std::uint64_t instruction_data_addr) {
        cut_region();
        FATHOM_DASSERT(position_ == input_.buffer.size());
        input_.instruction_data_addr = instruction_data_addr;
    }

private:
    [[nodiscard]] std::uint64_t next_address() const {
        return region_addr_ + (position_ - region_start_);
    }

    std::uint64_t write_plain_data(const BorrowedAccount& account) {
        const std::uint64_t address = write_bytes(account.data());
        if (!layout_.is_v0) skip_zeros(kReserve + padding(account.data().size()));
        return address;
    }

    std::uint64_t write_data_with_regions(BorrowedAccount& account) {
        cut_region();
        const std::uint64_t address = region_addr_;
        const std::uint64_t length = account.data().size();
        const std::uint64_t reserved = layout_.reserved(length);
        const SerializationOptions options{.address_space_adjustments = true,
                                           .direct_mapping = layout_.is_direct};
        std::uint8_t* const copy = input_.buffer.data() + position_;
        if (!layout_.is_direct) {
            write_bytes(account.data());
            skip_zeros(reserved - length);
        }
        if (reserved > 0) {
            input_.regions.push_back(
                account_data_region(account, address, options, copy, reserved));
            region_addr_ += reserved;
            region_start_ = position_;
        }
        if (layout_.is_v0) return address;
        if (layout_.is_direct) {
            skip_zeros(kAlignment);
            region_start_ += kAlignment - padding(length);
        } else {
            skip_zeros(padding(length));
        }
        return address;
    }

    void cut_region() {
        const MutableByteView bytes{input_.buffer.data() + region_start_,
                                    position_ - region_start_};
        input_.regions.push_back(vm::MemoryRegion::writable(bytes, region_addr_));
        region_start_ = position_;
        region_addr_ += bytes.size();
    }

    const Layout& layout_;
    SerializedInput& input_;
    std::uint64_t position_ = 0;
    std::uint64_t region_start_ = 0; // in the buffer
    std::uint64_t region_addr_ = sbpf::kInputStart;
};

void write_account_v0(InputWriter& writer, BorrowedAccount& account) {
    SerializedAccount record;
    record.original_data_len = account.data().size();
    record.vm_addr = writer.write(kNoDuplicate);
    writer.write(static_cast<std::uint8_t>(account.is_signer()));
    writer.write(static_cast<std::uint8_t>(account.is_writable()));
    record.vm_key_addr = writer.write(account.key());
    record.vm_lamports_addr = writer.write(account.lamports());
    writer.write(record.original_data_len);
    record.vm_data_addr = writer.write_data(account);
    record.vm_owner_addr = writer.write(account.owner());
    writer.write(static_cast<std::uint8_t>(account.is_executable()));
    writer.write(kRentEpoch);
    writer.add_account(record);
}

void write_account_v1(InputWriter& writer, BorrowedAccount& account) {
    SerializedAccount record;
    record.original_data_len = account.data().size();
    record.vm_addr = writer.write(kNoDuplicate);
    writer.write(static_cast<std::uint8_t>(account.is_signer()));
    writer.write(static_cast<std::uint8_t>(account.is_writable()));
    writer.write(static_cast<std::uint8_t>(account.is_executable()));
    writer.skip_zeros(4);
    record.vm_key_addr = writer.write(account.key());
    record.vm_owner_addr = writer.write(account.owner());
    record.vm_lamports_addr = writer.write(account.lamports());
    writer.write(record.original_data_len);
    record.vm_data_addr = writer.write_data(account);
    writer.write(kRentEpoch);
    writer.add_account(record);
}

Result<std::uint64_t, InstructionError> input_size(const InstructionContext& instruction,
                                                   const FirstPositions& positions,
                                                   const Layout& layout) {
    const auto accounts = instruction.accounts();
    std::uint64_t size = 8;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (positions.duplicate_of(i, accounts[i])) {
            size += layout.duplicate_size();
            continue;
        }
        const auto account = FATHOM_TRY(instruction.borrow_account(i));
        size += layout.record_size(account.data().size());
    }
    size += 8 + instruction.data().size() + 32;
    if (layout.has_pointers) size += padding(size) + 8 * accounts.size();
    return size;
}

/// What both layouts have in common when they are read back.
class InputReader {
public:
    InputReader(ByteView buffer, const Layout& layout) : buffer_(buffer), layout_(layout) {}

    void skip(std::uint64_t count) { position_ += count; }

    [[nodiscard]] Result<std::uint64_t, InstructionError> read_u64() {
        const ByteView bytes = FATHOM_TRY(view(8));
        position_ += 8;
        return load_le<std::uint64_t>(bytes.data());
    }
    [[nodiscard]] Result<Pubkey, InstructionError> read_key() {
        const ByteView bytes = FATHOM_TRY(view(32));
        position_ += 32;
        return Pubkey::from_bytes(bytes.data());
    }

    [[nodiscard]] Result<void, InstructionError> read_lamports(BorrowedAccount& account) {
        const std::uint64_t lamports = FATHOM_TRY(read_u64());
        if (account.lamports() != lamports) return account.set_lamports(lamports);
        return {};
    }

    /// The data that lies at the current position; does not advance.
    [[nodiscard]] Result<void, InstructionError> read_data(BorrowedAccount& account,
                                                           std::uint64_t length) {
        if (!layout_.has_regions) {
            const ByteView data = FATHOM_TRY(view(length));
            const auto allowed = account.can_data_be_resized(length);
            if (allowed) return account.set_data_from_slice(data);
            if (!std::ranges::equal(account.data(), data)) {
                return std::unexpected(allowed.error());
            }
            return {};
        }
        if (!layout_.is_direct && account.can_data_be_changed()) {
            return account.set_data_from_slice(FATHOM_TRY(view(length)));
        }
        if (account.data().size() != length) return account.set_data_length(length);
        return {};
    }

private:
    [[nodiscard]] Result<ByteView, InstructionError> view(std::uint64_t length) const {
        if (position_ > buffer_.size() || length > buffer_.size() - position_) {
            return std::unexpected(InstructionError::InvalidArgument);
        }
        return buffer_.subspan(position_, length);
    }

    ByteView buffer_;
    const Layout& layout_;
    std::uint64_t position_ = 8; // behind the number of accounts
};

Result<void, InstructionError> read_account_v0(InputReader& reader, const Layout& layout,
                                               BorrowedAccount& account, std::uint64_t length) {
    reader.skip(1 + 1 + 1 + 32);
    FATHOM_CHECK(reader.read_lamports(account));
    reader.skip(8);
    FATHOM_CHECK(reader.read_data(account, length));
    reader.skip((layout.is_direct ? 0 : length) + kTailV0);
    return {};
}

Result<void, InstructionError> read_account_v1(InputReader& reader, const Layout& layout,
                                               BorrowedAccount& account,
                                               std::uint64_t original_length) {
    reader.skip(1 + 1 + 1 + 1 + 4 + 32);
    const Pubkey owner = FATHOM_TRY(reader.read_key());
    FATHOM_CHECK(reader.read_lamports(account));
    const std::uint64_t length = FATHOM_TRY(reader.read_u64());
    if (saturating_sub(length, original_length) > kReserve || length > kMaxAccountDataLen) {
        return std::unexpected(InstructionError::InvalidRealloc);
    }
    FATHOM_CHECK(reader.read_data(account, length));
    reader.skip(layout.data_size(original_length) + kTailV1);
    // Last, so that the program may still have changed balance and data.
    if (account.owner() != owner) return account.set_owner(owner);
    return {};
}

Result<Layout, InstructionError> layout_of(const InstructionContext& instruction,
                                           const SerializationOptions& options) {
    const Pubkey owner = FATHOM_TRY(instruction.program_owner());
    return Layout(owner == ids::kBpfLoaderDeprecated, options);
}

} // namespace

Result<void, InstructionError> serialize_input(const InstructionContext& instruction,
                                               const SerializationOptions& options,
                                               SerializedInput& input) {
    const auto accounts = instruction.accounts();
    if (accounts.size() > kMaxAccountsPerInstruction) {
        return std::unexpected(InstructionError::MaxAccountsExceeded);
    }
    if (!instruction.has_program()) return std::unexpected(InstructionError::MissingAccount);
    const Layout layout = FATHOM_TRY(layout_of(instruction, options));
    const FirstPositions positions(instruction);
    const std::uint64_t size = FATHOM_TRY(input_size(instruction, positions, layout));

    InputWriter writer(input, layout, size, accounts.size());
    writer.write(std::uint64_t{accounts.size()});
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (const auto first = positions.duplicate_of(i, accounts[i])) {
            writer.repeat_account(*first);
            writer.write(*first);
            writer.skip_zeros(layout.duplicate_size() - 1);
            continue;
        }
        auto account = FATHOM_TRY(instruction.borrow_account(i));
        layout.is_v0 ? write_account_v0(writer, account) : write_account_v1(writer, account);
    }
    const ByteView data = instruction.data();
    writer.write(std::uint64_t{data.size()});
    const std::uint64_t data_addr = writer.write_bytes(data);
    writer.write(instruction.program_key());
    if (layout.has_pointers) writer.write_account_pointers();
    writer.finish(data_addr);
    return {};
}

Result<void, InstructionError> deserialize_input(const InstructionContext& instruction,
                                                 const SerializationOptions& options,
                                                 ByteView buffer,
                                                 std::span<const SerializedAccount> accounts) {
    const Layout layout = FATHOM_TRY(layout_of(instruction, options));
    const FirstPositions positions(instruction);
    const auto all = instruction.accounts();
    InputReader reader(buffer, layout);
    for (std::size_t i = 0; i < std::min(all.size(), accounts.size()); ++i) {
        if (positions.duplicate_of(i, all[i])) {
            reader.skip(layout.duplicate_size());
            continue;
        }
        auto account = FATHOM_TRY(instruction.borrow_account(i));
        const std::uint64_t length = accounts[i].original_data_len;
        FATHOM_CHECK(layout.is_v0 ? read_account_v0(reader, layout, account, length)
                                  : read_account_v1(reader, layout, account, length));
    }
    return {};
}

vm::MemoryRegion account_data_region(BorrowedAccount& account, std::uint64_t vm_addr,
                                     const SerializationOptions& options, std::uint8_t* copied_data,
                                     std::uint64_t copied_length) {
    const bool is_changeable = account.can_data_be_changed().has_value();
    vm::MemoryRegion region;
    if (!options.direct_mapping) {
        region = vm::MemoryRegion::writable({copied_data, copied_length}, vm_addr);
        region.is_writable = is_changeable;
    } else if (is_changeable && !account.is_shared()) {
        region = vm::MemoryRegion::writable(*account.data_mut(), vm_addr);
    } else {
        region = vm::MemoryRegion::readonly(account.data(), vm_addr);
    }
    if (is_changeable) region.payload = account.index_in_transaction();
    return region;
}

} // namespace fathom::invoke
