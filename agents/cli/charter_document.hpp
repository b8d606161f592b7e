// A charter as the commands show it.
#pragma once

#include "agents/cli/command.hpp"
#include "crypto/charter.hpp"

namespace tocsin::agents::cli {

/// Keys: federation, name, version, exercise, created, expires, members[] (org, name, country,
/// role, agents[], lost), signatures[], policies[], amend (members, operators, lost_max),
/// former[], removed[] by this version (org, logs: how many ends it names), missing (what `accept`
/// would refuse; null when it is complete).
json::object charter_document(const crypto::Charter& charter, WallTime now);

}  // namespace tocsin::agents::cli
