// The node's side of a comparison by content: gathers what is really in the store, asks or
// answers, and fetches what only the peer holds.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t slice_batches = 64;
constexpr Duration answer_max = std::chrono::minutes(2);
constexpr Duration answering_max = std::chrono::minutes(2);
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

/// Keeps a second comparison with the same agent away.
struct MeshNode::Slot {
  Slot(std::map<AgentId, std::shared_ptr<Asking>>& all, const AgentId& whose)
      : slots(all), peer(whose) {
    slots[peer] = nullptr;
  }
  Slot(const Slot&) = delete;
  ~Slot() { slots.erase(peer); }
  std::map<AgentId, std::shared_ptr<Asking>>& slots;
  AgentId peer;
};

// What the store can give of the claimed sequences `range`, in slices, so that the loop breathes.
// What has rotted is not held, whatever the heads say.
Task<Result<void>> MeshNode::gather(LogKey log, SequenceRange range,
                                    std::vector<BatchPlace>& out) {
  for (auto next = range.first; next <= range.last;) {
    const auto batches = store_.batches(log, next, slice_batches, batch_bytes_max);
    if (!batches && batches.error().code != Errc::corrupt)
      co_return std::unexpected(batches.error());
    if (batches && batches->empty()) break;
    if (!batches) ++next;
    if (batches)
      for (const auto& batch : *batches) {
        if (batch.sequence > range.last) co_return Result<void>();
        if (out.size() >= compare_batches_max)
          co_return fail(Errc::too_large, "comparison: more than {} batches", compare_batches_max);
        out.push_back({log, batch.sequence,
                       crypto::blake2b(ByteView(*batch.encoded).first(batch_header_bytes))});
        next = batch.sequence + 1;
      }
    auto breath = sleep(world_.loop, Duration(0));
    co_await breath;
  }
  co_return Result<void>();
}

// Every batch that `peer` may read and the store can give.
Task<Result<std::vector<BatchPlace>>> MeshNode::held_for(AgentId peer) {
  std::vector<BatchPlace> out;
  const auto* talk = exchange(peer);
  const auto heads = talk ? talk->offer()->all() : std::vector<LogHead>();
  for (const auto& head : heads) {
    auto ranges = head.ranges;
    // Up to its base a log may be kept by one and forgotten by the other.
    if (head.contiguous > head.base)
      ranges.insert(ranges.begin(), {head.base + 1, head.contiguous});
    for (const auto& range : ranges) {
      auto gathering = gather(head.key, range, out);
      const auto gathered = co_await gathering;
      if (!gathered) co_return std::unexpected(gathered.error());
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
  const Slot slot{asking_, peer};  // Given back however this ends.
  auto gathering = held_for(peer);
  auto held = co_await gathering;
  if (!held) co_return std::unexpected(held.error());
  const auto asking = std::make_shared<Asking>(world_.loop, world_.entropy.make<SketchKey>(),
                                               std::move(*held));
  asking_[peer] = asking;
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

// Errors end the session: symbols of no set, or another place than the one asked for. What comes
// late, or out of turn, is answered "not now" or passed over.
Result<void> MeshNode::on_comparison(Session& session, Message& message) {
  const auto& peer = session.facts().agent;
  if (auto* ask = std::get_if<SketchAsk>(&message)) {
    if (ask->first == 0) {
      begin_answering(session, *ask);
      return {};
    }
    auto sketch = answering_ && answering_->peer == peer
                      ? answering_->source.answer(*ask)
                      : fail(Errc::refused, "no comparison is under way");
    session.send(sketch ? std::move(*sketch) : Sketch{ask->key, 0, 0, {}});
    return {};
  }
  if (const auto* ask = std::get_if<PlacesAsk>(&message)) {
    if (answering_ && answering_->peer == peer && answering_->source.key() == ask->key)
      session.send(answering_->source.answer(*ask));
    return {};
  }
  const auto at = asking_.find(peer);
  if (at == asking_.end() || !at->second) return {};
  auto& asking = *at->second;
  Result<void> taken;
  if (const auto* sketch = std::get_if<Sketch>(&message)) {
    if (sketch->key != asking.run.key()) return {};
    if (sketch->symbols.empty())
      asking.error = Error{Errc::refused, "the partner compares no more than now and then",
                           "try again in a minute"};
    else
      taken = asking.run.take(*sketch);
  } else {
    const auto& places = std::get<Places>(message);
    if (places.key != asking.run.key()) return {};
    taken = asking.run.take(places);
  }
  if (!taken) asking.error = taken.error();
  asking.changed.set();
  return taken;
}

// Reading the whole store for a peer is work: for one at a time, and not again and again.
void MeshNode::begin_answering(Session& session, const SketchAsk& ask) {
  const auto& peer = session.facts().agent;
  const auto now = world_.clock.now();
  const auto last = answered_at_.find(peer);
  const bool soon = last != answered_at_.end() && now < last->second + compare_every;
  const bool others = answering_ && answering_->peer != peer && now < answering_->until;
  if (gathering_ || soon || others) {
    session.send(Sketch{ask.key, 0, 0, {}});
    return;
  }
  answered_at_[peer] = now;
  answering_.reset();
  gathering_ = true;
  tasks_.spawn(gather_answer(peer, ask));
}

Task<void> MeshNode::gather_answer(AgentId peer, SketchAsk ask) {
  auto gathering = held_for(peer);
  auto held = co_await gathering;
  gathering_ = false;
  Sketch sketch{ask.key, 0, 0, {}};
  if (held) {
    const auto until = world_.clock.now() + answering_max;
    answering_ = std::make_unique<Answering>(
        Answering{peer, until, ComparisonSource(ask.key, std::move(*held))});
    if (auto first = answering_->source.answer(ask)) sketch = std::move(*first);
  } else {
    world_.log.warn("a comparison was asked for: {}", held.error().message);
  }
  if (const auto session = connections_.find(peer, Purpose::live))
    session->send(std::move(sketch));
  else
    answering_.reset();
}

// What was gathered for one peer is not kept for longer than it takes to ask.
void MeshNode::forget_comparison(Instant now) {
  if (answering_ && now >= answering_->until) answering_.reset();
}

void MeshNode::end_comparisons(const AgentId& peer) {
  if (answering_ && answering_->peer == peer) answering_.reset();
  if (const auto at = asking_.find(peer); at != asking_.end() && at->second) {
    at->second->error = Error{Errc::unreachable, "the partner is no longer connected", {}};
    at->second->changed.set();
  }
}

}  // namespace tocsin::mesh
