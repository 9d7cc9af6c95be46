// SPDX-License-Identifier: Apache-2.0
// Fuzz target: every instruction of the Address Lookup Table program, native, changed in any way.
#include "fathom/types/program_ids.hpp"
#include "fuzz/support/native_seeds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fathom::fuzzing::NativeFuzzer fuzzer(fathom::ids::kAddressLookupTableProgram);
    fuzzer.run({data, size});
    return 0;
}
