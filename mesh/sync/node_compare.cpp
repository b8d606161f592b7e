// The node's side of a comparison by content: gathers what is really in the store, asks or
// answers, and fetches what only the peer holds.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t slice_batches = 64;
constexpr Duration answer_max = std::chrono::seconds(30);
// What was signed this short before the comparison may still be on its way.
constexpr Duration settling = std::chrono::seconds(5);

}  // namespace

/// A comparison that this agent asked for.
struct MeshNode::Asking {
  Asking(Loop& loop, const SketchKey& key, std::vector<BatchPlace> held)
      : run(key, std::move(held)), changed(loop) {}
  ComparisonRun run;
  std::optional<Error> error;
  Event changed;
};

// Every batch that `peer` may read and the store can give, in slices, so that the loop breathes.
Task<std::vector<BatchPlace>> MeshNode::held_for(AgentId peer) {
  std::vector<BatchPlace> out;
  const auto* talk = exchange(peer);
  const auto heads = talk ? talk->offer() : std::vector<LogHead>();
  for (const auto& head : heads) {
    const auto newest = head.ranges.empty() ? head.contiguous : head.ranges.back().last;
    for (std::uint64_t next = 1; next <= newest && out.size() < SketchEncoder::items_max;) {
      const auto batches = store_.batches(head.key, next, slice_batches, batch_bytes_max);
      if (batches && batches->empty()) break;
      if (!batches) ++next;  // It has rotted: not held, whatever the heads say.
      if (batches)
        for (const auto& batch : *batches) {
          out.push_back({head.key, batch.sequence,
                         crypto::blake2b(ByteView(*batch.encoded).first(batch_header_bytes))});
          next = batch.sequence + 1;
        }
      auto breath = sleep(world_.loop, Duration(0));
      co_await breath;
    }
  }
  co_return out;
}

Task<Result<Difference>> MeshNode::compare(std::string org) {
  AgentId peer;
  for (const auto& session : connections_.live())
    if (session->facts().org == org) peer = session->facts().agent;
  if (peer.is_zero())
    co_return fail(Errc::unreachable, "no agent of {} is connected", org);
  if (asking_.contains(peer))
    co_return fail(Errc::refused, "a comparison with {} is under way", org);
  const auto began = world_.clock.wall();
  auto& slot = asking_[peer];
  auto gathering = held_for(peer);
  auto held = co_await gathering;
  const auto asking = std::make_shared<Asking>(world_.loop, world_.entropy.make<SketchKey>(),
                                               std::move(held));
  slot = asking;
  std::optional<Error> error;
  while (!error && !asking->run.done()) {
    const auto session = connections_.find(peer, Purpose::live);
    const auto question = asking->run.next();
    if (!session || !session->send(*question))
      error = Error{Errc::unreachable, fmt::format("{} is no longer connected", org), {}};
    if (error) break;
    auto waiting = asking->changed.wait(answer_max);
    const bool answered = co_await waiting;
    if (!answered) error = Error{Errc::timeout, fmt::format("{} does not answer", org), {}};
    if (asking->error) error = asking->error;
  }
  asking_.erase(peer);
  if (error) co_return std::unexpected(std::move(*error));
  auto out = asking->run.difference();
  settle(out, peer, began);
  co_return out;
}

// Leaves out what was only on its way, and asks for what only the peer has.
void MeshNode::settle(Difference& difference, const AgentId& peer, WallTime began) {
  std::erase_if(difference.only_here, [&](const BatchPlace& place) {
    const auto stored = store_.batch(place.key, place.sequence);
    const auto header = stored && *stored ? parse_batch_header(ByteView(*(*stored)->encoded).first(
                                                batch_header_bytes))
                                          : fail(Errc::not_found, "gone");
    return header && header->time + settling > began;
  });
  std::erase_if(difference.only_there, [&](const BatchPlace& place) {
    const auto stored = store_.batch(place.key, place.sequence);
    return stored && *stored &&
           crypto::blake2b(ByteView(*(*stored)->encoded).first(batch_header_bytes)) == place.id;
  });
  auto* talk = exchange(peer);
  if (!talk) return;
  for (const auto& place : difference.only_there)
    send_all(peer, talk->ask({place.key, {place.sequence, place.sequence}}));
}

// Errors end the session: an answer that nobody asked for, or a question out of turn.
Result<void> MeshNode::on_comparison(Session& session, Message& message) {
  const auto& peer = session.facts().agent;
  if (auto* ask = std::get_if<SketchAsk>(&message)) {
    if (ask->first == 0) {
      begin_answering(session, *ask);
      return {};
    }
    const auto at = answering_.find(peer);
    if (at == answering_.end() || !at->second)
      return fail(Errc::refused, "no comparison is under way");
    auto sketch = at->second->answer(*ask);
    if (!sketch) return std::unexpected(sketch.error());
    session.send(std::move(*sketch));
    return {};
  }
  if (const auto* ask = std::get_if<PlacesAsk>(&message)) {
    const auto at = answering_.find(peer);
    if (at == answering_.end() || !at->second)
      return fail(Errc::refused, "no comparison is under way");
    session.send(at->second->answer(*ask));
    return {};
  }
  const auto at = asking_.find(peer);
  if (at == asking_.end() || !at->second) return {};  // It came too late.
  if (const auto* sketch = std::get_if<Sketch>(&message); sketch && sketch->symbols.empty()) {
    at->second->error = Error{Errc::refused, "the partner compared less than 10 s ago", "try again"};
    at->second->changed.set();
    return {};
  }
  const auto taken = std::holds_alternative<Sketch>(message)
                         ? at->second->run.take(std::get<Sketch>(message))
                         : at->second->run.take(std::get<Places>(message));
  if (!taken) at->second->error = taken.error();
  at->second->changed.set();
  return taken;
}

// Reading the whole store for a peer is work: not again and again. No symbols mean "not now".
void MeshNode::begin_answering(Session& session, const SketchAsk& ask) {
  const auto& peer = session.facts().agent;
  const auto now = world_.clock.now();
  const auto last = answered_at_.find(peer);
  if (last != answered_at_.end() && now < last->second + compare_every) {
    session.send(Sketch{});
    return;
  }
  answered_at_[peer] = now;
  answering_[peer] = nullptr;
  tasks_.spawn(gather_answer(peer, ask));
}

void MeshNode::end_comparisons(const AgentId& peer) {
  answering_.erase(peer);
  if (const auto at = asking_.find(peer); at != asking_.end() && at->second) {
    at->second->error = Error{Errc::unreachable, "the partner is no longer connected", {}};
    at->second->changed.set();
  }
}

Task<void> MeshNode::gather_answer(AgentId peer, SketchAsk ask) {
  auto gathering = held_for(peer);
  auto held = co_await gathering;
  auto source = std::make_unique<ComparisonSource>(ask.key, std::move(held));
  auto sketch = source->answer(ask);
  const auto session = connections_.find(peer, Purpose::live);
  if (!sketch || !session) co_return;
  answering_[peer] = std::move(source);
  session->send(std::move(*sketch));
}

}  // namespace tocsin::mesh
