// The node's side of checkpoints: as an author it signs again what is live and lets its logs begin
// later; as a holder it believes no checkpoint that leaves out what is live here.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t logs_at_once = 64;  ///< of an author, in one compaction
constexpr std::size_t slice_batches = 8;
constexpr std::uint64_t where_batches_max = 4096;
/// The newest batches of a log that still grows are left as they are.
constexpr std::uint64_t tail_kept = 1;
constexpr std::string_view barrier_key = "compaction/barrier";

Digest id_of(const StoredBatch& stored) {
  return crypto::blake2b(ByteView(*stored.encoded).first(batch_header_bytes));
}

}  // namespace

/// What an author finds live up to a new base.
struct MeshNode::StillLive {
  std::vector<Bytes> uncopied;            ///< to be signed again
  std::set<CompactionBook::Name> copies;  ///< batches above the base that hold the others
};

// Of several for one log the highest counts: it says all that the others said.
void MeshNode::note_checkpoint(const RecordView& record, const LogKey& log) {
  const auto checkpoint = decode_checkpoint(record, log);
  if (!checkpoint || catalogue_.frozen(log) || catalogue_.frozen(checkpoint->log)) return;
  const auto* head = catalogue_.heads().find(checkpoint->log);
  if (head && head->base >= checkpoint->base) return;
  const auto at = checkpoints_.find(checkpoint->log);
  if (at == checkpoints_.end() &&
      (checkpoints_.size() >= checkpoints_max ||
       waiting_checkpoints(log.agent) >= checkpoints_share))
    return;
  if (at != checkpoints_.end() && at->second.checkpoint.base >= checkpoint->base) return;
  checkpoints_[checkpoint->log] = Pending{*checkpoint, record.header.marking};
  if (gate_ && !considering_) tasks_.spawn(consider_checkpoints());
}

// Of one author, with the ranges that they name; bounded by its share.
std::size_t MeshNode::waiting_checkpoints(const AgentId& author) const {
  std::size_t out = 0;
  for (auto at = checkpoints_.lower_bound({author, 0, {}, {}});
       at != checkpoints_.end() && at->first.agent == author; ++at)
    out += 1 + at->second.checkpoint.where.size();
  return out;
}

Task<void> MeshNode::consider_checkpoints() {
  if (considering_) co_return;
  considering_ = true;
  co_await sleep(world_.loop, Duration(0));
  std::vector<LogKey> logs;
  for (const auto& [log, pending] : checkpoints_) logs.push_back(log);
  for (const auto& log : logs) {
    if (stopped_) break;
    const auto at = checkpoints_.find(log);
    if (at == checkpoints_.end()) continue;
    const auto base = at->second.checkpoint.base;
    auto judging = judge(at->second.checkpoint);
    const auto verdict = co_await judging;
    const auto now = checkpoints_.find(log);
    if (now != checkpoints_.end() && now->second.checkpoint.base == base) settle(log, verdict);
  }
  considering_ = false;
}

void MeshNode::settle(const LogKey& log, CheckpointVerdict verdict) {
  auto& pending = checkpoints_.at(log);
  const auto& checkpoint = pending.checkpoint;
  switch (verdict) {
    case CheckpointVerdict::waiting: return;
    case CheckpointVerdict::other_chain:
    case CheckpointVerdict::wrong_root:
    case CheckpointVerdict::omission:
      if (std::exchange(pending.complained, true)) return;
      ++checkpoints_refused_;
      world_.log.error("checkpoint of {}/{} for log {} at {} is not believed: {}; all is kept",
                       catalogue_.roster().org_of(log.agent),
                       catalogue_.roster().name_of(log.agent), short_name(log), checkpoint.base,
                       name_of(verdict));
      return;
    case CheckpointVerdict::accepted: break;
  }
  // One that may not be opened is as if nothing had been said of it.
  if (catalogue_.raise_base(log, {checkpoint.base, checkpoint.last}, pending.marking))
    compaction_.touch_up_to(log, checkpoint.base);
  checkpoints_.erase(log);
}

Task<CheckpointVerdict> MeshNode::judge(Checkpoint checkpoint) {
  const auto& [log, base, last, live, root, where] = checkpoint;
  CheckpointView view;
  if (const auto at = store_.batch(log, base); at && *at) view.at_base = id_of(**at);
  if (const auto after = store_.batch(log, base + 1); after && *after)
    if (const auto header = parse_batch_header(
            ByteView(*(*after)->encoded).first(batch_header_bytes)))
      view.after_base = header->previous;
  std::uint64_t batches = 0;
  for (const auto& range : where) {
    batches += range.range.last - range.range.first + 1;
    // More than an author may declare at once can only be a lie about where they are.
    if (batches > where_batches_max) co_return CheckpointVerdict::wrong_root;
    gather_declared(range, view);
    co_await sleep(world_.loop, Duration(0));
  }
  auto gathering = gather_live(log, {1, base}, view);
  co_await gathering;
  co_return judge_checkpoint(checkpoint, view);
}

void MeshNode::gather_declared(const PullRange& range, CheckpointView& view) {
  for (auto sequence = range.range.first; sequence <= range.range.last; ++sequence) {
    if (!catalogue_.heads().has(range.key, sequence)) {
      view.all_here = view.all_readable = false;
      continue;
    }
    auto stored = store_.batch(range.key, sequence);
    if (!stored || !*stored || (*stored)->dropped() || (*stored)->readable == 0) {
      view.all_readable = false;
      continue;
    }
    const auto batch = cache_.open(std::move(**stored));
    if (!batch) view.all_readable = false;
    if (batch)
      for (const auto record : batch->records) view.declared.insert(crypto::blake2b(record));
  }
}

Task<void> MeshNode::gather_live(LogKey log, SequenceRange range, CheckpointView& view) {
  const auto now = world_.clock.wall();
  for (auto next = range.first; next <= range.last && !stopped_;) {
    auto batches = store_.batches(log, next, slice_batches, batch_bytes_max);
    if (!batches) ++next;  // One that has rotted shows nothing.
    if (batches && batches->empty()) co_return;
    if (batches)
      for (auto& stored : *batches) {
        next = stored.sequence + 1;
        if (stored.sequence > range.last) co_return;
        if (stored.dropped() || stored.readable == 0) continue;
        const auto batch = cache_.open(std::move(stored));
        if (!batch) continue;
        for (const auto bytes : batch->records) {
          const auto record = view_record(bytes);
          if (!record) continue;
          const auto end = end_of_one(*record, log);
          const auto id = record->id();
          if (end && *end > now) view.live.insert(id);
          if (!end && life_of(*record).life == Life::stays) view.live.insert(id);
          if (!end && life_of(*record).life == Life::follows) view.unsure.insert(id);
        }
      }
    co_await sleep(world_.loop, Duration(0));
  }
}

std::optional<WallTime> MeshNode::end_of_one(const RecordView& record, const LogKey& log) {
  const auto org = catalogue_.roster().org_of(log.agent);
  const KnownLives known{
      [this](const Digest& id) { return expiry_of(id); },
      [&](const RecordView& one) -> std::optional<WallTime> {
        if (!compaction_.any_retracted()) return std::nullopt;
        return compaction_.retracted_at(one.id(), org);
      },
      [](const RecordView&) { return false; }};
  return end_of({&record, 1}, known);
}

// A copy in a newer batch of the same log, or in a log of another epoch above its base.
std::optional<CompactionBook::Name> MeshNode::copy_above(const Digest& id, const LogKey& log,
                                                         std::uint64_t base,
                                                         const CompactionBook& book) {
  std::vector<std::uint64_t> candidates;
  index_.find(id, candidates);
  for (const auto candidate : candidates) {
    const auto held = cache_.batch_of(candidate);
    if (!held || !*held) continue;
    const auto& stored = (*held)->stored;
    if (!same_family(stored.log, log)) continue;
    const auto* head = catalogue_.heads().find(stored.log);
    const auto above = stored.log == log ? base : head ? head->base : 0;
    if (stored.sequence <= above || book.is_stub({stored.log, stored.sequence})) continue;
    if (crypto::blake2b((*held)->records[candidate - stored.first_ordinal]) == id)
      return CompactionBook::Name{stored.log, stored.sequence};
  }
  return std::nullopt;
}

Task<Result<void>> MeshNode::let_logs_begin_later(Compacting& work) {
  if (!gate_->open()) co_return Result<void>();
  const auto own = catalogue_.heads().heads(
      [&](const LogKey& log) { return log.agent == id_ && !catalogue_.frozen(log); });
  std::size_t raised = 0;
  for (const auto& head : own) {
    const bool grows = head.key.epoch == gate_->epoch();
    const auto last = head.contiguous - std::min(head.contiguous, grows ? tail_kept : 0);
    const auto base = work.book.next_base(head.key, head.base, last);
    if (!base || raised++ >= logs_at_once) continue;
    if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
    auto raising = raise_base(head.key, *base, work);
    const auto done = co_await raising;
    // What was dropped makes room for the next compaction, which goes on from there.
    if (!done && done.error().code == Errc::full) co_return Result<void>();
    if (!done) co_return done;
  }
  co_return Result<void>();
}

// First what is live is on disk again, then the checkpoint is signed: whatever comes between, the
// next compaction goes on from there.
Task<Result<void>> MeshNode::raise_base(LogKey log, std::uint64_t base, Compacting& work) {
  auto& report = work.report;
  const auto* head = catalogue_.heads().find(log);
  auto live = still_live(log, {head->base + 1, base}, report.at, work.book);
  if (!live) co_return std::unexpected(live.error());
  if (report.dry_run) {
    foresee_base(log, *live, work);
    co_return Result<void>();
  }
  report.reappended += live->uncopied.size();
  if (auto again = sign_again(log, std::move(live->uncopied)); !again) co_return again;
  const auto barrier = [this] {
    return put_durably({barrier_key.begin(), barrier_key.end()}, {1});
  };
  auto copying = barrier();
  const auto copied = co_await copying;
  if (!copied) co_return copied;
  if (auto said = sign_checkpoint(log, base, report.at); !said) co_return said;
  auto signing = barrier();
  const auto done = co_await signing;
  if (done) ++report.checkpoints;
  co_return done;
}

// Counts what raise_base() would do. What it would sign again for one log another log of the same
// readers need not have signed once more.
void MeshNode::foresee_base(const LogKey& log, const StillLive& live, Compacting& work) {
  const auto target = signed_again_in(log);
  std::vector<Digest> ids;
  for (const auto& record : live.uncopied) {
    ids.push_back(crypto::blake2b(record));
    work.report.reappended += !work.again.contains({target, ids.back()});
  }
  for (const auto& id : ids) work.again.insert({target, id});
  ++work.report.checkpoints;
}

Result<MeshNode::StillLive> MeshNode::still_live(const LogKey& log, SequenceRange range,
                                                 WallTime now, const CompactionBook& book) {
  StillLive out;
  for (auto sequence = range.first; sequence <= range.last; ++sequence) {
    if (book.is_stub({log, sequence})) continue;
    auto stored = store_.batch(log, sequence);
    if (!stored) return std::unexpected(stored.error());
    if (!*stored || (*stored)->dropped()) continue;
    const auto batch = cache_.open(std::move(**stored));
    if (!batch) return std::unexpected(batch.error());
    for (const auto bytes : batch->records) {
      const auto record = view_record(bytes);
      if (!record) return std::unexpected(record.error());
      const auto end = end_of_one(*record, log);
      if (end && *end + drop_margin <= now) continue;
      if (const auto copy = copy_above(record->id(), log, range.last, book))
        out.copies.insert(*copy);
      else
        out.uncopied.emplace_back(bytes.begin(), bytes.end());
    }
  }
  return out;
}

LogKey MeshNode::signed_again_in(const LogKey& log) const {
  return {id_, gate_->epoch(), log.scope, log.log_class};
}

// In batches of their own, since a checkpoint declares all that is in them.
Result<void> MeshNode::sign_again(const LogKey& log, std::vector<Bytes> records) {
  const auto target = signed_again_in(log);
  Gathered part{target, {}, {}};
  std::size_t bytes = 0;
  const auto send = [&]() -> Result<void> {
    if (part.records.empty()) return {};
    part.tags.assign(part.records.size(), 0);
    bytes = 0;
    auto whole = std::exchange(part, Gathered{target, {}, {}});
    return sign(whole);
  };
  for (auto& record : records) {
    const auto room = batch_bytes_max - batch_prefix_bytes - Publisher::payload_overhead;
    const bool full = part.records.size() == batch_records_max || bytes + record.size() + 4 > room;
    if (full)
      if (auto sent = send(); !sent) return sent;
    bytes += record.size() + 4;
    part.records.push_back(std::move(record));
  }
  return send();
}

Result<void> MeshNode::sign_checkpoint(const LogKey& log, std::uint64_t base, WallTime now) {
  const auto* head = catalogue_.heads().find(log);
  const auto at_base = store_.batch(log, base);
  if (!at_base) return std::unexpected(at_base.error());
  if (!*at_base) return fail(Errc::corrupt, "log {}: batch {} is missing", short_name(log), base);
  const auto live = still_live(log, {head->base + 1, base}, now, compaction_);
  if (!live) return std::unexpected(live.error());
  if (!live->uncopied.empty())
    return fail(Errc::corrupt, "log {}: {} live records could not be signed again",
                short_name(log), live->uncopied.size());
  Checkpoint checkpoint{log, base, id_of(**at_base), 0, {}, {}};
  CheckpointView view;
  for (const auto& [key, sequence] : live->copies) {
    auto& where = checkpoint.where;
    if (!where.empty() && where.back().key == key && where.back().range.last + 1 == sequence)
      where.back().range.last = sequence;
    else
      where.push_back({key, {sequence, sequence}});
    gather_declared({key, {sequence, sequence}}, view);
  }
  checkpoint.live = view.declared.size();
  checkpoint.root = root_of_ids(view.declared);
  // No marking that the log does not have already: none may narrow where it goes, or widen it.
  auto tlp = Tlp::clear;
  while (tlp != Tlp::red && (catalogue_.tlp_seen(log) & 1u << unsigned(tlp)) == 0)
    tlp = Tlp(unsigned(tlp) + 1);
  const RecordHeader header{RecordKind::checkpoint, {tlp, Pap::amber}, world_.clock.wall(),
                            author()};
  auto record = encode_checkpoint(header, checkpoint);
  if (!record) return std::unexpected(record.error());
  std::vector<Bytes> records;
  records.push_back(std::move(*record));
  return sign_again(log, std::move(records));
}

}  // namespace tocsin::mesh
