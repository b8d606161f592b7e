// RED indicators: sealed by the command to the named persons' own keys, opened with them.
#pragma once

#include "agents/cli/call.hpp"

namespace tocsin::agents::cli {

/// The arguments of `ioc.add` for a RED value: `tlp`, `pap`, `to[]`, `sealed[]`, and no value.
/// Errors: marking (no person named, an organisation alone, an unknown or revoked person),
/// invalid (value), unreachable.
mesh::Task<Result<json::object>> seal_note(Call& call);

/// Puts type, value, confidence and labels into `shown` where it carries boxes of `sealed[]` and
/// the key folder holds the person of one. Errors: refused (none of the boxes is for a person
/// whose keys are here), unauthenticated.
Result<void> open_note(Call& call, json::object& shown);

}  // namespace tocsin::agents::cli
