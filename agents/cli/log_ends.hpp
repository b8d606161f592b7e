// Where the logs of an agent or a member end that others stand by no longer.
#pragma once

#include "agents/cli/call.hpp"
#include "mesh/sync/revocation.hpp"

namespace tocsin::agents::cli {

/// `logs[]` of the agent's answer (log, sequence, id). Errors: invalid.
Result<std::vector<mesh::LastGood>> log_ends_from(const json::object& answer);
/// Leaves the `count_max` longest logs, and says so where there were more.
void keep_longest(Call& call, std::size_t count_max, std::vector<mesh::LastGood>& logs);

/// What counts of the members in `removed` once they are gone: all that is held here of their agents'
/// logs, by the running agent's word, else by its store. With the flag `keep-nothing` none of it.
/// Errors: refused (neither agent nor store, or no log held, and no flag), those of the agent and the store.
mesh::Task<Result<std::vector<crypto::Departure>>> departures_of(
    Call& call, std::vector<std::string> removed);

}  // namespace tocsin::agents::cli
