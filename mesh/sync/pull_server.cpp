#include "mesh/sync/pull_server.hpp"

namespace tocsin::mesh {

Result<void> PullServer::on_pull(const Pull& pull) {
  std::size_t waiting = 0;
  for (const auto& queue : queues_) waiting += queue.pulls.size();
  if (waiting >= serving_max)
    return fail(Errc::refused, "{} pulls are waiting already", waiting);
  const auto share =
      pull.ranges.empty() ? Share::urgent : share_of(pull.ranges.front().key.log_class);
  Serving serving{pull.id, {}, {}};
  for (const auto& range : pull.ranges) serving.ranges.push_back(range);
  queues_[std::size_t(share)].pulls.push_back(std::move(serving));
  return {};
}

bool PullServer::answering() const {
  return std::any_of(queues_.begin(), queues_.end(), [](const Queue& queue) {
    return !queue.pulls.empty() || !queue.answers.empty();
  });
}

Result<std::optional<Bytes>> PullServer::next_answer(Shared shared, const PeerName& peer,
                                                     Refused& refused) {
  const auto second = cases_next_ ? Share::cases : Share::indicators;
  const auto third = cases_next_ ? Share::indicators : Share::cases;
  for (const auto share : {Share::urgent, second, third}) {
    auto& queue = queues_[std::size_t(share)];
    refill(queue, {shared, peer, refused});
    auto frame = take(queue);
    if (!frame) continue;
    if (share != Share::urgent) cases_next_ = share == Share::indicators;
    return frame;
  }
  return std::nullopt;
}

std::optional<Bytes> PullServer::take(Queue& queue) {
  if (queue.answers.empty()) return std::nullopt;
  auto& next = queue.answers.front();
  if (next.share) {
    if (!flow_.may(*next.share)) return std::nullopt;
    flow_.sent(*next.share, next.bytes);
  }
  std::optional<Bytes> out = std::move(next.frame);
  queue.answers.pop_front();
  return out;
}

void PullServer::refill(Queue& queue, const Reading& reading) {
  while (queue.answers.empty() && !queue.pulls.empty()) {
    auto& serving = queue.pulls.front();
    if (!serving.ranges.empty()) {
      if (!flow_.may(share_of(serving.ranges.front().key.log_class))) return;
      read_range(serving, queue, reading);
      continue;
    }
    queue.answers.push_back({encode(PullEnd{serving.id, std::move(serving.missing)}), {}, 0});
    queue.pulls.pop_front();
  }
}

void PullServer::give_up(Serving& serving, const PullRange& range) {
  auto& missing = serving.missing;
  const bool goes_on = !missing.empty() && missing.back().key == range.key &&
                       missing.back().range.last + 1 == range.range.first;
  if (goes_on)
    missing.back().range.last = range.range.last;
  else if (missing.size() < frame_ranges_max)
    missing.push_back(range);
}

// Reads the next few batches of the first range, and drops or shortens it.
void PullServer::read_range(Serving& serving, Queue& queue, const Reading& reading) {
  constexpr std::size_t batches_at_once = 256;
  const auto& [catalogue, store, charter] = reading.shared;
  auto& range = serving.ranges.front();
  const auto refusal = reader_clearance(Exit::pull, range.key, reading.peer, catalogue, charter);
  std::uint64_t next = range.range.first;
  if (refusal != Refusal::none) {
    ++reading.refused[fmt::format("pull_{}", name_of(refusal))];
  } else if (const auto batches =
                 store.batches(range.key, range.range.first,
                               std::min<std::uint64_t>(
                                   batches_at_once, range.range.last - range.range.first + 1),
                               read_bytes_max)) {
    for (const auto& batch : *batches) {
      // Below the base nothing needs to be here.
      if (batch.sequence > next && batch.sequence <= range.range.last) {
        give_up(serving, {range.key, {next, batch.sequence - 1}});
        next = batch.sequence;
      }
      if (batch.sequence != next || next > range.range.last ||
          !catalogue.heads().has(range.key, next))
        break;
      // Below its base, or dropped here since it is of no use any more.
      if (batch.dropped())
        give_up(serving, {range.key, {next, next}});
      else
        queue.answers.push_back({encode_batch_message(*batch.encoded, false),
                                 share_of(range.key.log_class), batch.encoded->size()});
      ++next;
    }
  } else if (batches.error().code == Errc::corrupt && catalogue.heads().has(range.key, next)) {
    give_up(serving, {range.key, {next, next}});
    ++next;  // One that has rotted here does not hold back those after it.
  }
  if (next > range.range.last) {
    serving.ranges.pop_front();
  } else if (next == range.range.first) {
    give_up(serving, range);
    serving.ranges.pop_front();
  } else {
    range.range.first = next;
  }
}

}  // namespace tocsin::mesh
