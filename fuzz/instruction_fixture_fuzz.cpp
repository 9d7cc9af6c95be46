// SPDX-License-Identifier: Apache-2.0
// Any bytes as an archive and as a fixture of either layout: refused with a reason, or read.
#include "fathom/harness/instruction_fixture.hpp"
#include "fathom/harness/tar_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fathom::harness;
    (void)parse_mollusk_fixture({data, size});
    (void)parse_protosol_fixture({data, size});
    (void)read_tar({data, size});
    return 0;
}
