#include <set>

#include <boost/json/serialize.hpp>

#include "crypto/card_fields.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::uint8_t card_version = 2;
constexpr std::size_t full_name_max = 128;
constexpr std::size_t address_max = 255;
constexpr std::size_t network_max = 255;

/// One word of printable ASCII: the form of addresses, CIDRs and domains.
bool is_word(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(),
                                         [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<void> check_addresses(const CardAgent& agent) {
  if (agent.address.empty() && !agent.further.empty())
    return fail(Errc::invalid, "'agents': '{}' has 'further' without 'address'", agent.name);
  const auto all = agent.addresses();
  if (all.size() > card_addresses_max)
    return fail(Errc::invalid, "'agents': '{}' has {} addresses, limit {}", agent.name, all.size(),
                card_addresses_max);
  std::set<std::string_view> seen;
  for (const auto& address : all) {
    if (!is_word(address, address_max))
      return fail(Errc::invalid, "'agents': '{}' has an invalid 'address'", agent.name);
    if (!seen.insert(address).second)
      return fail(Errc::invalid, "'agents': '{}' has the address {} twice", agent.name, address);
  }
  return {};
}

Result<void> check_agents(const Card& card) {
  const auto& agents = card.agents;
  if (agents.size() > card_agents_max)
    return fail(Errc::invalid, "'agents' has {} entries, limit {}", agents.size(),
                card_agents_max);
  std::set<std::string_view> names;
  std::set<PublicKey> keys;
  for (const auto& agent : agents) {
    if (!is_name(agent.name))
      return fail(Errc::invalid, "'agents' has an invalid 'name'");
    if (const auto good = check_addresses(agent); !good) return good;
    if (!names.insert(agent.name).second)
      return fail(Errc::invalid, "'agents' names '{}' twice", agent.name);
    for (const auto& key : {agent.signing, agent.channel, agent.sealing})
      if (key.is_zero() || !keys.insert(key).second)
        return fail(Errc::invalid, "'agents': a key of '{}' is zero or used twice",
                    agent.name);
    if (!proves_possession(certificate_body_of(card.org, agent)))
      return fail(Errc::unauthenticated, "'agents': '{}' has not signed to be that ('proof')",
                  agent.name);
  }
  return {};
}

Bytes signed_fields(const Card& card) {
  ByteWriter out;
  out.u8(card_version);
  out.text8(card.org);
  out.text8(card.name);
  out.text8(card.country);
  out.u8(std::uint8_t(card.role));
  out.fixed(card.root);
  out.fixed(card.recovery);
  out.u16(std::uint16_t(card.agents.size()));
  for (const auto& agent : card.agents) {
    out.text8(agent.name);
    out.fixed(agent.signing);
    out.fixed(agent.channel);
    out.fixed(agent.sealing);
    out.text8(agent.address);
    out.u8(std::uint8_t(agent.further.size()));
    for (const auto& address : agent.further) out.text8(address);
    out.fixed(agent.proof);
  }
  out.u16(std::uint16_t(card.own_networks.size()));
  for (const auto& network : card.own_networks) out.text8(network);
  return std::move(out).take();
}

boost::json::object agent_object(const CardAgent& agent) {
  boost::json::object out{{"name", agent.name},
                          {"signing", to_base64(agent.signing.view())},
                          {"channel", to_base64(agent.channel.view())},
                          {"sealing", to_base64(agent.sealing.view())},
                          {"address", agent.address},
                          {"proof", to_base64(agent.proof.view())}};
  if (agent.further.empty()) return out;
  boost::json::array further;
  for (const auto& address : agent.further) further.emplace_back(address);
  out["further"] = std::move(further);
  return out;
}

// There only where an agent has several addresses: so each card has one form.
std::vector<std::string> take_further(StrictFields& fields) {
  std::vector<std::string> out;
  if (!fields.has("further")) return out;
  for (const auto& value : fields.list("further", card_addresses_max - 1)) {
    if (!value.is_string())
      fields.reject("further", "must hold strings only");
    else
      out.emplace_back(value.get_string());
  }
  if (out.empty()) fields.reject("further", "must not be empty");
  return out;
}

std::vector<CardAgent> take_agents(StrictFields& fields) {
  std::vector<CardAgent> out;
  for (const auto& value : fields.list("agents", card_agents_max)) {
    StrictFields entry(value, fmt::format("{}: agents[{}]", fields.where(), out.size()));
    CardAgent agent;
    agent.name = entry.text("name", full_name_max);
    agent.signing = entry.fixed<PublicKey>("signing");
    agent.channel = entry.fixed<PublicKey>("channel");
    agent.sealing = entry.fixed<PublicKey>("sealing");
    agent.address = entry.text("address", address_max, true);
    agent.further = take_further(entry);
    agent.proof = entry.fixed<SignatureBytes>("proof");
    if (const auto good = entry.finish(); !good) fields.reject(good.error());
    out.push_back(std::move(agent));
  }
  return out;
}

std::vector<std::string> take_networks(StrictFields& fields) {
  std::vector<std::string> out;
  for (const auto& value : fields.list("own", own_networks_max)) {
    if (!value.is_string())
      fields.reject("own", "must hold strings only");
    else
      out.emplace_back(value.get_string());
  }
  return out;
}

}  // namespace

std::vector<std::string> CardAgent::addresses() const {
  std::vector<std::string> out;
  if (!address.empty()) out.push_back(address);
  out.insert(out.end(), further.begin(), further.end());
  return out;
}

void CardAgent::set_addresses(std::vector<std::string> all) {
  address = all.empty() ? std::string() : all.front();
  further.assign(all.empty() ? all.end() : all.begin() + 1, all.end());
}

Result<void> check_card(const Card& card) {
  if (!is_name(card.org))
    return fail(Errc::invalid, "'org' must be 1 to 32 of a-z, 0-9, '-', '.'");
  if (!is_plain_text(card.name, full_name_max))
    return fail(Errc::invalid, "'name' must be text of 1 to {} bytes", full_name_max);
  if (!is_country(card.country))
    return fail(Errc::invalid, "'country' must be two capital letters (ISO 3166-1)");
  if (card.role < OrgRole::operator_ || card.role > OrgRole::vendor)
    return fail(Errc::invalid, "'role' is unknown");
  if (card.root.is_zero() || card.recovery.is_zero() || card.root == card.recovery)
    return fail(Errc::invalid, "'root' and 'recovery' must be two different keys");
  if (card.own_networks.size() > own_networks_max)
    return fail(Errc::invalid, "'own' has {} entries, limit {}", card.own_networks.size(),
                own_networks_max);
  for (const auto& network : card.own_networks)
    if (!is_word(network, network_max))
      return fail(Errc::invalid,
                  "'own' must hold CIDRs and domains of up to {} characters",
                  network_max);
  return check_agents(card);
}

boost::json::object card_object(const Card& card) {
  boost::json::array agents, own;
  for (const auto& agent : card.agents) agents.push_back(agent_object(agent));
  for (const auto& network : card.own_networks) own.emplace_back(network);
  return {{"org", card.org},
          {"name", card.name},
          {"country", card.country},
          {"role", name_of(card.role)},
          {"root", to_base64(card.root.view())},
          {"recovery", to_base64(card.recovery.view())},
          {"agents", std::move(agents)},
          {"own", std::move(own)}};
}

Card take_card(StrictFields& fields) {
  Card card;
  card.org = fields.text("org", full_name_max);
  card.name = fields.text("name", full_name_max);
  card.country = fields.text("country", full_name_max);
  const auto role = org_role_from(fields.text("role", full_name_max));
  if (role)
    card.role = *role;
  else
    fields.reject(Error{Errc::invalid, fields.where() + ": " + role.error().message});
  card.root = fields.fixed<PublicKey>("root");
  card.recovery = fields.fixed<PublicKey>("recovery");
  card.agents = take_agents(fields);
  card.own_networks = take_networks(fields);
  if (const auto good = check_card(card); !good)
    fields.reject(Error{good.error().code, fields.where() + ": " + good.error().message});
  return card;
}

std::string write_card(const Card& card, const SigningKey& root) {
  TOCSIN_ASSERT(check_card(card).has_value() && root.public_key() == card.root);
  auto object = card_object(card);
  const auto signature = root.sign(Label::card, FederationId{}, signed_fields(card));
  object["signature"] = to_base64(signature.view());
  return boost::json::serialize(object);
}

Result<Card> read_card(std::string_view json) {
  const auto value = parse_signed_json(json, card_bytes_max, "card");
  if (!value) return std::unexpected(value.error());
  StrictFields fields(*value, "card");
  auto card = take_card(fields);
  const auto signature = fields.fixed<SignatureBytes>("signature");
  if (const auto good = fields.finish(); !good) return std::unexpected(good.error());
  if (!verify(Label::card, FederationId{}, signed_fields(card), card.root, signature))
    return fail(Errc::unauthenticated, "card of {}: its root's signature does not fit",
                card.org);
  return card;
}

}  // namespace tocsin::crypto
