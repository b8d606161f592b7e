#include "agents/cli/charter_document.hpp"

#include <set>

#include "crypto/base_encoding.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::agents::cli {
namespace {

json::array members_of(const crypto::CharterBody& body) {
  json::array out;
  for (const auto& member : body.members) {
    json::array agents;
    for (const auto& agent : member.agents) agents.emplace_back(agent.name);
    out.push_back(json::object{{"org", member.org},
                               {"name", member.name},
                               {"country", member.country},
                               {"role", crypto::name_of(member.role)},
                               {"agents", std::move(agents)},
                               {"lost", body.is_lost(member.org)}});
  }
  return out;
}

json::array policies_of(const crypto::CharterBody& body) {
  json::array out;
  for (const auto& policy : body.policies)
    out.push_back(json::object{{"class", policy.action_class},
                               {"orgs_distinct", policy.orgs_distinct},
                               {"org_role", crypto::name_of(policy.org_role)},
                               {"analyst_role", crypto::name_of(policy.analyst_role)},
                               {"local_orgs_distinct", policy.local_orgs_distinct}});
  return out;
}

std::vector<std::string> orgs_added(const crypto::Charter& charter) {
  std::vector<std::string> out;
  const auto* before = charter.before();
  for (const auto& member : charter.body.members)
    if (before && !before->member(member.org)) out.push_back(member.org);
  return out;
}

}  // namespace

std::string change_lines(const crypto::Charter& charter) {
  std::string out;
  for (const auto& org : orgs_added(charter))
    out += fmt::format("version {} adds {}\n", charter.body.version, org);
  for (const auto& departure : charter.body.removed)
    out += departure.logs.empty()
               ? fmt::format("version {} removes {}, and nothing that it signed counts any more\n",
                             charter.body.version, departure.org)
               : fmt::format("version {} removes {}: the last batches of {} logs are named, and "
                             "nothing after them counts\n",
                             charter.body.version, departure.org, departure.logs.size());
  return out;
}

json::object charter_document(const crypto::Charter& charter, WallTime now) {
  json::array signatures, former, removed, added;
  for (const auto& org : orgs_added(charter)) added.emplace_back(org);
  for (const auto& departure : charter.body.removed)
    removed.push_back(json::object{{"org", departure.org}, {"logs", departure.logs.size()}});
  for (const auto& signature : charter.signatures) signatures.emplace_back(signature.org);
  std::set<std::string> gone;
  for (const auto& past : charter.past_roots)
    if (!charter.member(past.org) && gone.insert(past.org).second) former.emplace_back(past.org);
  const auto complete = crypto::check_complete(charter, now);
  return {{"federation", to_base32(charter.federation)},
          {"name", charter.body.name},
          {"version", charter.body.version},
          {"exercise", charter.body.exercise},
          {"created", mesh::to_rfc3339(charter.body.created)},
          {"expires", mesh::to_rfc3339(charter.body.expires)},
          {"members", members_of(charter.body)},
          {"signatures", std::move(signatures)},
          {"policies", policies_of(charter.body)},
          {"amend", json::object{{"members", charter.body.amend.members},
                                 {"operators", charter.body.amend.operators},
                                 {"lost_max", charter.body.amend.lost_max}}},
          {"former", std::move(former)},
          {"added", std::move(added)},
          {"removed", std::move(removed)},
          {"missing", complete ? json::value(nullptr) : json::value(complete.error().message)}};
}

}  // namespace tocsin::agents::cli
