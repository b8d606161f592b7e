// Two operators with an agent each under one charter, in memory: who talks to whom in a
// measurement.
#pragma once

#include "mesh/sync/node.hpp"

namespace tocsin::agents::bench {

class Operators {
 public:
  enum Which : std::size_t { near = 0, far = 1 };

  /// Keys from `entropy`; certificates valid from `now` on for a year.
  static Result<Operators> found(Entropy& entropy, WallTime now);

  /// Without peers; listens on a free port of the loopback.
  mesh::NodeOptions options(Which which) const;
  mesh::PeerConfig peer(Which which, std::string address) const;
  const crypto::Charter& charter() const { return charter_; }
  const crypto::SigningKey& signing(Which which) const { return agents_[which].signing; }
  const crypto::ExchangeKey& sealing(Which which) const { return agents_[which].sealing; }
  AgentId id(Which which) const;
  const std::string& org(Which which) const { return agents_[which].org; }

 private:
  struct Agent {
    std::string org;
    crypto::SigningKey root, signing;
    crypto::ExchangeKey channel, sealing;
    std::vector<crypto::Certificate> certificates;
  };
  Operators() = default;
  static Agent make(std::string org, Entropy& entropy);

  std::vector<Agent> agents_;
  crypto::Charter charter_;
  crypto::SecretKey pair_;
};

}  // namespace tocsin::agents::bench
