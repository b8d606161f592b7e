#include "crypto/charter_chain.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "crypto/charter_body.hpp"
#include "crypto/digest.hpp"

namespace tocsin::crypto {
namespace {

using Orgs = std::set<std::string_view>;

bool same_entry(const Member& a, const Member& b) {
  const auto agents = [](const CardAgent& x, const CardAgent& y) {
    return x.name == y.name && x.signing == y.signing && x.channel == y.channel &&
           x.sealing == y.sealing && x.addresses() == y.addresses() && x.proof == y.proof;
  };
  return a.name == b.name && a.country == b.country && a.role == b.role && a.root == b.root &&
         a.recovery == b.recovery && a.own_networks == b.own_networks &&
         std::equal(a.agents.begin(), a.agents.end(), b.agents.begin(), b.agents.end(), agents);
}

struct Count {
  int members = 0, operators = 0;
};

Count count_of(const CharterBody& body, const std::function<bool(const Member&)>& counts) {
  Count out;
  for (const auto& member : body.members) {
    if (!counts(member)) continue;
    ++out.members;
    out.operators += member.role == OrgRole::operator_;
  }
  return out;
}

// Members that `next` removes or calls lost sign nothing. Each lost one lowers what is asked for to
// all of the others, and so does one removal: nobody can veto its own. Never below more than half,
// so that no two groups can both amend.
Result<void> check_rule(const CharterBody& body, const CharterBody& next, const Orgs& signers) {
  const auto is_lost = [&](const Member& member) { return next.is_lost(member.org); };
  const auto is_removed = [&](const Member& member) { return !next.member(member.org); };
  const auto lost = count_of(body, is_lost), removed = count_of(body, is_removed);
  const auto all = count_of(body, [](const Member&) { return true; });
  const auto have = count_of(body, [&](const Member& member) {
    return !is_lost(member) && !is_removed(member) && signers.contains(member.org);
  });
  const Count can{all.members - lost.members - std::min(removed.members, 1),
                  all.operators - lost.operators - std::min(removed.operators, 1)};
  const Count need{std::max(all.members / 2 + 1, std::min(body.amend.members, can.members)),
                   std::min(body.amend.operators, can.operators)};
  if (have.members >= need.members && have.operators >= need.operators) return {};
  return std::unexpected(
      Error{Errc::refused,
            fmt::format("charter: version {} has the signatures of {} members, {} of them "
                        "operators; by the rule of version {} it needs {} and {}",
                        next.version, have.members, have.operators, body.version, need.members,
                        need.operators),
            "other members add theirs with `tocsin charter sign`"});
}

// Nobody is made a member, and no entry is changed, without the organisation's own word.
bool must_sign(const CharterBody& before, const Member& member) {
  const auto* old = before.member(member.org);
  return !old || !same_entry(*old, member);
}

Result<void> check_signatures(const CharterBody* before, const CharterBody& next,
                              std::string_view text, const FederationId& federation,
                              const std::vector<CharterSignature>& signatures) {
  Orgs seen;
  for (const auto& one : signatures) {
    const auto* key = signing_key_for(before, next, one.org);
    if (!key)
      return fail(Errc::invalid, "charter: signed by '{}', who is no member", one.org);
    if (!verify(Label::charter, signed_under(next, federation), bytes_of(text), *key,
                one.signature))
      return fail(Errc::unauthenticated, "charter: the signature of '{}' does not fit", one.org);
    if (!seen.insert(one.org).second)
      return fail(Errc::invalid, "charter: signed twice by '{}'", one.org);
  }
  return {};
}

const Departure* departure_in(const CharterBody& body, std::string_view org) {
  for (const auto& departure : body.removed)
    if (departure.org == org) return &departure;
  return nullptr;
}

// Of the wish only those that leave with this version; whoever it does not speak of leaves nothing.
std::vector<Departure> departures(const CharterBody& before, const CharterBody& wish) {
  std::vector<Departure> out;
  for (const auto& member : before.members) {
    if (wish.member(member.org)) continue;
    const auto* said = departure_in(wish, member.org);
    out.push_back(said ? *said : Departure{member.org, {}});
    std::sort(out.back().logs.begin(), out.back().logs.end());
  }
  return out;
}

Charter successor(const Charter& current, std::string text, CharterBody body) {
  Charter out;
  out.federation = current.federation;
  out.earlier = current.earlier;
  out.earlier.push_back({current.body_text, current.body, current.signatures});
  out.past_roots = past_roots_of(out.earlier, body);
  out.body_text = std::move(text);
  out.body = std::move(body);
  for (const auto& encoded : current.certificates)  // Those of former members are evidence.
    out.certificates.push_back(encoded);
  return out;
}

}  // namespace

FederationId signed_under(const CharterBody& body, const FederationId& federation) {
  return body.version == 1 ? FederationId{} : federation;
}

const PublicKey* signing_key_for(const CharterBody* before, const CharterBody& next,
                                 std::string_view org) {
  const auto* now = next.member(org);
  const auto* old = before ? before->member(org) : nullptr;
  if (!old) return now ? &now->root : nullptr;
  const bool rooted_anew = now && (now->root != old->root || now->recovery != old->recovery);
  return rooted_anew ? &old->recovery : &old->root;
}

Result<void> check_link(const CharterBody& before, std::string_view before_text,
                        const CharterBody& next) {
  if (next.version != before.version + 1 || next.previous != blake2b(bytes_of(before_text)))
    return fail(Errc::invalid, "charter: version {} does not follow from version {}",
                next.version, before.version);
  if (next.exercise != before.exercise)
    return fail(Errc::invalid, "charter: 'exercise' cannot change");
  if (next.created < before.created)
    return fail(Errc::invalid, "charter: 'created' is before that of the version before");
  for (const auto& departure : next.removed)
    if (!before.member(departure.org))
      return fail(Errc::invalid, "charter: 'removed' names '{}', who was no member",
                  departure.org);
  for (const auto& member : before.members)
    if (!next.member(member.org) && !departure_in(next, member.org))
      return fail(Errc::invalid, "charter: '{}' is left out, and 'removed' does not name it",
                  member.org);
  const auto lost = std::count_if(next.lost.begin(), next.lost.end(),
                                  [&](const auto& org) { return before.member(org); });
  if (lost > before.amend.lost_max)
    return fail(Errc::invalid, "charter: 'lost' names {} members, version {} allows {}", lost,
                before.version, before.amend.lost_max);
  return {};
}

Result<void> check_signers(const CharterBody* before, const CharterBody& next,
                           const Orgs& signers) {
  std::string missing;
  for (const auto& member : next.members) {
    if (signers.contains(member.org) || (before && !must_sign(*before, member))) continue;
    missing += (missing.empty() ? "" : ", ") + member.org;
  }
  if (!missing.empty())
    return std::unexpected(Error{Errc::refused, "charter: not signed by " + missing,
                                 "each of them adds its signature to this very file"});
  if (!before) return {};
  if (auto good = check_rule(*before, next, signers); !good) return good;
  return check_rule(next, next, signers);
}

std::vector<PastRoot> past_roots_of(const std::vector<CharterVersion>& earlier,
                                    const CharterBody& last) {
  std::vector<PastRoot> out;
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const auto& after = i + 1 < earlier.size() ? earlier[i + 1].body : last;
    for (const auto& member : earlier[i].body.members) {
      const auto* kept = after.member(member.org);
      if (!kept || kept->root != member.root)
        out.push_back({member.org, member.root, after.created});
    }
  }
  return out;
}

Result<Charter> amend_charter(const Charter& current, CharterBody wish) {
  if (current.earlier.size() >= versions_max)
    return fail(Errc::full, "charter: {} versions already", versions_max);
  wish.version = current.body.version + 1;
  wish.previous = blake2b(bytes_of(current.body_text));
  wish.exercise = current.body.exercise;
  if (wish.amend.members == 0) wish.amend = default_amend_rule(wish.members);
  if (wish.policies.empty()) wish.policies = default_policies(wish.members);
  wish.removed = departures(current.body, wish);
  if (const auto good = check_charter_body(wish); !good) return std::unexpected(good.error());
  if (const auto good = check_link(current.body, current.body_text, wish); !good)
    return std::unexpected(good.error());
  auto text = write_charter_body(wish);
  return successor(current, std::move(text), std::move(wish));
}

Result<Charter> follow_charter(const Charter& current, std::string body_text,
                               std::vector<CharterSignature> signatures) {
  if (current.earlier.size() >= versions_max)
    return fail(Errc::full, "charter: {} versions already", versions_max);
  auto body = read_charter_body(body_text);
  if (!body) return std::unexpected(body.error());
  if (const auto good = check_link(current.body, current.body_text, *body); !good)
    return fail(Errc::refused, "{}", good.error().message);
  if (const auto good = check_signatures(&current.body, *body, body_text, current.federation,
                                         signatures);
      !good)
    return std::unexpected(good.error());
  auto out = successor(current, std::move(body_text), std::move(*body));
  out.signatures = std::move(signatures);
  return out;
}

Result<bool> check_succession(const Charter& current, const Charter& next) {
  if (next.federation != current.federation)
    return fail(Errc::refused, "charter: {} is the agreement of another federation",
                next.body.name);
  const auto in_force = current.body.version;
  if (next.body.version < in_force)
    return fail(Errc::refused, "charter: version {} is older than version {}, which is in force",
                next.body.version, in_force);
  const bool newer = next.body.version > in_force;
  // Versions count up from 1 without a gap, so the one in force stands at this place.
  const auto& held = newer ? next.earlier[in_force - 1].body_text : next.body_text;
  if (held != current.body_text)
    return fail(Errc::refused, "charter: {} does not follow from version {} that is in force: "
                "there are two of them", newer ? fmt::format("version {}", next.body.version)
                                               : std::string("this version"), in_force);
  return newer;
}

}  // namespace tocsin::crypto
