// Asks the marking function whether a log may leave towards a peer: as its reader, or as a
// carrier of what it cannot read. Fails closed.
#pragma once

#include "mesh/sync/catalogue.hpp"

namespace tocsin::mesh {

struct PeerName {
  AgentId agent;
  std::string_view org;
};

/// May `peer` have the batches of `log` because it is meant to read them, or wrote them?
Refusal reader_clearance(Exit exit, const LogKey& log, const PeerName& peer,
                         const Catalogue& catalogue, const crypto::Charter& charter);

/// May the batches of `log` go into a bundle for `org`, because one of its agents may read them?
/// Or may they, sealed and of this agent's own hand, be carried by it for one of `carried_for`?
Refusal bundle_clearance(const LogKey& log, std::string_view org,
                         const std::vector<std::string>& carried_for, const AgentId& own,
                         const Catalogue& catalogue, const crypto::Charter& charter);

/// May sealed batches of `log`, which this agent wrote, be lent to `peer` to carry? Never RED.
Refusal carrier_clearance(const LogKey& log, const PeerName& peer, const Catalogue& catalogue,
                          const crypto::Charter& charter);

}  // namespace tocsin::mesh
