// The heads that a fuzzed change of heads is applied to.
#pragma once

#include "mesh/wire/head_delta.hpp"

namespace tocsin::fuzz {

inline std::vector<mesh::LogHead> delta_basis() {
  using mesh::LogClass;
  return {{{AgentId{{1}}, 1, {}, LogClass::urgent}, 8, 2, Digest{{7}}, {{10, 20}, {25, 25}}},
          {{AgentId{{1}}, 1, {}, LogClass::case_}, 1, 0, Digest{{8}}, {}},
          {{AgentId{{2}}, 5, ScopeId{{9}}, LogClass::control}, 0, 0, {}, {{3, 4}}}};
}

}  // namespace tocsin::fuzz
