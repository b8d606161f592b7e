#include "playbooks/runs/standing.hpp"

#include <algorithm>

namespace tocsin::playbooks {

Result<void> StandingBook::add(const StandingBody& body) {
  if (body.types.empty() || body.count == 0 || body.expires <= body.created)
    return fail(Errc::invalid, "pre-authorisation: it names no types, no count or no period");
  const auto terms = terms_digest(body);
  if (!entries_.contains(terms) && entries_.size() >= terms_max)
    return fail(Errc::full, "{} pre-authorisations are held already", terms_max);
  auto& entry = entries_[terms];
  if (entry.signers.empty()) entry.body = body;
  if (!entry.signers.emplace(body.org, body.analyst).second)
    return fail(Errc::duplicate, "{}/{} has signed these terms already", body.org, body.analyst);
  return {};
}

void StandingBook::use(const Digest& terms, const Digest& use) {
  uses_[terms].insert(use);
}

std::optional<Digest> StandingBook::covers(const Ask& ask, const crypto::Policy& policy,
                                           const crypto::Charter& charter) const {
  for (const auto& [terms, entry] : entries_) {
    const auto& body = entry.body;
    const bool fits = body.playbook == ask.playbook && body.action_class == ask.action_class &&
                      std::find(body.types.begin(), body.types.end(), ask.type) !=
                          body.types.end() &&
                      ask.confidence >= body.confidence_min && body.created <= ask.now &&
                      ask.now < body.expires;
    if (ask.trigger != Trigger::none && ask.trigger != body.trigger) continue;
    if (!fits || used(terms) + ask.effects > body.count) continue;
    std::set<std::string> orgs;
    for (const auto& [org, analyst] : entry.signers) orgs.insert(org);
    if (distinct_orgs(orgs, policy, charter) >= orgs_needed(policy)) return terms;
  }
  return std::nullopt;
}

std::uint32_t StandingBook::used(const Digest& terms) const {
  const auto found = uses_.find(terms);
  return found == uses_.end() ? 0 : std::uint32_t(found->second.size());
}

std::vector<StandingStatus> StandingBook::all() const {
  std::vector<StandingStatus> out;
  for (const auto& [terms, entry] : entries_)
    out.push_back({terms, entry.body, {entry.signers.begin(), entry.signers.end()}, used(terms)});
  return out;
}

std::vector<StandingStatus> StandingBook::triggered(Trigger trigger, WallTime now) const {
  auto out = all();
  std::erase_if(out, [&](const StandingStatus& one) {
    return one.body.trigger != trigger || now < one.body.created || one.body.expires <= now;
  });
  return out;
}

Digest standing_use(const RunId& run, std::string_view step, std::uint32_t index) {
  ByteWriter out;
  out.fixed(run);
  out.blob32(bytes_of(step));
  out.u32(index);
  return crypto::blake2b(out.bytes());
}

std::uint32_t distinct_orgs(const std::set<std::string>& orgs, const crypto::Policy& policy,
                            const crypto::Charter& charter) {
  std::uint32_t out = 0;
  for (const auto& org : orgs) {
    const auto* member = charter.member(org);
    if (member && member->role == policy.org_role && !charter.body.is_lost(org)) ++out;
  }
  return out;
}

std::uint32_t orgs_needed(const crypto::Policy& policy) {
  return std::uint32_t(std::max(policy.orgs_distinct, 1));
}

}  // namespace tocsin::playbooks
