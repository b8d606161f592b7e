// A charter of operators, an authority, an observer and a vendor, for markings.
#pragma once

#include "crypto/charter.hpp"

namespace tocsin::tests {

inline crypto::Charter sample_charter() {
  using crypto::OrgRole;
  crypto::Charter out;
  const auto add = [&](std::string org, OrgRole role) {
    crypto::Member member;
    member.org = std::move(org);
    member.role = role;
    out.body.members.push_back(std::move(member));
  };
  add("delos", OrgRole::operator_);
  add("bleu", OrgRole::operator_);
  add("third", OrgRole::operator_);
  add("bsi", OrgRole::authority);
  add("watch", OrgRole::observer);
  add("maker", OrgRole::vendor);
  return out;
}

}  // namespace tocsin::tests
