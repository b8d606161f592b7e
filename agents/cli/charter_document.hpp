// A charter as the commands show it.
#pragma once

#include "agents/cli/command.hpp"
#include "crypto/charter.hpp"

namespace tocsin::agents::cli {

/// Keys: federation, name, version, exercise, created, expires, members[] (org, name, country,
/// role, agents[], lost), signatures[], policies[], amend (members, operators, lost_max),
/// former[], added[] by this version, removed[] by this version (org, logs: how many ends it names), missing (what `accept`
/// would refuse; null when it is complete).
json::object charter_document(const crypto::Charter& charter, WallTime now);
/// A line for each member that this version adds or removes, and of whose logs how many ends it
/// names; empty for a first version.
std::string change_lines(const crypto::Charter& charter);

}  // namespace tocsin::agents::cli
