#include "mesh/sync/mesh_node.hpp"


namespace tocsin::mesh {

Exchange* MeshNode::exchange(const AgentId& agent) {
  const auto at = exchanges_.find(agent);
  return at == exchanges_.end() ? nullptr : at->second.get();
}

void MeshNode::send_all(const AgentId& peer, const std::vector<Outgoing>& messages) {
  for (const auto& outgoing : messages)
    if (const auto session = connections_.find(peer, outgoing.purpose))
      session->send(outgoing.message);
}

namespace {

bool is_comparison(const Message& message) {
  return std::holds_alternative<SketchAsk>(message) || std::holds_alternative<Sketch>(message) ||
         std::holds_alternative<PlacesAsk>(message) || std::holds_alternative<Places>(message);
}

}  // namespace

Result<void> MeshNode::on_message(Session& session, Message message) {
  const auto peer = session.facts().agent;
  const auto done = heed(session, std::move(message));
  if (!done && is_senders_fault(done.error().code)) connections_.blame(peer);
  return done;
}

Result<void> MeshNode::heed(Session& session, Message message) {
  if (stopped_) return fail(Errc::closed, "stopping");
  const auto& peer = session.facts().agent;
  if (auto* batch = std::get_if<BatchMessage>(&message))
    return is_bulk(session.facts().purpose)
               ? receive_bulk(std::move(batch->encoded), session)
               : receive(std::move(batch->encoded), session, batch->live);
  const auto routed = on_route_message(session, message);
  if (!routed) return std::unexpected(routed.error());
  if (*routed) return {};
  auto* exchange = this->exchange(peer);
  if (!exchange) return {};  // A straggler of a session that was replaced.

  if (const auto* hello = std::get_if<Hello>(&message)) {
    if (hello->protocol != protocol_version)
      return fail(Errc::unsupported, "protocol {}, this agent speaks {}", hello->protocol,
                  protocol_version);
    if (const auto heard = hear_clock(session, hello->time); !heard) return heard;
    greet_route(session, *hello);
    send_all(peer, exchange->on_hello(*hello));
    fork_gossip_.greeted(peer, hello->forks_digest, world_.clock.now());
    show_forks(session);
    note_shown(session, *exchange, true);
  } else if (auto* heads = std::get_if<Heads>(&message)) {
    const auto answers = exchange->on_heads(std::move(*heads));
    if (!answers) return std::unexpected(answers.error());
    send_all(peer, *answers);
    note_shown(session, *exchange, false);
  } else if (const auto* delta = std::get_if<HeadsDelta>(&message)) {
    const auto answers = exchange->on_delta(*delta, world_.clock.wall());
    if (!answers) return std::unexpected(answers.error());
    send_all(peer, *answers);
    note_shown(session, *exchange, false);
  } else if (const auto* pull = std::get_if<Pull>(&message)) {
    session.wake();
    if (is_current(session)) return exchange->on_pull(*pull, session.facts().purpose);
  } else if (const auto* flow = std::get_if<Flow>(&message)) {
    session.wake();
    if (is_current(session)) return exchange->on_flow(*flow, session.facts().purpose);
  } else if (const auto* end = std::get_if<PullEnd>(&message)) {
    send_all(peer, exchange->on_pull_end(*end));
  } else if (const auto* certificates = std::get_if<Certificates>(&message)) {
    take_certificates(certificates->encoded);
  } else if (const auto* proof = std::get_if<ForkProof>(&message)) {
    return on_fork_proof(session, *proof);
  } else if (is_comparison(message)) {
    return on_comparison(session, message);
  }
  if (gate_->open()) return {};
  const auto own_of = [this](const HeadVector& heads) {
    const auto* section = heads.of(id_);
    return section ? section->logs : std::vector<LogHead>();
  };
  if (exchange->equal())
    gate_->confirm(peer);
  else if (const auto* remote = exchange->remote())
    gate_->compare(peer, own_of(*remote), own_of(*exchange->offer()));
  tick_gate();
  return {};
}

void MeshNode::on_certificate(const crypto::Certificate& certificate) {
  take_certificates({certificate.encoded});
}

// Who of the two is wrong nobody can tell here; both are told.
Result<void> MeshNode::hear_clock(const Session& session, WallTime theirs) {
  const auto& facts = session.facts();
  const auto verdict = clocks_.hear(facts.agent, theirs, world_.clock.wall());
  const auto ahead = clocks_.ahead(facts.agent);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ahead).count();
  if (verdict == ClockWatch::Verdict::alarm)
    world_.log.error("clock alarm: the clock of {}/{} is {} s {} this agent's", facts.org,
                     facts.name, seconds < 0 ? -seconds : seconds,
                     seconds < 0 ? "behind" : "ahead of");
  if (!ClockWatch::beyond(ahead, ClockWatch::refuse_beyond)) return {};
  connections_.count(facts.agent, "clock");
  return fail(Errc::expired, "the clock of {}/{} is {} s off", facts.org, facts.name, seconds);
}

void MeshNode::on_up(const std::shared_ptr<Session>& session) {
  const auto& facts = session->facts();
  auto& exchange = exchanges_[facts.agent];
  const bool live = facts.purpose == Purpose::live;
  if (!exchange || live) {
    if (exchange)
      for (const auto& [reason, times] : exchange->refused())
        connections_.count(facts.agent, reason, times);
    auto fresh = std::make_unique<Exchange>(
        Exchange::Shared{catalogue_, store_, options_.charter, pulls_, credit_, vectors_,
                         memories_[facts.agent], facts.dialled ? listening() : std::string(),
                         options_.gateway ? Hello::gateway : std::uint8_t(0)},
        facts.agent, facts.org);
    // A new live session starts the comparison anew; bulk may be up already.
    if (exchange) fresh->keep_lanes(*exchange);
    exchange = std::move(fresh);
  }
  seen_.see(facts.agent, world_.clock.wall());  // Before it can hold anything new of ours.
  if (!live) {
    if (facts.dialled) session->ping();
    const auto pulls = exchange->on_bulk(facts.purpose);
    if (const auto beside = connections_.find(facts.agent, Purpose::live))
      exchange->on_rtt(beside->rtt(), world_.clock.now());
    send_all(facts.agent, pulls);
    return;
  }
  world_.log.info("{}/{}: connected", facts.org, facts.name);
  fork_gossip_.connected(facts.agent);
  send_all(facts.agent, exchange->on_live(world_.clock.wall()));
  session->ping();
  route_up(*session);
}

void MeshNode::on_down(Session& session, const Error& why) {
  const auto& facts = session.facts();
  if (is_bulk(facts.purpose)) {
    if (auto* exchange = this->exchange(facts.agent)) exchange->on_bulk_lost(facts.purpose);
    return;
  }
  world_.log.info("{}/{}: disconnected: {}", facts.org, facts.name, why.message);
  if (!connections_.find(facts.agent, Purpose::live)) fork_gossip_.gone(facts.agent);
  end_comparisons(facts.agent);
  route_down(session);
}

Result<void> MeshNode::receive(Bytes encoded, Session& session, bool live) {
  ++counters_.received;
  auto batch = parse_batch(std::move(encoded));
  if (!batch) {
    ++counters_.refused["format"];
    return std::unexpected(batch.error());
  }
  const auto& from = session.facts().agent;
  // What was asked for comes at our own pace; of an author that nobody knows nothing is kept.
  if (!live || catalogue_.roster().org_of(batch->header.log.agent).empty())
    return take(std::move(*batch), from, live);
  Inbox::Item item{std::move(*batch), from, live};
  for (;;) {
    switch (inbox_.offer(item, world_.clock.now())) {
      case Inbox::Way::now: return take(std::move(item.batch), from, live);
      case Inbox::Way::waits: inbox_more_.set(); return {};
      case Inbox::Way::crowded: break;
      case Inbox::Way::refused:
        ++counters_.refused["author_rate"];  // The heads show it: it is pulled when there is time.
        connections_.count(from, "author_rate");
        return {};
    }
    auto oldest = inbox_.next_of(item);
    if (!oldest) return {};
    if (const auto taken = take(std::move(oldest->batch), from, oldest->live); !taken) return taken;
  }
}

Task<void> MeshNode::take_turns() {
  while (!stopped_) {
    if (inbox_.empty()) {
      co_await inbox_more_.wait();
      continue;
    }
    while (store_.full(Room::live) && !stopped_) co_await store_.wait_for_room(Room::live);
    const auto begun = world_.clock.now();
    for (std::size_t i = 0; i < turn_batches_max && world_.clock.now() - begun < turn_max; ++i) {
      auto item = inbox_.next();
      if (!item) break;
      const auto from = item->from;
      if (take(std::move(item->batch), from, item->live)) continue;
      connections_.blame(from);
      connections_.drop(from, ByeReason::violation);
    }
    co_await sleep(world_.loop, Duration(0));
  }
}

Result<void> MeshNode::take(Batch batch, const AgentId& from, bool live) {
  const auto admitted = admit(std::move(batch), from, live);
  if (admitted.blamed)
    return fail(Errc::unauthenticated, "a batch was refused: {}", admitted.reason);
  return {};
}

// Every batch that this agent did not write comes in here, by whatever way it came.
MeshNode::Admitted MeshNode::admit(Batch batch, const AgentId& from, bool live) {
  if (batch.header.log.agent == id_ && is_twins(batch)) return {Verdict::forked, "fork", false};
  // Before it is judged, which changes what is known. It is pulled again once there is room.
  const bool vital = batch.header.log.log_class == LogClass::control;
  if ((!vital && store_.out_of_room()) ||
      !store_.promise(batch.encoded.size(), vital)) {
    refused(batch, from, "store_full");
    return {Verdict::refused, "store_full", false};
  }
  auto judged = catalogue_.judge(batch);
  look_for_forks();
  switch (judged.verdict) {
    case Verdict::duplicate:
      ++counters_.duplicates;
      return {judged.verdict};
    case Verdict::mended:
      mend(batch);
      return {judged.verdict};
    case Verdict::waiting: return {put_aside(std::move(batch), from, live)};
    case Verdict::forked:
    case Verdict::refused: {
      refused(batch, from, judged.reason);
      const bool blamed = judged.blame == Blame::relay ||
                          (judged.blame == Blame::author && from == batch.header.log.agent);
      return {judged.verdict, judged.reason, blamed};
    }
    case Verdict::carried:
    case Verdict::fresh: break;
  }
  const auto verdict = judged.verdict;
  welcome(std::move(batch), std::move(judged), from, live);
  return {verdict};
}

// Until its scope is known. Meanwhile nobody is asked for it: another copy would wait as well.
Verdict MeshNode::put_aside(Batch batch, const AgentId& from, bool live) {
  const auto& header = batch.header;
  const Place place{header.log, header.sequence, batch.id};
  const auto bytes = batch.encoded.size();
  if (waiting_.contains(place)) {
    ++counters_.duplicates;
    return Verdict::duplicate;
  }
  ++counters_.waiting;
  auto& share = waiting_shares_[header.log.agent];
  if (waiting_bytes_ + bytes > waiting_bytes_max || share + bytes > waiting_share_max) {
    ++counters_.refused["waiting_full"];  // It can be pulled again once the scope is known.
    return Verdict::waiting;
  }
  waiting_bytes_ += bytes;
  share += bytes;
  pulls_.take({header.log, {header.sequence, header.sequence}});
  waiting_.emplace(place, Waiting{std::move(batch), from, live});
  return Verdict::waiting;
}

void MeshNode::refused(const Batch& batch, const AgentId& from, std::string_view reason) {
  ++counters_.refused[std::string(reason)];
  connections_.count(from, reason);
  const auto& header = batch.header;
  if (refusal_lines_.take(1, world_.clock.now()))
    world_.log.warn("batch {} of {} from {} refused: {}", header.sequence, short_name(header.log),
                    catalogue_.roster().org_of(from), reason);
  if (reason != "broken_chain" || header.sequence < 2) return;
  if (auto* exchange = this->exchange(from))
    send_all(from, exchange->ask({header.log, {header.sequence - 1, header.sequence - 1}}));
}

void MeshNode::welcome(Batch batch, Judged judged, const AgentId& from, bool live) {
  const bool carried = judged.verdict == Verdict::carried;
  if (carried) ++counters_.carried;
  auto arrival = std::make_shared<Arrival>();
  arrival->batch = std::move(batch);
  arrival->opened = std::move(judged.opened);
  if (judged.audience) arrival->audience = *judged.audience;
  arrival->via = std::string(catalogue_.roster().org_of(from));
  arrival->live = live;
  arrival->owed = std::exchange(owed_, std::nullopt);
  arrival->settled = std::move(judged.settled);
  keep(arrival, std::uint16_t(arrival->opened.records.size()));
  if (live) pass_on(arrival->batch, from, carried);
  for (const auto& agent : judged.revoked) {
    connections_.drop(agent, ByeReason::revoked);
    withdraw_revoked(agent);
  }
  if (hear_charters(arrival->batch.header, arrival->opened.records))
    for (auto* observer : observers_) observer->on_charter(options_.charter);
  if (judged.learned) retry_waiting();
}

// Into the store; observers hear of it now, and again when it is on disk.
void MeshNode::keep(std::shared_ptr<Arrival> arrival, std::uint16_t readable) {
  const auto& header = arrival->batch.header;
  StoredBatch stored{header.log, header.sequence, 0, readable,
                     std::make_shared<const Bytes>(arrival->batch.encoded)};
  const bool own = !arrival->own_records.empty();
  auto durable = [this, alive = std::weak_ptr<bool>(alive_), arrival, own,
                  readable](Result<void> done) {
    if (alive.expired()) return;
    if (!done && done.error().code == Errc::fork) return place_taken(*arrival);
    if (!done) return fail_store(done.error());
    if (arrival->owed) give_credit(*arrival->owed);
    if (own)
      own_is_durable(arrival);
    else if (readable > 0)
      tell(*arrival, true);
    if (!own) thaw(arrival->settled);
  };
  quota_.add(header.log, arrival->batch.encoded.size());
  arrival->first_ordinal = store_.append(std::move(stored), std::move(durable));
  if (readable == 0) return;
  provenance_.note(arrival->first_ordinal, arrival->via, world_.clock.wall());
  index(*arrival);
  tell(*arrival, false);
}

// A new copy of what the store could not give any more. Everybody here knows its records already.
void MeshNode::mend(const Batch& batch) {
  const auto& header = batch.header;
  ++counters_.mended;
  world_.log.warn("batch {} of {} had rotted here and is mended from a peer", header.sequence,
                  short_name(header.log));
  const bool readable = catalogue_.audience_of(header.log) != nullptr;
  StoredBatch stored{header.log, header.sequence, 0,
                     readable ? header.record_count : std::uint16_t(0),
                     std::make_shared<const Bytes>(batch.encoded)};
  store_.append(std::move(stored), [this, alive = std::weak_ptr<bool>(alive_)](Result<void> done) {
    if (!alive.expired() && !done) fail_store(done.error());
  });
}

void MeshNode::retry_waiting() {
  auto waiting = std::exchange(waiting_, {});
  waiting_bytes_ = 0;
  waiting_shares_.clear();
  for (auto& [place, entry] : waiting) {
    const auto from = entry.from;
    const auto sequence = entry.batch.header.sequence;
    pulls_.give_back({entry.batch.header.log, {sequence, sequence}});
    if (!take(std::move(entry.batch), from, entry.live))
      connections_.drop(from, ByeReason::violation);
  }
}

}  // namespace tocsin::mesh
