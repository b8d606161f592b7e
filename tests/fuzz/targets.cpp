#include "tests/fuzz/targets.hpp"

#include <algorithm>

namespace tocsin::fuzz {

std::span<const Target> targets() {
  static constexpr Target all[] = {{"batch", batch},         {"bundle", bundle},
                                   {"card", card},           {"charter", charter},
                                   {"frame", frame},         {"handshake", handshake},
                                   {"heads", heads},         {"joint", joint},
                                   {"record", record}};
  return all;
}

const Target* find_target(std::string_view name) {
  const auto all = targets();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const Target& target) { return target.name == name; });
  return at == all.end() ? nullptr : &*at;
}

}  // namespace tocsin::fuzz
