// Small inputs from the real encoders, with which the fuzzer begins.
#pragma once

#include <map>
#include <string>

#include "crypto/bytes.hpp"

namespace tocsin::fuzz {

/// By `TARGET/NAME`. All of them are accepted by their target.
std::map<std::string, Bytes> made_seeds();
/// Those of `joint` among them.
void add_joint(std::map<std::string, Bytes>& out);

}  // namespace tocsin::fuzz
