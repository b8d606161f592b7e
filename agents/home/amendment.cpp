#include "agents/home/amendment.hpp"

#include <algorithm>
#include <charconv>

#include "agents/home/agreement.hpp"
#include "agents/home/person.hpp"
#include "crypto/charter_body.hpp"
#include "crypto/charter_chain.hpp"

namespace tocsin::agents {
namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<int> number_in(std::string_view text) {
  int out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (bad != std::errc() || end != text.data() + text.size() || out < 1) return std::nullopt;
  return out;
}

Result<void> check_names(const crypto::Charter& current, const Amendment& wish) {
  for (const auto* list : {&wish.removed, &wish.lost, &wish.back})
    for (const auto& org : *list)
      if (!current.member(org))
        return std::unexpected(Error{Errc::usage,
                                     fmt::format("{} is no member of {}", org, current.body.name),
                                     "`tocsin charter show` lists the members"});
  for (const auto& org : wish.lost)
    if (holds(wish.removed, org) || holds(wish.back, org))
      return fail(Errc::usage, "{} cannot be lost and removed or back at once", org);
  for (const auto& card : wish.cards)
    if (holds(wish.removed, card.org))
      return fail(Errc::usage, "{} cannot join and be removed at once", card.org);
  return {};
}

void change_members(crypto::CharterBody& body, const Amendment& wish) {
  std::erase_if(body.members,
                [&](const crypto::Member& member) { return holds(wish.removed, member.org); });
  for (const auto& card : wish.cards) {
    const auto at =
        std::find_if(body.members.begin(), body.members.end(),
                     [&](const crypto::Member& member) { return member.org == card.org; });
    if (at == body.members.end())
      body.members.push_back(card);
    else
      *at = card;
  }
  body.removed = wish.departures;
  std::erase_if(body.lost, [&](const std::string& org) {
    return holds(wish.back, org) || holds(wish.removed, org);
  });
  for (const auto& org : wish.lost)
    if (!body.is_lost(org)) body.lost.push_back(org);
}

void change_policies(crypto::CharterBody& body, const std::vector<PolicyWish>& wishes) {
  for (const auto& wish : wishes) {
    auto at = std::find_if(
        body.policies.begin(), body.policies.end(),
        [&](const crypto::Policy& policy) { return policy.action_class == wish.action_class; });
    if (at == body.policies.end()) {
      body.policies.push_back({.action_class = wish.action_class});
      at = std::prev(body.policies.end());
    }
    at->orgs_distinct = wish.orgs_distinct;
    at->local_orgs_distinct = wish.local_orgs_distinct;
  }
}

void change_rule(crypto::CharterBody& body, const crypto::CharterBody& before,
                 const Amendment& wish) {
  const auto usual = crypto::default_amend_rule(before.members);
  const auto& rule = before.amend;
  if (rule.members == usual.members && rule.operators == usual.operators &&
      rule.lost_max == usual.lost_max)
    body.amend = crypto::default_amend_rule(body.members);
  if (wish.members) body.amend.members = *wish.members;
  if (wish.operators) body.amend.operators = *wish.operators;
}

}  // namespace

Result<PolicyWish> policy_from(std::string_view text) {
  const auto equals = text.find('=');
  const auto slash = text.find('/');
  if (equals == std::string_view::npos || (slash != std::string_view::npos && slash < equals))
    return fail(Errc::usage, "--policy {}: write CLASS=ORGS or CLASS=ORGS/LOCAL", text);
  const auto orgs = number_in(text.substr(equals + 1, slash == std::string_view::npos
                                                          ? std::string_view::npos
                                                          : slash - equals - 1));
  const auto local = slash == std::string_view::npos ? std::optional(1)
                                                     : number_in(text.substr(slash + 1));
  if (!orgs || !local)
    return fail(Errc::usage, "--policy {}: the thresholds are whole numbers from 1", text);
  return PolicyWish{std::string(text.substr(0, equals)), *orgs, *local};
}

Result<crypto::Charter> amended(const crypto::Charter& current, const Amendment& wish,
                                WallTime now) {
  if (const auto good = check_names(current, wish); !good) return std::unexpected(good.error());
  auto body = current.body;
  change_members(body, wish);
  change_policies(body, wish.policies);
  change_rule(body, current.body, wish);
  if (wish.expires) body.expires = *wish.expires;
  auto same = body;
  same.created = current.body.created;
  same.removed = current.body.removed;  // Of those that left before.
  if (crypto::write_charter_body(same) == current.body_text)
    return std::unexpected(Error{Errc::refused, "nothing would change",
                                 "say what: --add, --remove, --lost, --expires, ..."});
  body.created = std::max(now, current.body.created);
  auto out = crypto::amend_charter(current, std::move(body));
  if (!out && out.error().message.find("'orgs_distinct'") != std::string::npos)
    return std::unexpected(hinted(out.error(), "lower it expressly with --policy CLASS=ORGS"));
  return out;
}

crypto::Card rerooted_card(const PublicHome& home, const NewRoot& root) {
  auto card = home.card;
  card.root = root.root.public_key();
  card.recovery = root.recovery.public_key();
  return card;
}

Result<void> sign_rerooting(mesh::Disk& disk, const PublicHome& home, const NewRoot& root,
                            const crypto::SigningKey& recovery, const Path& folder,
                            crypto::Charter& charter, WallTime now) {
  const auto signing = sign_agreement(charter, root.root, now, &recovery);
  if (!signing) return std::unexpected(signing.error());
  const auto persons = read_analysts(disk, home);
  if (!persons) return std::unexpected(persons.error());
  for (const auto& person : *persons) {
    auto body = person.body;
    body.not_before = now - std::chrono::hours(1);
    body.not_after = body.not_before + std::chrono::days(372);
    const auto renewed = crypto::certify(body, root.root, charter.federation);
    const auto written = disk.write_atomic(staged(home.at.analyst(body.name)), renewed.encoded,
                                           mesh::FileMode::shared);
    if (!written) return written;
  }
  const auto card = crypto::write_card(rerooted_card(home, root), root.root);
  auto done = disk.write_atomic(RootLayout{folder}.card(), bytes_of(card), mesh::FileMode::shared);
  if (done)
    done = disk.write_atomic(staged(home.at.card()), bytes_of(card), mesh::FileMode::shared);
  return done;
}

}  // namespace tocsin::agents
