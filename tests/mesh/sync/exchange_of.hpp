// Exchanges of holders, with what all exchanges of one agent share.
#pragma once

#include "mesh/sync/exchange.hpp"
#include "tests/mesh/sync/holder.hpp"

namespace tocsin::tests {

/// Lifetime: outlives the exchanges that it makes.
struct ExchangeParts {
  std::unique_ptr<mesh::Exchange> make(Holder& own, const Holder& peer,
                                       const crypto::Charter& charter) {
    const mesh::Exchange::Shared shared{own.catalogue, *own.store, charter, pulls,
                                        credit, vectors, memories[peer.agent], {}};
    return std::make_unique<mesh::Exchange>(shared, peer.agent, peer.org);
  }
  mesh::PullBook pulls;
  mesh::CreditPool credit{16 * 1024 * 1024};
  mesh::HeadVectors vectors;
  std::map<AgentId, mesh::HeadMemory> memories;
};

inline std::vector<mesh::Outgoing> hear_heads(mesh::Exchange& exchange,
                                              std::vector<mesh::LogHead> heads) {
  std::sort(heads.begin(), heads.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return exchange.on_heads({std::move(heads), false}).value();
}

}  // namespace tocsin::tests
