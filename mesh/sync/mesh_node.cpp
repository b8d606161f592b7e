#include "mesh/sync/mesh_node.hpp"

#include "mesh/wire/batch_stub.hpp"

namespace tocsin::mesh {

Result<std::unique_ptr<Node>> Node::open(World& world, Store& store, NodeOptions options,
                                         std::vector<Observer*> observers) {
  auto node = std::make_unique<MeshNode>(world, store, std::move(options), std::move(observers));
  const auto started = node->start();
  if (!started) return std::unexpected(started.error());
  return node;
}

MeshNode::MeshNode(World& world, Store& store, NodeOptions options,
                   std::vector<Observer*> observers)
    : world_(world), store_(store), options_(std::move(options)),
      observers_(std::move(observers)),
      id_(crypto::agent_id_of(options_.signing.public_key())),
      quota_(id_, options_.author_bytes_max),
      catalogue_(store, {id_, options_.charter, options_.sealing,
                         [this](const LogKey& log) {
                           const bool vital = log.log_class == LogClass::control;
                           return quota_.has_room(log) && (vital || !store_.out_of_room());
                         }}),
      cache_(store, catalogue_), publisher_(options_.linger), seen_(store),
      fork_gossip_(catalogue_.fork_book()), credit_(options_.credit_bytes_max),
      turns_(world.loop), routes_(id_, options_.org, options_.gateway),
      lending_(options_.org, world.clock.now()), inbox_more_(world.loop), alive_(std::make_shared<bool>(true)),
      connections_(world, *this,
                   {options_.org, id_, options_.charter.federation, options_.channel,
                    options_.certificates, options_.secrets, catalogue_.roster(),
                    options_.listen}) {}

MeshNode::~MeshNode() {
  alive_.reset();
  if (linger_timer_ != 0) world_.loop.cancel(linger_timer_);
  if (answer_timer_ != 0) world_.loop.cancel(answer_timer_);
  tasks_.clear();
}

Result<void> MeshNode::start() {
  const auto replayed = replay();
  if (!replayed) return replayed;
  catalogue_.renew();
  withdraw_held();
  tasks_.spawn(consider_checkpoints());
  read_last_compaction();
  next_compaction_ = world_.clock.now() + compact_every;
  begin_routes();
  tasks_.spawn(announce_certificates());
  tasks_.spawn(announce_charter());
  const auto listening = connections_.start();
  if (!listening) return listening;
  for (const auto& peer : options_.peers) connections_.add_peer(peer);
  meet_members();
  tasks_.spawn(keep_time());
  tasks_.spawn(take_turns());
  return {};
}

// Rebuilds everything derived from the store, and shows it to the observers. What has rotted is
// an error, or where it is to be mended a gap in the heads, and comes again from a peer.
Result<void> MeshNode::replay() {
  std::optional<std::uint64_t> last_epoch;
  std::optional<Error> rotten;
  if (catalogue_.fork_book().size() > 0) {
    const auto foreseen = store_.scan([&](const StoredBatch& stored) {
      catalogue_.foresee(stored);
      return true;
    });
    if (!foreseen && foreseen.error().code != Errc::corrupt)  // What has rotted is told below.
      return within("replay of the store", foreseen.error());
  }
  forks_told_ = catalogue_.fork_book().size();
  const auto bad = [&](const Error& error) {
    if (!rotten) rotten = error;
    world_.log.error("the store is damaged: {}", error.message);
    return options_.mend;
  };
  index_.reserve(store_.ordinals());
  const auto key_of = [this](const ScopeId& id) -> std::optional<crypto::SecretKey> {
    const auto* scope = catalogue_.scopes().find(id);
    return scope ? scope->key : std::nullopt;
  };
  std::vector<StoredBatch> early;  // Their keys come later in the store.
  ReplayAhead ahead(world_.workers, key_of, [&](ReplayAhead::Ready ready) {
    auto& batch = ready.batch;
    auto judged = batch ? catalogue_.replay(ready.stored, *batch, std::move(ready.opened))
                        : std::unexpected(batch.error());
    if (!judged) return bad(judged.error());
    quota_.add(ready.stored.log, ready.stored.encoded->size());
    if (batch->header.log.agent == id_) last_epoch = batch->header.log.epoch;
    if (ready.stored.dropped())
      compaction_.note_stub({ready.stored.log, ready.stored.sequence});
    if (judged->verdict == Verdict::fresh) replayed(ready, std::move(*judged));
    if (judged->verdict == Verdict::waiting) early.push_back(ready.stored);
    return true;
  });
  const auto scanned =
      store_.scan([&](const StoredBatch& stored) { return ahead.add(stored); });
  ahead.finish();
  for (const auto& stored : early)
    if (const auto taken = replay_late(stored); !taken && !bad(taken.error())) break;
  if (!scanned && scanned.error().code != Errc::corrupt)
    return within("replay of the store", scanned.error());
  if (!scanned) bad(scanned.error());
  if (rotten && !options_.mend)
    return within("replay of the store",
                  hinted(*rotten, "`tocsin agent run --mend` fetches what was lost from partners "
                                  "and causes no effects meanwhile"));
  open_gate(world_.clock.now(), last_epoch, rotten.has_value());
  return {};
}

// Once more for a batch that came before the key of its scope. Errors: corrupt, invalid.
Result<void> MeshNode::replay_late(const StoredBatch& stored) {
  ReplayAhead::Ready ready{stored, parse_batch(*stored.encoded)};
  if (!ready.batch) return std::unexpected(ready.batch.error());
  auto judged = catalogue_.replay(stored, *ready.batch);
  if (!judged) return std::unexpected(judged.error());
  if (judged->verdict == Verdict::waiting)
    return fail(Errc::corrupt, "log {} sequence {}: the key of its scope is missing",
                short_name(stored.log), stored.sequence);
  if (judged->verdict == Verdict::fresh) replayed(ready, std::move(*judged));
  return {};
}

void MeshNode::replayed(ReplayAhead::Ready& ready, Judged judged) {
  const auto first = ready.stored.first_ordinal;
  Arrival arrival{std::move(*ready.batch), std::move(judged.opened), {}, {}, *judged.audience, {},
                  first, false, true};
  index(arrival, std::move(ready.ids));
  tell(arrival, false);
  tell(arrival, true);
  hear_charters(arrival.batch.header, arrival.opened.records);
}

// An agent that may lack some of its own batches goes on under a new epoch.
void MeshNode::open_gate(Instant now, std::optional<std::uint64_t> last_epoch, bool rotten) {
  if (rotten) last_epoch.reset();
  else if (last_epoch)
    if (const auto noted = noted_epoch()) last_epoch = noted;
  // In one that somebody else signs too nothing can be said any more.
  if (last_epoch && catalogue_.fork_book().epoch_frozen(id_, *last_epoch)) last_epoch.reset();
  EpochGate::Options options{id_, last_epoch, holders(), world_.entropy.number()};
  const auto own = catalogue_.heads().heads([&](const LogKey& log) {
    return log.agent == id_ && last_epoch && log.epoch == *last_epoch;
  });
  for (const auto& head : own)
    // Not even here the log is whole, or nobody could tell what is missing from it.
    if (!head.ranges.empty() || !is_shared(head.key)) options.last_epoch.reset();
  if (own.empty()) options.last_epoch.reset();
  gate_.emplace(std::move(options), now);
  twin_watch_.emplace(world_.clock.wall());
  if (gate_->open()) note_epoch();
}

// All that may hold what this agent said last, in whatever log, since they were met of late; own
// ones too. None where they are all of the own organisation. One that is lost, or without a pair
// secret, can never answer, and does not count.
std::set<AgentId> MeshNode::holders() const {
  const auto& roster = catalogue_.roster();
  const auto& charter = options_.charter;
  std::set<AgentId> own, others;
  for (const auto& agent : roster.agents_of(options_.org))
    if (agent.id != id_) own.insert(agent.id);
  for (const auto& secrets : options_.secrets) {
    const auto& org = secrets.peer_org;
    if (org == options_.org || !charter.member(org) || charter.body.is_lost(org)) continue;
    for (const auto& agent : roster.agents_of(org)) others.insert(agent.id);
  }
  others = seen_.lately(std::move(others));
  if (!others.empty()) others.merge(seen_.lately(std::move(own)));
  return others;
}

// True when an agent of another organisation may read `log`.
bool MeshNode::is_shared(const LogKey& log) const {
  if (log.scope.is_zero()) return true;
  const auto* scope = catalogue_.scopes().find(log.scope);
  return scope && std::any_of(scope->recipients.begin(), scope->recipients.end(),
                              [&](const AgentId& agent) {
                                return !catalogue_.roster().same_org(agent, id_);
                              });
}

void MeshNode::tick_gate() {
  std::vector<AgentId> connected;
  for (const auto& session : connections_.live()) connected.push_back(session->facts().agent);
  gate_->tick(world_.clock.now(), connected);
  gate_moved();
}

// Once the gate is open, publishing goes on where the epoch was left, or begins a new one.
void MeshNode::gate_moved() {
  if (!gate_->open()) return;
  note_epoch();
  if (gate_->continued())
    for (const auto& head : catalogue_.heads().heads([&](const LogKey& log) {
           return log.agent == id_ && log.epoch == gate_->epoch();
         }))
      publisher_.signed_as(head.key, head.contiguous, head.last);
  tickets_.wake_all();
}

// Looks after whatever no message would set in motion.
Task<void> MeshNode::keep_time() {
  while (!stopped_) {
    co_await sleep(world_.loop, tick_every);
    if (!gate_->open()) tick_gate();
    watch_neighbours(world_.clock.now());
    forget_comparison(world_.clock.now());
    for (const auto& session : connections_.live()) {
      show_forks(*session);
      seen_.see(session->facts().agent, world_.clock.wall());
    }
    if (world_.clock.now() >= next_compaction_) {
      next_compaction_ = world_.clock.now() + compact_every;
      tasks_.spawn(compact_by_itself());
    }
    for (const auto& [agent, exchange] : exchanges_)
      send_all(agent, exchange->tick(world_.clock.now(), world_.clock.wall()));
    look_after_lanes();
  }
}

// Certificates of this organisation that the federation does not have from the charter or from
// an earlier run. Those of agents that joined after it was signed stand in the own home's charter
// only: partners need them to believe what such an agent signed, long after they last met it.
Task<void> MeshNode::announce_certificates() {
  std::vector<Draft> drafts;
  const auto announce = [&](ByteView encoded, WallTime created) {
    const RecordHeader header{RecordKind::certificate, {Tlp::green, Pap::green}, created, author()};
    drafts.push_back({RecordKind::certificate, header.marking, Audience{true, {}, {}},
                      LogClass::control, encode_certificate_record(header, encoded)});
  };
  for (const auto& certificate : options_.certificates)
    if (catalogue_.take_certificate(certificate.encoded))
      announce(certificate.encoded, world_.clock.wall());
  for (const auto& encoded : options_.charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    const auto* member = body ? options_.charter.member(body->org) : nullptr;
    if (!member || body->org != options_.org) continue;
    const bool agreed = std::any_of(
        member->agents.begin(), member->agents.end(),
        [&](const crypto::CardAgent& agent) { return agent.signing == body->signing; });
    // The same bytes at each start: once they are in the log, nothing new is published.
    if (!agreed && !member->agents.empty()) announce(encoded, options_.charter.body.created);
  }
  if (drafts.empty()) co_return;
  auto publishing = publish(std::move(drafts));
  const auto published = co_await publishing;
  if (!published && published.error().code != Errc::closed)
    world_.log.warn("own certificates: {}", published.error().message);
}

Delivered MeshNode::delivered(const Arrival& arrival) const {
  const auto& agent = arrival.batch.header.log.agent;
  return Delivered{arrival.batch.header,
                   catalogue_.roster().org_of(agent),
                   catalogue_.roster().name_of(agent),
                   agent == id_,
                   arrival.live,
                   arrival.replay,
                   arrival.via,
                   arrival.first_ordinal,
                   arrival.audience,
                   arrival.opened.records,
                   // What this agent has set going itself it must go on knowing.
                   agent != id_ && catalogue_.frozen(arrival.batch.header.log,
                                                     arrival.batch.header.sequence,
                                                     arrival.first_ordinal)};
}

// Notes where each record lies. One that its author signs again, because the log is to begin
// later, is nothing new to anybody.
void MeshNode::index(Arrival& arrival, std::vector<Digest> ids) {
  const auto& header = arrival.batch.header;
  const auto& records = arrival.opened.records;
  const CompactionBook::Name name{header.log, header.sequence};
  if (ids.empty())
    for (const auto& record : records) ids.push_back(record.id());
  index_.add(ids, arrival.first_ordinal);
  std::vector<std::uint64_t> places;
  for (std::size_t i = 0; i < records.size(); ++i) {
    places.clear();
    index_.find(ids[i], places);
    if (places.size() > 1 && other_copy(ids[i], name, compaction_)) {
      arrival.repeated.resize(records.size());
      arrival.repeated[i] = true;
    }
    if (records[i].header.kind == RecordKind::checkpoint) note_checkpoint(records[i], header.log);
  }
  compaction_.note(name, arrival.batch.encoded.size(), catalogue_.roster().org_of(header.log.agent),
                   catalogue_.frozen(header.log), records);
}

void MeshNode::tell(const Arrival& arrival, bool durable) {
  const auto whole = delivered(arrival);
  const auto count = whole.records.size();
  const auto is_new = [&](std::size_t i) {
    return arrival.repeated.empty() || !arrival.repeated[i];
  };
  for (std::size_t first = 0; first < count;) {
    auto end = first;
    while (end < count && is_new(end)) ++end;
    if (end == first) {
      ++first;
      continue;
    }
    auto part = whole;
    part.first_ordinal += first;
    part.records = whole.records.subspan(first, end - first);
    for (auto* observer : observers_)
      durable ? observer->on_durable(part) : observer->on_verified(part);
    first = end;
  }
}

// The store can keep nothing any more: nothing may be acknowledged from here on.
void MeshNode::fail_store(const Error& error) {
  if (stopped_) return;
  world_.log.error("the store failed, this agent stops: {}", error.message);
  stopped_ = true;
  connections_.stop();
  tickets_.fail_all(error);
  for (auto* observer : observers_) observer->on_failed(error);
}

void MeshNode::stop() {
  if (stopped_) return;
  stopped_ = true;
  connections_.stop();
  tickets_.fail_all(Error{Errc::closed, "the agent is stopping"});
}

}  // namespace tocsin::mesh
