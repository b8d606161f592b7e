// One function per noun: each adds its commands to the table.
#pragma once

#include "agents/cli/call.hpp"

namespace tocsin::agents::cli {

using Commands = std::vector<Command>;

void add_set_up(Commands& out);       // init, org, config
void add_analyst(Commands& out);
void add_charter(Commands& out);
void add_charter_amend(Commands& out);
void add_pair(Commands& out);         // psk, pair, peer
void add_agent(Commands& out);
void add_revoke(Commands& out);       // agent revoke, analyst revoke
void add_doctor(Commands& out);
void add_now(Commands& out);
void add_ioc(Commands& out);
void add_ioc_import(Commands& out);
void add_match(Commands& out);
void add_store(Commands& out);
void add_sighting(Commands& out);     // sighting, watch
void add_incident(Commands& out);
void add_playbook(Commands& out);
void add_run(Commands& out);          // run, effect
void add_approval(Commands& out);     // approval, approve, reject
void add_damage(Commands& out);       // asset, damage, repair
void add_audit(Commands& out);
void add_fork(Commands& out);
void add_bundle(Commands& out);
void add_drill(Commands& out);        // drill, bench

/// The verb and the arguments as typed, to the agent; its answer is the document.
mesh::Task<Result<Document>> relay(Call& call);

/// HOME lives by `charter` from now on: a running agent writes it and acts on it at once, else the
/// command does. Errors: as accept_agreement.
mesh::Task<Result<void>> install_charter(Call& call, const PublicHome& home,
                                         const crypto::Charter& charter);

}  // namespace tocsin::agents::cli
