// The persons of the federation as this agent knows them, and how news about them in HOME
// reaches the mesh.
#pragma once

#include "agents/agent/services.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents {

/// `analysts[]`: org, name, roles, state, certificate; one of each person. With `name`: of that person
/// of this organisation one for each key that is not revoked.
Result<Answer> list_analysts(const Services& services, const Request& request);

/// Shares what HOME/analysts and HOME/revocations hold and the mesh does not know yet. One bad
/// file keeps no other one back. Errors: io, unauthenticated, invalid (naming the file).
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

/// `logs[]` of one agent of this organisation: the last batch held of each, or the one asked for.
/// Errors: not_found, usage.
Result<Answer> list_heads(const Services& services, const Request& request);
/// Shares a revocation that this organisation's root signed; durable on return. Errors: invalid,
/// refused (another organisation's), unauthenticated.
mesh::Task<Result<Answer>> revoke(Services& services, Request request);

/// Checks the hash chain and signatures of every log in the store.
Result<Answer> verify_audit(const Services& services);

}  // namespace tocsin::agents
