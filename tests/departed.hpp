// The version of a test federation's charter that one member has been removed from.
#pragma once

#include "crypto/charter_chain.hpp"
#include "mesh/sync/revocation.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

/// Signed by all others, with `ends` as those of the logs of `org`.
inline crypto::Charter without(Federation& federation, const std::string& org,
                               const std::vector<mesh::LastGood>& ends, WallTime created) {
  auto wish = federation.charter.body;
  std::erase_if(wish.members, [&](const auto& member) { return member.org == org; });
  wish.created = created;
  wish.amend = {};
  wish.policies.clear();
  wish.removed = {{org, {}}};
  for (const auto& end : ends)
    wish.removed[0].logs.push_back(*crypto::LastBatch::from(mesh::encode_last_good(end)));
  auto out = crypto::amend_charter(federation.charter, wish).value();
  for (std::size_t i = 0; i < federation.agents.size(); ++i)
    if (federation.agents[i].org != org)
      REQUIRE(crypto::sign_charter(out, federation.agents[i].org, federation.root(i)));
  return out;
}

}  // namespace tocsin::tests
