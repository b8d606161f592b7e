#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {

Task<void> MeshNode::ready() {
  while (store_.full() && !stopped_) co_await store_.wait_for_room();
}

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
  if (stopped_) return fail(Errc::closed, "stopping");
  const auto& peer = session.facts().agent;
  if (auto* batch = std::get_if<BatchMessage>(&message))
    return receive(std::move(batch->encoded), session, batch->live);
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
    note_shown(session, *exchange);
  } else if (auto* heads = std::get_if<Heads>(&message)) {
    send_all(peer, exchange->on_heads(std::move(*heads)));
    note_shown(session, *exchange);
  } else if (const auto* pull = std::get_if<Pull>(&message)) {
    session.wake();
    return exchange->on_pull(*pull);
  } else if (const auto* end = std::get_if<PullEnd>(&message)) {
    send_all(peer, exchange->on_pull_end(*end));
  } else if (const auto* certificates = std::get_if<Certificates>(&message)) {
    for (const auto& encoded : certificates->encoded) take_certificate(encoded);
  } else if (is_comparison(message)) {
    return on_comparison(session, message);
  }
  if (gate_->open() || session.facts().org == options_.org) return {};
  auto ours = exchange->offer();
  std::erase_if(ours, [&](const LogHead& head) { return head.key.agent != id_; });
  if (exchange->equal())
    gate_->confirm(ours);
  else if (exchange->remote())
    gate_->compare(*exchange->remote(), ours);
  gate_moved();
  return {};
}

Result<std::optional<Bytes>> MeshNode::next_answer(Session& session) {
  auto* exchange = this->exchange(session.facts().agent);
  if (!exchange || session.facts().purpose != Purpose::bulk) return std::nullopt;
  return exchange->next_answer();
}

void MeshNode::on_certificate(const crypto::Certificate& certificate) {
  take_certificate(certificate.encoded);
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
    exchange = std::make_unique<Exchange>(
        Exchange::Shared{catalogue_, store_, options_.charter, pulls_, id_, listening(),
                         options_.gateway ? flag_gateway : 0},
        facts.agent, facts.org);
    // A new live session starts the comparison anew; bulk may be up already.
    if (live && connections_.find(facts.agent, Purpose::bulk))
      send_all(facts.agent, exchange->on_bulk());
  }
  if (!live) {
    if (facts.dialled) session->send(Ping{0});
    send_all(facts.agent, exchange->on_bulk());
    return;
  }
  world_.log.info("{}/{}: connected", facts.org, facts.name);
  send_all(facts.agent, exchange->on_live(world_.clock.wall()));
  route_up(*session);
}

void MeshNode::on_down(Session& session, const Error& why) {
  const auto& facts = session.facts();
  if (facts.purpose == Purpose::bulk) {
    if (auto* exchange = this->exchange(facts.agent)) exchange->on_bulk_lost();
    return;
  }
  world_.log.info("{}/{}: disconnected: {}", facts.org, facts.name, why.message);
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
  return take(std::move(*batch), session.facts().agent, live);
}

Result<void> MeshNode::take(Batch batch, const AgentId& from, bool live) {
  const auto admitted = admit(std::move(batch), from, live);
  if (admitted.blamed)
    return fail(Errc::unauthenticated, "a batch was refused: {}", admitted.reason);
  return {};
}

// Every batch that this agent did not write comes in here, by whatever way it came.
MeshNode::Admitted MeshNode::admit(Batch batch, const AgentId& from, bool live) {
  auto judged = catalogue_.judge(batch);
  switch (judged.verdict) {
    case Verdict::duplicate:
      ++counters_.duplicates;
      return {judged.verdict};
    case Verdict::mended:
      mend(batch);
      return {judged.verdict};
    case Verdict::waiting:
      ++counters_.waiting;
      if (waiting_bytes_ + batch.encoded.size() > waiting_bytes_max) {
        ++counters_.refused["waiting_full"];  // It can be pulled again once the scope is known.
        return {judged.verdict};
      }
      waiting_bytes_ += batch.encoded.size();
      waiting_.push_back({std::move(batch), from, live});
      return {judged.verdict};
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

void MeshNode::refused(const Batch& batch, const AgentId& from, std::string_view reason) {
  ++counters_.refused[std::string(reason)];
  connections_.count(from, reason);
  const auto& header = batch.header;
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
  keep(arrival, std::uint16_t(arrival->opened.records.size()));
  if (live) pass_on(arrival->batch, from, carried);
  for (const auto& agent : judged.revoked) connections_.drop(agent, ByeReason::revoked);
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
    if (!done) return fail_store(done.error());
    if (own)
      own_is_durable(arrival);
    else if (readable > 0)
      tell(*arrival, true);
  };
  arrival->first_ordinal = store_.append(std::move(stored), std::move(durable));
  if (readable == 0) return;
  came_[arrival->first_ordinal] = {arrival->via, world_.clock.wall()};
  auto ordinal = arrival->first_ordinal;
  for (const auto& record : arrival->opened.records) index_.add(record.id(), ordinal++);
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
  for (auto& entry : waiting) {
    const auto from = entry.from;
    if (!take(std::move(entry.batch), from, entry.live))
      connections_.drop(from, ByeReason::violation);
  }
}

}  // namespace tocsin::mesh
