// A federation for tests: organisations with one or more agents each, their keys, certificates,
// agreement and pair secrets, all from one seed.
#pragma once

#include "crypto/charter.hpp"
#include "mesh/sync/node.hpp"
#include "tests/proven.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

struct FederationAgent {
  std::string org, name;
  Bytes signing_seed, channel_secret, sealing_secret;
  std::vector<crypto::Certificate> certificates;
  PublicKey channel, sealing;
  AgentId id;
};

class Federation {
 public:
  struct Org {
    std::string id;
    crypto::OrgRole role = crypto::OrgRole::operator_;
    int agents = 1;
  };
  Federation(std::vector<Org> orgs, WallTime now, std::uint64_t seed = 1,
             bool certificates_in_charter = true)
      : entropy_(seed) {
    crypto::CharterBody body;
    body.name = "Test";
    body.created = now;
    body.expires = now + std::chrono::hours(24 * 365);
    for (const auto& org : orgs) {
      roots_.push_back(crypto::SigningKey::make(entropy_));
      crypto::Member member;
      member.org = org.id;
      member.name = org.id;
      member.country = "DE";
      member.role = org.role;
      member.root = roots_.back().public_key();
      recoveries_.push_back(crypto::SigningKey::make(entropy_));
      member.recovery = recoveries_.back().public_key();
      body.members.push_back(std::move(member));
    }
    charter = crypto::make_charter(std::move(body)).value();
    for (std::size_t i = 0; i < orgs.size(); ++i) {
      (void)crypto::sign_charter(charter, orgs[i].id, roots_[i]).value();
      for (int n = 1; n <= orgs[i].agents; ++n) add_agent(orgs[i].id, i, n, now);
    }
    if (certificates_in_charter)
      for (const auto& agent : agents)
        for (const auto& certificate : agent.certificates)
          charter.certificates.push_back(certificate.encoded);
    for (const auto& a : orgs)
      for (const auto& b : orgs) {
        const auto pair = std::minmax(a.id, b.id);
        if (!secrets_.contains(pair)) secrets_[pair] = entropy_.make<crypto::SecretKey>();
      }
  }

  /// What `agents[index]` needs to open its node; peers and listen are left to the caller.
  mesh::NodeOptions options(std::size_t index) const {
    const auto& agent = agents[index];
    mesh::NodeOptions out{agent.org,
                          agent.name,
                          crypto::SigningKey::from_seed(agent.signing_seed).value(),
                          crypto::ExchangeKey::from_secret(agent.channel_secret).value(),
                          crypto::ExchangeKey::from_secret(agent.sealing_secret).value(),
                          agent.certificates,
                          charter,
                          {},
                          {},
                          {}};
    for (const auto& [pair, secret] : secrets_) {
      if (pair.first == agent.org)
        out.secrets.push_back({pair.second, secret, std::nullopt});
      else if (pair.second == agent.org)
        out.secrets.push_back({pair.first, secret, std::nullopt});
    }
    return out;
  }

  mesh::PeerConfig peer(std::size_t index, std::vector<std::string> addresses) const {
    return {agents[index].org, agents[index].channel, std::move(addresses)};
  }
  const crypto::SigningKey& root(std::size_t org) const { return roots_[org]; }
  /// `body`, which has the signing key of `agents[index]`, with that key's word for it.
  crypto::CertificateBody proven_by(std::size_t index, const crypto::CertificateBody& body) const {
    return proven(body, crypto::SigningKey::from_seed(agents[index].signing_seed).value());
  }
  const crypto::SigningKey& recovery(std::size_t org) const { return recoveries_[org]; }
  SeededEntropy& entropy() { return entropy_; }

  crypto::Charter charter;
  std::vector<FederationAgent> agents;  ///< in the order of the organisations

 private:
  void add_agent(const std::string& org, std::size_t root, int number, WallTime now) {
    const auto signing = crypto::SigningKey::make(entropy_);
    const auto channel = crypto::ExchangeKey::make(entropy_);
    const auto sealing = crypto::ExchangeKey::make(entropy_);
    const auto copy = [](ByteView v) { return Bytes(v.begin(), v.end()); };
    FederationAgent agent{org,
                          org + "-" + std::to_string(number),
                          copy(signing.seed()),
                          copy(channel.secret()),
                          copy(sealing.secret()),
                          {},
                          channel.public_key(),
                          sealing.public_key(),
                          crypto::agent_id_of(signing.public_key())};
    crypto::CertificateBody body{crypto::CertificateKind::agent,
                                 org,
                                 agent.name,
                                 signing.public_key(),
                                 channel.public_key(),
                                 sealing.public_key(),
                                 0,
                                 now - std::chrono::hours(1),
                                 now + std::chrono::hours(24 * 31)};
    agent.certificates.push_back(
        crypto::certify(proven(body, signing), roots_[root], charter.federation));
    agents.push_back(std::move(agent));
  }

  SeededEntropy entropy_;
  std::vector<crypto::SigningKey> roots_, recoveries_;
  std::map<std::pair<std::string, std::string>, crypto::SecretKey> secrets_;
};

/// A note in the name of `node`; the text makes it another record.
inline mesh::Draft made_note(const mesh::Node& node, mesh::Marking marking,
                             mesh::Audience audience, std::string_view text, WallTime now,
                             mesh::LogClass log_class = mesh::LogClass::case_) {
  const mesh::RecordHeader header{mesh::RecordKind::note, marking, now, node.author()};
  mesh::FieldWriter fields(header);
  fields.text(1, text);
  return {mesh::RecordKind::note, marking, std::move(audience), log_class,
          std::move(fields).take()};
}

/// Keeps the text of every record that it is shown.
class Notebook final : public mesh::Observer {
 public:
  void on_verified(const mesh::Delivered& batch) override { note(batch, verified); }
  void on_durable(const mesh::Delivered& batch) override {
    note(batch, durable);
    std::map<std::string, std::string> texts;
    note(batch, texts);
    for (const auto& [text, via] : texts)
      if (batch.frozen) frozen.insert(text);
      else frozen.erase(text);
  }
  void on_failed(const Error& error) override { failed = error; }
  bool has(std::string_view text) const { return durable.contains(std::string(text)); }

  std::map<std::string, std::string> verified, durable;  ///< text → org that handed it over
  std::set<std::string> frozen;  ///< texts that were last delivered as causing nothing
  std::optional<Error> failed;   ///< of the store

 private:
  static void note(const mesh::Delivered& batch, std::map<std::string, std::string>& to) {
    for (const auto& record : batch.records) {
      if (record.header.kind != mesh::RecordKind::note) continue;
      const auto fields = mesh::FieldReader::make(record);
      if (fields) to[std::string(fields->text(1))] = std::string(batch.via);
    }
  }
};

}  // namespace tocsin::tests
