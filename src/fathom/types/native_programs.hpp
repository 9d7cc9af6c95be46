// SPDX-License-Identifier: Apache-2.0
// Which programs run natively though clusters have them as ELF files.
#pragma once

namespace fathom {

/// Programs that Agave 4.3 has as ELF files in accounts ("Core BPF"). Chosen here, the program runs
/// natively, whatever its account holds: for chains that begin without those files. What can be
/// observed is the same except for compute units (docs/native-programs.md).
struct NativePrograms {
    bool stake = false;
    bool config = false;
    bool address_lookup_table = false;
    bool feature_gate = false;

    friend bool operator==(const NativePrograms&, const NativePrograms&) = default;
};

} // namespace fathom
