// The persons of the federation as this agent knows them, and how news about them in HOME
// reaches the mesh.
#pragma once

#include "agents/agent/services.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents {

/// `analysts[]`: org, name, roles, state, certificate.
Result<Answer> list_analysts(const Services& services);

/// Shares what HOME/analysts and HOME/revocations hold and the mesh does not know yet. Errors:
/// io, unauthenticated (naming the file).
mesh::Task<Result<Answer>> reload_home(Services& services);

/// The person `name` of this organisation, not revoked, with `role` where one is asked for.
/// Errors: refused.
Result<crypto::Certificate> own_analyst(const Services& services, std::string_view name);

/// A person's order on this request, with exactly `arguments`, fresh and not given before.
/// Errors: refused, unauthenticated, expired, invalid.
Result<SignedOrder> checked_order(Services& services, const Request& request,
                                  const std::map<std::string, std::string>& arguments);

/// What everybody may know and do: certificates and revocations.
inline constexpr mesh::Marking public_marking{mesh::Tlp::clear, mesh::Pap::clear};

/// Checks the hash chain and signatures of every log in the store.
Result<Answer> verify_audit(const Services& services);

}  // namespace tocsin::agents
