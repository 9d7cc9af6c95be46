// SPDX-License-Identifier: Apache-2.0
// Transactions with all that they need, written for litesvm: rows.json and the ELFs beside it.
#pragma once

#include "fathom/harness/json_writer.hpp"
#include "vm_rows.hpp"

#include <filesystem>

namespace fathom::bench {

class RowWriter {
public:
    explicit RowWriter(std::filesystem::path folder);
    void add(const TransactionRow& row);
    /// After the last one.
    void finish();

private:
    std::filesystem::path folder_;
    harness::JsonWriter json_;
};

} // namespace fathom::bench
