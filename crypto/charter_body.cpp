#include "crypto/charter_body.hpp"

#include <algorithm>
#include <set>

#include <boost/json/serialize.hpp>

#include "crypto/card_fields.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::size_t charter_name_max = 128;
constexpr std::size_t word_max = 64;
constexpr WallTime expires_max{253'402'300'799'999};  // The last year with four digits.
constexpr Duration local_ttl_min = std::chrono::seconds(1);

std::int64_t seconds_of(Duration d) {
  return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}

Result<void> check_members(const std::vector<Member>& members) {
  if (members.empty() || members.size() > members_max)
    return fail(Errc::invalid, "'members' must hold 1 to {} organisations, not {}",
                members_max, members.size());
  std::set<std::string_view> orgs;
  std::set<PublicKey> keys;
  for (const auto& member : members) {
    if (const auto good = check_card(member); !good)
      return within(fmt::format("member '{}'", member.org), good.error());
    if (!orgs.insert(member.org).second)
      return fail(Errc::invalid, "'members' holds '{}' twice", member.org);
    if (!keys.insert(member.root).second || !keys.insert(member.recovery).second)
      return fail(Errc::invalid, "member '{}': another has the same root or recovery key",
                  member.org);
    for (const auto& agent : member.agents)
      for (const auto& key : {agent.signing, agent.channel, agent.sealing})
        if (!keys.insert(key).second)
          return fail(Errc::invalid, "member '{}': agent '{}' shares a key with another",
                      member.org, agent.name);
  }
  return {};
}

// Members that are lost can fulfil nothing.
Result<void> check_policy(const Policy& policy, const CharterBody& body) {
  if (!is_name(policy.action_class))
    return fail(Errc::invalid, "'action_class' must be 1 to 32 of a-z, 0-9, '-', '.'");
  const auto able =
      std::count_if(body.members.begin(), body.members.end(), [&](const Member& member) {
        return member.role == policy.org_role && !body.is_lost(member.org);
      });
  if (policy.orgs_distinct < 1 || policy.orgs_distinct > able)
    return fail(Errc::invalid,
                "'orgs_distinct' is {}, must be from 1 to the {} members with role {}",
                policy.orgs_distinct, able, name_of(policy.org_role));
  if (policy.local_orgs_distinct < 1 || policy.local_orgs_distinct > policy.orgs_distinct)
    return fail(Errc::invalid, "'local_orgs_distinct' is {}, must be from 1 to {}",
                policy.local_orgs_distinct, policy.orgs_distinct);
  if (policy.local_ttl_max < local_ttl_min || policy.local_ttl_max > local_ttl_limit ||
      policy.local_ttl_max % std::chrono::seconds(1) != Duration(0))
    return fail(Errc::invalid, "'local_ttl_s' must be whole seconds, 1 to {}",
                seconds_of(local_ttl_limit));
  return {};
}

Result<void> check_policies(const CharterBody& body) {
  if (body.policies.size() > policies_max)
    return fail(Errc::invalid, "'policies' has {} entries, limit {}",
                body.policies.size(), policies_max);
  std::set<std::string_view> classes;
  for (const auto& policy : body.policies) {
    if (const auto good = check_policy(policy, body); !good)
      return within(fmt::format("policy '{}'", policy.action_class), good.error());
    if (!classes.insert(policy.action_class).second)
      return fail(Errc::invalid, "'policies' holds '{}' twice", policy.action_class);
  }
  return {};
}

Result<void> check_lost(const CharterBody& body) {
  std::set<std::string_view> seen;
  for (const auto& org : body.lost) {
    if (!body.member(org)) return fail(Errc::invalid, "'lost' names '{:.64}', who is no member", org);
    if (!seen.insert(org).second) return fail(Errc::invalid, "'lost' names '{}' twice", org);
  }
  if (std::int64_t(body.lost.size()) > body.amend.lost_max)
    return fail(Errc::invalid, "'lost' names {} members, 'lost_max' is {}", body.lost.size(),
                body.amend.lost_max);
  return {};
}

Result<void> check_departures(const CharterBody& body) {
  std::set<std::string_view> orgs;
  std::size_t logs = 0;
  for (const auto& departure : body.removed) {
    if (!is_name(departure.org) || body.member(departure.org))
      return fail(Errc::invalid, "'removed' names '{:.64}', who is a member or no name",
                  departure.org);
    if (!orgs.insert(departure.org).second)
      return fail(Errc::invalid, "'removed' names '{}' twice", departure.org);
    const auto log_of = [](const LastBatch& last) { return last.view().first(log_key_size); };
    for (std::size_t i = 1; i < departure.logs.size(); ++i)
      if (!std::ranges::lexicographical_compare(log_of(departure.logs[i - 1]),
                                                log_of(departure.logs[i])))
        return fail(Errc::invalid, "'removed': the logs of '{}' do not ascend", departure.org);
    logs += departure.logs.size();
  }
  if (logs > departed_logs_max)
    return fail(Errc::invalid, "'removed' names {} logs, limit {}", logs, departed_logs_max);
  return {};
}

Result<void> check_amend(const CharterBody& body) {
  const auto& rule = body.amend;
  const int members = int(body.members.size());
  const auto operators = std::count_if(
      body.members.begin(), body.members.end(),
      [](const Member& member) { return member.role == OrgRole::operator_; });
  if (rule.members <= members / 2 || rule.members > members)
    return fail(Errc::invalid, "'amend_members' is {}, must be from {} to {}", rule.members,
                members / 2 + 1, members);
  if (rule.operators < 0 || rule.operators > operators)
    return fail(Errc::invalid, "'amend_operators' is {}, must be from 0 to {}",
                rule.operators, operators);
  if (rule.lost_max < 0 || rule.lost_max > (members - 1) / 2)
    return fail(Errc::invalid, "'lost_max' is {}, must be from 0 to {}", rule.lost_max,
                (members - 1) / 2);
  return {};
}

AmendRule take_amend(StrictFields& fields) {
  AmendRule rule;
  rule.members = int(fields.number("amend_members", 1, members_max));
  rule.operators = int(fields.number("amend_operators", 0, members_max));
  rule.lost_max = int(fields.number("lost_max", 0, members_max));
  return rule;
}

boost::json::object policy_object(const Policy& policy) {
  return {{"action_class", policy.action_class},
          {"orgs_distinct", policy.orgs_distinct},
          {"org_role", name_of(policy.org_role)},
          {"analyst_role", name_of(policy.analyst_role)},
          {"local_orgs_distinct", policy.local_orgs_distinct},
          {"local_ttl_s", seconds_of(policy.local_ttl_max)}};
}

Policy take_policy(StrictFields& fields) {
  Policy policy;
  policy.action_class = fields.text("action_class", word_max);
  policy.orgs_distinct = int(fields.number("orgs_distinct", 1, members_max));
  const auto org_role = org_role_from(fields.text("org_role", word_max));
  if (org_role)
    policy.org_role = *org_role;
  else
    fields.reject(Error{Errc::invalid, fields.where() + ": " + org_role.error().message});
  const auto analyst_role = analyst_role_from(fields.text("analyst_role", word_max));
  if (analyst_role)
    policy.analyst_role = *analyst_role;
  else
    fields.reject(
        Error{Errc::invalid, fields.where() + ": " + analyst_role.error().message});
  policy.local_orgs_distinct = int(fields.number("local_orgs_distinct", 1, members_max));
  policy.local_ttl_max =
      std::chrono::seconds(fields.number("local_ttl_s", 1, seconds_of(local_ttl_limit)));
  return policy;
}

boost::json::object departure_object(const Departure& departure) {
  boost::json::array logs;
  for (const auto& last : departure.logs) logs.emplace_back(to_base64(last.view()));
  return {{"org", departure.org}, {"logs", std::move(logs)}};
}

Departure take_departure(StrictFields& fields) {
  Departure departure;
  departure.org = fields.text("org", word_max);
  for (const auto& value : fields.list("logs", departed_logs_max)) {
    const auto* text = value.if_string();
    const auto bytes = from_base64(text ? std::string_view(*text) : "?");
    const auto last = bytes ? LastBatch::from(*bytes) : std::unexpected(bytes.error());
    if (last)
      departure.logs.push_back(*last);
    else
      fields.reject("logs", "must hold base64 of 81 bytes only");
  }
  return departure;
}

WallTime take_time(StrictFields& fields, std::string_view key) {
  const auto time = from_utc_text(fields.text(key, word_max));
  if (time) return *time;
  fields.reject(key, time.error().message);
  return {};
}

CharterBody take_body(StrictFields& fields) {
  CharterBody body;
  body.name = fields.text("name", charter_name_max);
  body.version = std::uint32_t(fields.number("version", 1, 0xffffffff));
  body.previous = fields.fixed<Digest>("previous");
  body.exercise = fields.flag("exercise");
  body.created = take_time(fields, "created");
  body.expires = take_time(fields, "expires");
  body.amend = take_amend(fields);
  for (const auto& value : fields.list("lost", members_max)) {
    if (value.is_string())
      body.lost.emplace_back(value.get_string());
    else
      fields.reject("lost", "must hold strings only");
  }
  for (const auto& value : fields.list("removed", members_max)) {
    StrictFields entry(value, fmt::format("charter: removed[{}]", body.removed.size()));
    body.removed.push_back(take_departure(entry));
    if (const auto good = entry.finish(); !good) fields.reject(good.error());
  }
  for (const auto& value : fields.list("members", members_max)) {
    StrictFields entry(value, fmt::format("charter: members[{}]", body.members.size()));
    body.members.push_back(take_card(entry));
    if (const auto good = entry.finish(); !good) fields.reject(good.error());
  }
  for (const auto& value : fields.list("policies", policies_max)) {
    StrictFields entry(value, fmt::format("charter: policies[{}]", body.policies.size()));
    body.policies.push_back(take_policy(entry));
    if (const auto good = entry.finish(); !good) fields.reject(good.error());
  }
  return body;
}

}  // namespace

Result<void> check_charter_body(const CharterBody& body) {
  if (body.version == 0 || (body.version == 1) != body.previous.is_zero())
    return fail(Errc::invalid, "charter: version {}: 'previous' must be {}", body.version,
                body.version == 1 ? "zero" : "the digest of the version before it");
  if (body.version == 1 && !body.removed.empty())
    return fail(Errc::invalid, "charter: 'removed' must be empty in version 1");
  if (!is_plain_text(body.name, charter_name_max))
    return fail(Errc::invalid, "charter: 'name' must be text of 1 to {} bytes",
                charter_name_max);
  if (body.created.ms < 0 || body.expires <= body.created)
    return fail(Errc::invalid, "charter: 'expires' is not after 'created'");
  if (body.expires > expires_max)
    return fail(Errc::invalid, "charter: 'expires' is after the year 9999");
  if (const auto good = check_members(body.members); !good)
    return within("charter", good.error());
  for (const auto check : {check_amend, check_lost, check_departures, check_policies})
    if (const auto good = check(body); !good) return within("charter", good.error());
  return {};
}

std::string write_charter_body(const CharterBody& body) {
  boost::json::array members, policies, lost, removed;
  for (const auto& departure : body.removed) removed.push_back(departure_object(departure));
  for (const auto& org : body.lost) lost.emplace_back(org);
  for (const auto& member : body.members) members.push_back(card_object(member));
  for (const auto& policy : body.policies) policies.push_back(policy_object(policy));
  return boost::json::serialize(
      boost::json::object{{"name", body.name},
                          {"version", body.version},
                          {"previous", to_base64(body.previous.view())},
                          {"exercise", body.exercise},
                          {"created", to_utc_text(body.created)},
                          {"expires", to_utc_text(body.expires)},
                          {"amend_members", body.amend.members},
                          {"amend_operators", body.amend.operators},
                          {"lost_max", body.amend.lost_max},
                          {"lost", std::move(lost)},
                          {"removed", std::move(removed)},
                          {"members", std::move(members)},
                          {"policies", std::move(policies)}});
}

Result<CharterBody> read_charter_body(std::string_view text) {
  const auto value = parse_signed_json(text, charter_bytes_max, "charter: body");
  if (!value) return std::unexpected(value.error());
  StrictFields fields(*value, "charter");
  auto body = take_body(fields);
  if (const auto good = fields.finish(); !good) return std::unexpected(good.error());
  if (const auto good = check_charter_body(body); !good)
    return std::unexpected(good.error());
  // Two keys of one name, or spacing, would let two readers see two charters in one text.
  if (write_charter_body(body) != text)
    return fail(Errc::invalid, "charter: the body is not in the one form that is signed");
  return body;
}

}  // namespace tocsin::crypto
