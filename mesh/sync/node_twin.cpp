#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view epoch_fact = "own/epoch";

}  // namespace

// The epoch that this agent opened last itself: what a copy of it opened, or what came back from
// peers after a restore, may be newer in the store and is not for it to go on with.
std::optional<std::uint64_t> MeshNode::noted_epoch() {
  const auto noted = store_.get(bytes_of(epoch_fact));
  if (!noted || !*noted || (*noted)->size() != 8) return std::nullopt;
  return ByteReader(**noted).u64();
}

// Before anything that is signed in it.
void MeshNode::note_epoch() {
  const auto own = catalogue_.log_shares().of(id_), most = catalogue_.own_logs_max();
  if (own >= most - most / 4)
    world_.log.warn("this agent has opened {} logs, and others keep {} of it: certify another agent "
                    "of this organisation, then revoke this one", own, most);
  ByteWriter epoch;
  epoch.u64(gate_->epoch());
  const auto key = bytes_of(epoch_fact);
  store_.put(Bytes(key.begin(), key.end()), std::move(epoch).take(),
             [this, alive = std::weak_ptr<bool>(alive_)](Result<void> done) {
               if (alive.expired() || done) return;
               // Nothing can be signed in it either, until there is room again.
               if (done.error().code == Errc::full) return;
               fail_store(done.error());
             });
}

// A batch in this agent's own name that a peer hands over. True when nothing more is to be done
// with it.
bool MeshNode::is_twins(const Batch& batch) {
  const auto& [log, sequence] = std::tie(batch.header.log, batch.header.sequence);
  if (!gate_->open()) return false;  // Still learning what it signed in an earlier life.
  const auto flying = undurable_.find({log, sequence});
  const auto arrival = flying == undurable_.end() ? nullptr : flying->second.lock();
  TwinWatch::Signing signing{gate_->epoch(), publisher_.tail(log).sequence, {}};
  if (arrival) {
    signing.at_place = arrival->batch.id;
  } else if (const auto held = store_.batch(log, sequence); held && *held) {
    signing.at_place = crypto::blake2b(ByteView(*(*held)->encoded).first(batch_header_bytes));
  }
  const auto said = twin_watch_->judge(batch.header, batch.id, signing);
  if (said == OwnName::ours) return false;
  const auto author = catalogue_.roster().agent_at(id_, batch.header.time);
  if (!author || !verify_signature(batch, **author, options_.charter.federation)) return false;
  ++counters_.own_name;
  if (own_name_told_.size() < own_name_told_max && own_name_told_.insert(log.epoch).second)
    world_.log.error("batch {} of log {} is signed with this agent's key, and this agent did not "
                     "sign it: its keys are in use elsewhere, or it was restored from a backup. "
                     "If it was not restored, revoke it: `tocsin agent revoke`",
                     sequence, short_name(log));
  if (said == OwnName::elsewhere) return false;
  if (arrival)  // Not in the heads yet: the catalogue could not tell.
    (void)catalogue_.take_proof(
        {signed_header_of(arrival->batch.encoded), signed_header_of(batch.encoded)});
  close_epoch(log.epoch);
  look_for_forks();
  return arrival != nullptr;
}

// Signs nothing more in an epoch in which somebody else signs too. Nothing is lost: what was not
// acknowledged yet is published again under a new one.
void MeshNode::close_epoch(std::uint64_t epoch) {
  if (!gate_->open() || gate_->epoch() != epoch) return;
  closed_.insert(epoch);
  gate_->renew(world_.entropy.number());
  note_epoch();
  // Whoever looks no further at the old epoch would not learn the scopes announced in it.
  catalogue_.scopes().retire_own();
  world_.log.warn("epoch {} is closed, this agent goes on in a new one", epoch);
  auto waiting = publisher_.drain();
  for (const auto& [place, flying] : std::exchange(undurable_, {})) {
    const auto arrival = flying.lock();
    if (!arrival) continue;
    arrival->superseded = true;
    for (const auto& [tag, id] : std::exchange(arrival->late, {})) {
      auto at = find_unsigned(id, arrival->audience);
      if (at == unsigned_.end()) at = unsigned_.emplace(id, Unsigned{arrival->audience, {}});
      at->second.tags.push_back(tag);
    }
    sign_again({place.first, arrival->own_records,
                std::vector<std::uint64_t>(arrival->own_records.size(), 0)});
  }
  for (auto& gathered : waiting) sign_again(std::move(gathered));
  flush();
}

void MeshNode::sign_again(Gathered gathered) {
  LogKey log{id_, gate_->epoch(), {}, gathered.log.log_class};
  if (!gathered.log.scope.is_zero()) {
    const auto* held = catalogue_.audience_of(gathered.log);
    const auto scope = held ? scope_for(Audience(*held))
                            : fail(Errc::not_found, "no scope of log {}", short_name(gathered.log));
    if (!scope) return give_up(gathered, scope.error());
    log.scope = *scope;
  }
  for (std::size_t i = 0; i < gathered.records.size(); ++i) {
    const auto record = view_record(gathered.records[i]);
    // Scopes are announced anew, when there is need of them.
    if (record && record->header.kind == RecordKind::scope_key) continue;
    publisher_.add(log, std::move(gathered.records[i]), gathered.tags[i], world_.clock.now());
  }
}

// The store holds another batch in this place. That ends nothing but the epoch, where it is ours.
void MeshNode::place_taken(const Arrival& arrival) {
  const auto& header = arrival.batch.header;
  ++counters_.refused["fork"];
  world_.log.error("batch {} of log {}: another one is in the store", header.sequence,
                   short_name(header.log));
  if (!arrival.own_records.empty()) close_epoch(header.log.epoch);
}

}  // namespace tocsin::mesh
