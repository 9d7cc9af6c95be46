// SPDX-License-Identifier: Apache-2.0
// The one hash map type of the project: open addressing, no iteration order that may reach an
// output.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

namespace fathom {

template <class Key, class Value, class Hash = boost::hash<Key>>
using FlatMap = boost::unordered_flat_map<Key, Value, Hash>;

template <class Key, class Hash = boost::hash<Key>>
using FlatSet = boost::unordered_flat_set<Key, Hash>;

} // namespace fathom
