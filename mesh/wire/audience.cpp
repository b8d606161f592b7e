#include <algorithm>

#include "mesh/wire/marking.hpp"

namespace tocsin::mesh {
namespace {

using crypto::Charter;
using crypto::Member;
using crypto::OrgRole;

Error not_permitted(std::string message, std::string hint) {
  return Error{Errc::marking, std::move(message), std::move(hint)};
}

void sort_distinct(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

Result<const Member*> known_member(std::string_view org, const Charter& charter) {
  if (const auto* member = charter.member(org)) return member;
  return std::unexpected(not_permitted(fmt::format("'{:.64}' is no member of the charter", org),
                                       "`tocsin charter show` lists the members"));
}

Result<Audience> named_persons(const std::vector<std::string>& to, std::string_view author_org,
                               const Charter& charter) {
  if (to.empty())
    return std::unexpected(not_permitted("TLP:RED goes to named persons, and none is named",
                                         "name each as ORG/ANALYST"));
  Audience out{false, {std::string(author_org)}, to};
  for (const auto& person : to) {
    const auto slash = person.find('/');
    if (slash == std::string::npos || !crypto::is_name(std::string_view(person).substr(slash + 1)))
      return std::unexpected(
          not_permitted(fmt::format("TLP:RED goes to persons, and '{:.64}' is none", person),
                        "name each as ORG/ANALYST"));
    const auto member = known_member(std::string_view(person).substr(0, slash), charter);
    if (!member) return std::unexpected(member.error());
  }
  sort_distinct(out.persons);
  return out;
}

// Everyone in `to` is a member of the charter, not a person, and within the marking.
Result<void> check_named_orgs(Tlp tlp, const std::vector<std::string>& to,
                              std::string_view author_org, const Charter& charter) {
  for (const auto& org : to) {
    if (org.find('/') != std::string::npos)
      return std::unexpected(not_permitted(
          fmt::format("'{:.64}' is a person; only TLP:RED goes to persons", org),
          "name the organisation, or mark it red"));
    const auto member = known_member(org, charter);
    if (!member) return std::unexpected(member.error());
    if (tlp == Tlp::amber && (*member)->role != OrgRole::operator_ && org != author_org)
      return std::unexpected(not_permitted(
          fmt::format("TLP:AMBER stays among operators, and '{}' is none", org),
          "release it to that organisation, or use amber+strict"));
  }
  return {};
}

Result<Audience> named_orgs(std::vector<std::string> orgs, std::string_view author_org) {
  orgs.emplace_back(author_org);
  sort_distinct(orgs);
  return Audience{false, std::move(orgs), {}};
}

std::vector<std::string> operators_of(const Charter& charter) {
  std::vector<std::string> out;
  for (const auto& member : charter.body.members)
    if (member.role == OrgRole::operator_) out.push_back(member.org);
  return out;
}

// Bytes that are sealed to persons may pass through the agents of their organisations only.
Refusal check_red(Exit exit, const Audience& audience, const Recipient& recipient) {
  const auto named = [&](std::string_view person) {
    return std::binary_search(audience.persons.begin(), audience.persons.end(), person);
  };
  const auto person = fmt::format("{}/{}", recipient.org, recipient.analyst);
  const auto has_person = [&] {
    return std::any_of(audience.persons.begin(), audience.persons.end(), [&](const auto& p) {
      return std::string_view(p).substr(0, p.find('/')) == recipient.org;
    });
  };
  switch (exit) {
    case Exit::push:
    case Exit::pull:
    case Exit::bundle:
      return (recipient.analyst.empty() ? has_person() : named(person)) ? Refusal::none
                                                                        : Refusal::red;
    case Exit::api:
      return !recipient.analyst.empty() && named(person) ? Refusal::none : Refusal::red;
    case Exit::relay:
    case Exit::export_:
    case Exit::edl:
      return Refusal::red;
  }
  return Refusal::red;
}

Refusal check_public(Exit exit, Tlp tlp, const Audience& audience) {
  switch (exit) {
    case Exit::push:
    case Exit::pull:
    case Exit::relay:
    case Exit::bundle:
    case Exit::api:
      return Refusal::unknown_recipient;
    case Exit::export_:
    case Exit::edl:
      if (tlp != Tlp::clear) return Refusal::marking;
      return audience.all_members ? Refusal::none : Refusal::not_in_audience;
  }
  return Refusal::unknown_recipient;
}

// A carrier holds bytes for others; it never reads, exports or publishes.
Refusal check_carrier(Exit exit, const Audience& audience) {
  switch (exit) {
    case Exit::push:
    case Exit::pull:
    case Exit::relay:
    case Exit::bundle:
      return audience.all_members || !audience.orgs.empty() ? Refusal::none
                                                            : Refusal::not_in_audience;
    case Exit::export_:
    case Exit::api:
    case Exit::edl:
      return Refusal::not_in_audience;
  }
  return Refusal::not_in_audience;
}

Refusal check_member(Tlp tlp, const Audience& audience, std::string_view org) {
  const bool named = std::binary_search(audience.orgs.begin(), audience.orgs.end(), org);
  switch (tlp) {
    case Tlp::clear:
    case Tlp::green:
      return audience.all_members || named ? Refusal::none : Refusal::not_in_audience;
    case Tlp::amber:
    case Tlp::amber_strict:
      // "All members" is no audience that these can have: a contradiction is refused.
      if (audience.all_members) return Refusal::marking;
      return named ? Refusal::none : Refusal::not_in_audience;
    case Tlp::red:
      return Refusal::red;
  }
  return Refusal::marking;
}

bool is_known(Marking marking) {
  return name_of(marking.tlp) != "unknown" && name_of(marking.pap) != "unknown";
}

}  // namespace

std::string_view name_of(Exit exit) {
  switch (exit) {
    case Exit::push: return "push";
    case Exit::pull: return "pull";
    case Exit::relay: return "relay";
    case Exit::bundle: return "bundle";
    case Exit::export_: return "export";
    case Exit::api: return "api";
    case Exit::edl: return "edl";
  }
  return "unknown";
}

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::not_in_audience: return "not_in_audience";
    case Refusal::marking: return "marking";
    case Refusal::red: return "red";
    case Refusal::unknown_recipient: return "unknown_recipient";
  }
  return "unknown";
}

Result<Audience> audience_of(Marking marking, const std::vector<std::string>& to,
                             std::string_view author_org, const Charter& charter) {
  if (!is_known(marking))
    return std::unexpected(not_permitted("unknown marking", "use TLP 2.0 and PAP"));
  const auto author = known_member(author_org, charter);
  if (!author) return std::unexpected(author.error());
  if (marking.tlp == Tlp::red) return named_persons(to, author_org, charter);

  const auto named = check_named_orgs(marking.tlp, to, author_org, charter);
  if (!named) return std::unexpected(named.error());
  if (!to.empty()) return named_orgs(to, author_org);

  switch (marking.tlp) {
    case Tlp::clear:
    case Tlp::green:
      return Audience{true, {}, {}};
    case Tlp::amber:
      return named_orgs(operators_of(charter), author_org);
    case Tlp::amber_strict:
    case Tlp::red:
      break;
  }
  return std::unexpected(not_permitted("TLP:AMBER+STRICT goes to named organisations, and none "
                                       "is named",
                                       "name them with --to"));
}

Refusal check_exit(Exit exit, Marking marking, const Audience& audience,
                   const Recipient& recipient, const Charter& charter) {
  if (!is_known(marking)) return Refusal::marking;
  if (name_of(exit) == "unknown") return Refusal::not_in_audience;
  if (exit == Exit::edl && !may_block(marking)) return Refusal::marking;
  if (recipient.sealed_carrier && marking.tlp == Tlp::red) return Refusal::red;
  if (recipient.org.empty()) {
    if (recipient.sealed_carrier || !recipient.analyst.empty()) return Refusal::unknown_recipient;
    return check_public(exit, marking.tlp, audience);
  }
  if (charter.member(recipient.org) == nullptr) return Refusal::unknown_recipient;
  if (marking.tlp == Tlp::red) return check_red(exit, audience, recipient);
  if (recipient.sealed_carrier) return check_carrier(exit, audience);
  return check_member(marking.tlp, audience, recipient.org);
}

}  // namespace tocsin::mesh
