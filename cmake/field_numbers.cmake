# SPDX-License-Identifier: Apache-2.0
# fathom_field_numbers(<header> <proto files...>): a header with the field numbers and enumerators of
# the schema's messages, so that code reads and writes what the schema says. Messages are not nested.
include_guard(GLOBAL)

function(fathom_field_numbers header)
  set(text "// SPDX-License-Identifier: Apache-2.0\n// Field numbers of proto/*.proto; made by CMake.\n")
  string(APPEND text "#pragma once\n\n#include <cstdint>\n\nnamespace fathom::proto {\n")
  foreach(proto IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${proto}")
    file(READ "${proto}" schema)
    string(REGEX REPLACE "//[^\n]*" "" schema "${schema}")
    string(REGEX REPLACE "\n(syntax|package|import)[^\n]*" "" schema "\n${schema}")
    string(REGEX REPLACE "(message|enum) ([A-Za-z]+) {" "namespace \\2 {" schema "${schema}")
    # A field has a type in front of its name, an enumerator none.
    string(REGEX REPLACE "\n  (repeated )?[A-Za-z0-9]+ ([A-Za-z0-9_]+) = ([0-9]+);"
           "\n  \\2 = \\3;" schema "${schema}")
    string(REGEX REPLACE "\n  ([A-Za-z0-9_]+) = ([0-9]+);"
           "\ninline constexpr std::uint64_t \\1 = \\2;" schema "${schema}")
    string(APPEND text "${schema}")
  endforeach()
  string(REGEX REPLACE "[ ]*\n[\n ]*" "\n" text "${text}")
  string(APPEND text "} // namespace fathom::proto\n")
  file(CONFIGURE OUTPUT "${header}" CONTENT "${text}" @ONLY)
endfunction()
