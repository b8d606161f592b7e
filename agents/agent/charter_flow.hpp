// Brings a later version of the agreement, new certificates and new secrets into a running agent,
// and keeps in HOME what came over the mesh.
#pragma once

#include "agents/agent/local_api.hpp"
#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// A version that counts here already: into HOME, and into what this agent lives by. A fault is
/// logged; the next start asks the store again.
void keep_charter(Services& services, const crypto::Charter& charter);
/// Keeps a version that the store knew and HOME did not.
void keep_replayed_charter(Services& services);

/// HOME/charter.json has changed: a newer version, or certificates. Gives the version in force.
/// Errors: as mesh::Node::renew; io, invalid.
Result<std::uint32_t> reload_charter(Services& services);

/// `charter`: the text of a file that HOME shall live by. The agent writes it, because it may be
/// writing one of its own at the same moment. Errors: as accept_agreement, mesh::Node::renew.
Result<Answer> accept_charter(Services& services, const Request& request);

/// The secret of a pair as `psk new`, `import` and `promote` left it: `peer`, `current`, `next`
/// (may be absent), in base64. Errors: usage, invalid.
Result<Answer> take_secret(Services& services, const Request& request);

}  // namespace tocsin::agents
