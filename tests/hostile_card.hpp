// A card whose root signs whatever it likes, written from docs/wire-format.md alone: write_card()
// would not write it.
#pragma once

#include <boost/json.hpp>

#include "crypto/base_encoding.hpp"
#include "crypto/identity.hpp"

namespace tocsin::tests {

inline std::string hostile_card(const crypto::Card& card, const crypto::SigningKey& root) {
  ByteWriter out;
  out.u8(2);
  out.text8(card.org);
  out.text8(card.name);
  out.text8(card.country);
  out.u8(std::uint8_t(card.role));
  out.fixed(card.root);
  out.fixed(card.recovery);
  out.u16(std::uint16_t(card.agents.size()));
  boost::json::array agents, own;
  for (const auto& agent : card.agents) {
    out.text8(agent.name);
    for (const auto& key : {agent.signing, agent.channel, agent.sealing}) out.fixed(key);
    out.text8(agent.address);
    out.u8(std::uint8_t(agent.further.size()));
    for (const auto& address : agent.further) out.text8(address);
    out.fixed(agent.proof);
    agents.push_back(boost::json::object{{"name", agent.name},
                                         {"signing", to_base64(agent.signing.view())},
                                         {"channel", to_base64(agent.channel.view())},
                                         {"sealing", to_base64(agent.sealing.view())},
                                         {"address", agent.address},
                                         {"proof", to_base64(agent.proof.view())}});
  }
  out.u16(std::uint16_t(card.own_networks.size()));
  for (const auto& network : card.own_networks) {
    out.text8(network);
    own.emplace_back(network);
  }
  const auto signature = root.sign(crypto::Label::card, FederationId{}, out.bytes());
  return boost::json::serialize(
      boost::json::object{{"org", card.org},
                          {"name", card.name},
                          {"country", card.country},
                          {"role", crypto::name_of(card.role)},
                          {"root", to_base64(card.root.view())},
                          {"recovery", to_base64(card.recovery.view())},
                          {"agents", std::move(agents)},
                          {"own", std::move(own)},
                          {"signature", to_base64(signature.view())}});
}

}  // namespace tocsin::tests
