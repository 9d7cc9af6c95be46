// SPDX-License-Identifier: Apache-2.0
// Any text as a scenario: it is refused with a message, or it runs, on few units.
#include "fathom/base/assert.hpp"
#include "fathom/harness/scenario.hpp"

#include <algorithm>

namespace {

using namespace fathom;

/// Every file is the same small program.
class OneFile final : public harness::ScenarioFiles {
public:
    [[nodiscard]] Result<Bytes> read(std::string_view) const override {
        const ByteView text = as_bytes(".globl entrypoint\nentrypoint:\n mov64 r0, 1\n exit\n");
        return Bytes(text.begin(), text.end());
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto scenario = harness::parse_scenario(as_text({data, size}), OneFile());
    if (!scenario) {
        FATHOM_ASSERT(!scenario.error().message.empty());
        return 0;
    }
    if (scenario->transactions.size() > 8) scenario->transactions.resize(8);
    const auto runs = harness::run_scenario(*scenario, EngineChoice::Interpreter);
    if (!runs) {
        FATHOM_ASSERT(!runs.error().message.empty());
        return 0;
    }
    FATHOM_ASSERT(runs->size() == scenario->transactions.size());
    for (const harness::TransactionRun& run : *runs) {
        FATHOM_ASSERT(!explain(run.effects).empty());
        FATHOM_ASSERT(run.effects.commit != Commit::None || run.accounts.empty());
    }
    return 0;
}
