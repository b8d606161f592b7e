// Cap'n Proto 0.9 compares texts in a way that Clang 19 takes at its word in C++20 and later:
// since StringPtr has an operator!=, Clang does not turn its operator== around. Included before
// everything else in the fuzzers' build.
#pragma once

#include <kj/string.h>

#if defined(__clang__) && __cpp_impl_three_way_comparison
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return b == StringPtr(a); }
}  // namespace kj
#endif
