// The node's side of compaction: looks closely at what may be due, and drops what is, a little at
// a time. Whatever it is interrupted at, the next one goes on from there.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t slice_drops = 64;  ///< in one transaction of the store, about
constexpr Duration look_again = std::chrono::milliseconds(20);
constexpr Duration tell_later = std::chrono::hours(24);
/// The end of an indicator that was dropped is remembered this long after nothing needs it.
constexpr Duration ends_kept = std::chrono::hours(24 * 30);
constexpr std::string_view last_key = "compaction/last", ends_prefix = "gone/";

Bytes end_key(const Digest& indicator) {
  ByteWriter out;
  out.raw(bytes_of(ends_prefix));
  out.fixed(indicator);
  return std::move(out).take();
}

Bytes encode_last(const CompactionReport& report) {
  ByteWriter out;
  for (const auto number : {std::uint64_t(report.at.ms), report.looked_at, report.dropped,
                            report.records, report.bytes, report.live, report.held_back,
                            report.unreadable, report.reappended, report.checkpoints})
    out.u64(number);
  return std::move(out).take();
}

std::optional<CompactionReport> decode_last(ByteView bytes) {
  ByteReader in(bytes);
  CompactionReport out;
  out.at = {std::int64_t(in.u64())};
  for (auto* number : {&out.looked_at, &out.dropped, &out.records, &out.bytes, &out.live,
                       &out.held_back, &out.unreadable, &out.reappended, &out.checkpoints})
    *number = in.u64();
  if (!in.done()) return std::nullopt;
  return out;
}

struct Running {
  explicit Running(bool& what) : flag(what) { flag = true; }
  Running(const Running&) = delete;
  ~Running() { flag = false; }
  bool& flag;
};

}  // namespace

Task<void> MeshNode::compact_by_itself() {
  const auto held = store_.bytes_on_disk() - std::min(store_.bytes_on_disk(), store_.bytes_free());
  const auto droppable = compaction_.droppable_bytes(world_.clock.wall() - drop_margin);
  if (options_.mend || compacting_ || droppable < compact_bytes_min ||
      droppable * compact_share < held)
    co_return;
  auto compacting = compact(false);
  const auto done = co_await compacting;
  if (!done && done.error().code != Errc::closed)
    world_.log.warn("compaction: {}", done.error().message);
}

Task<Result<CompactionReport>> MeshNode::compact(bool dry_run) {
  if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
  if (compacting_) co_return fail(Errc::refused, "a compaction is under way");
  if (clocks_.own_is_doubtful())
    co_return std::unexpected(Error{
        Errc::refused, "most partners' clocks differ from this agent's: what has expired is not sure",
        "set this machine's clock right, then run `tocsin store compact`"});
  const Running running(compacting_);
  CompactionReport report;
  report.at = world_.clock.wall();
  report.dry_run = dry_run;
  touch_retracted();
  // A trial notes what it would drop in a book of its own, so that each next step sees it.
  std::optional<CompactionBook> trial;
  if (dry_run) trial = compaction_.places();
  Compacting work{report, trial ? *trial : compaction_, {}};
  auto dropping = drop_due(work);
  const auto dropped = co_await dropping;
  if (!dropped) co_return std::unexpected(dropped.error());
  auto raising = let_logs_begin_later(work);
  const auto raised = co_await raising;
  if (!raised) co_return std::unexpected(raised.error());
  if (dry_run) co_return report;
  auto considering = consider_checkpoints();
  co_await considering;
  forget_ends(report.at);
  auto ending = put_durably({last_key.begin(), last_key.end()}, encode_last(report));
  const auto durable = co_await ending;
  if (!durable) co_return std::unexpected(durable.error());
  last_compaction_ = report;
  if (report.dropped > 0)
    world_.log.info("compaction: {} batches with {} records gave up {} bytes", report.dropped,
                    report.records, report.bytes);
  co_return report;
}

Task<Result<void>> MeshNode::drop_due(Compacting& work) {
  std::uint64_t answered = 0;
  for (const auto& name : work.book.due(work.report.at - drop_margin)) {
    while (!stopped_ && (exports_ > 0 || store_.full()))
      co_await sleep(world_.loop, look_again);
    if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
    if (const auto looked = look_at(name, work); !looked)
      co_return std::unexpected(looked.error());
    // One slice is on disk before the next begins: what is live never waits behind many.
    if (work.report.dropped - answered < slice_drops || work.report.dry_run) {
      co_await sleep(world_.loop, Duration(0));
      continue;
    }
    answered = work.report.dropped;
    auto slice = put_durably({last_key.begin(), last_key.end()}, encode_last(work.report));
    const auto durable = co_await slice;
    if (!durable) co_return durable;
  }
  co_return Result<void>();
}

CompactionStatus MeshNode::compaction() const {
  CompactionStatus out;
  out.droppable_bytes = compaction_.droppable_bytes(world_.clock.wall() - drop_margin);
  out.stubs = compaction_.stubs();
  out.checkpoints_refused = checkpoints_refused_;
  out.running = compacting_;
  out.last = last_compaction_;
  return out;
}

void MeshNode::read_last_compaction() {
  const auto kept = store_.get(bytes_of(last_key));
  if (kept && *kept) last_compaction_ = decode_last(**kept);
}

// A retracted indicator's batches may be droppable long before it expires.
void MeshNode::touch_retracted() {
  for (const auto& target : compaction_.take_retracted()) {
    const auto ordinals = ordinals_of(target);
    if (!ordinals) continue;
    for (const auto ordinal : *ordinals) {
      const auto held = cache_.batch_of(ordinal);
      if (held && *held) compaction_.touch({(*held)->stored.log, (*held)->stored.sequence});
    }
  }
}

Result<void> MeshNode::look_at(const CompactionBook::Name& name, Compacting& work) {
  const auto& [log, sequence] = name;
  auto& report = work.report;
  // What is on its way to the disk is not in the heads yet; of a forked log each branch is evidence.
  if (!catalogue_.heads().has(log, sequence) || catalogue_.frozen(log)) return {};
  auto stored = store_.batch(log, sequence);
  if (!stored && stored.error().code == Errc::corrupt) {
    ++report.unreadable;
    return {};
  }
  if (!stored) return std::unexpected(stored.error());
  if (!*stored || (*stored)->dropped() || (*stored)->readable == 0) return {};
  ++report.looked_at;
  const auto batch = cache_.open(std::move(**stored));
  if (!batch) return std::unexpected(batch.error());
  std::vector<RecordView> records;
  for (const auto bytes : batch->records) {
    const auto record = view_record(bytes);
    if (!record) return within("compaction", record.error());
    records.push_back(*record);
  }
  const auto org = catalogue_.roster().org_of(log.agent);
  const auto* head = catalogue_.heads().find(log);
  const bool below_base = head && sequence <= head->base;
  const KnownLives known{
      [this](const Digest& id) { return expiry_of(id); },
      [&](const RecordView& record) -> std::optional<WallTime> {
        if (!compaction_.any_retracted()) return std::nullopt;
        return compaction_.retracted_at(record.id(), org);
      },
      [&](const RecordView& record) {
        return below_base && other_copy(record.id(), name, work.book).has_value();
      }};
  const auto end = end_of(records, known);
  const auto later = report.at - drop_margin + tell_later;
  if (!end || *end + drop_margin > report.at) {
    ++report.live;
    work.book.look_again(name, end ? *end : later);
    return {};
  }
  if (!work.book.leaves_few_holes(name, head->base)) {
    ++report.held_back;
    work.book.look_again(name, later);
    return {};
  }
  ++report.dropped;
  report.records += records.size();
  report.bytes += batch->stored.encoded->size() - batch_prefix_bytes;
  if (report.dry_run)
    work.book.note_stub(name);
  else
    drop(name, *batch, records);
  return {};
}

// What others need to know of it comes into the store first, then it goes, in one transaction or
// in this order.
void MeshNode::drop(const CompactionBook::Name& name, const CachedBatch& batch,
                    std::span<const RecordView> records) {
  const auto on_disk = [this, alive = std::weak_ptr<bool>(alive_)](Result<void> done) {
    if (alive.expired() || done) return;
    // Of an end for which there is no room any more nothing is lost but the memory of it.
    if (done.error().code != Errc::full) fail_store(done.error());
  };
  const auto& [log, sequence] = name;
  catalogue_.keep_markings(log);
  std::vector<std::optional<std::uint64_t>> moved;
  auto ordinal = batch.stored.first_ordinal;
  for (const auto& record : records) {
    const auto id = record.id();
    index_.remove(id, ordinal++);
    moved.push_back(other_copy(id, name, compaction_));
    if (record.header.kind != RecordKind::indicator || !compaction_.is_followed(id)) continue;
    ByteWriter end;
    end.u32(indicator_key(record).expires_s);
    store_.put(end_key(id), std::move(end).take(), on_disk);
  }
  store_.drop(log, sequence, on_disk);
  quota_.give_back(log, batch.stored.encoded->size() - batch_prefix_bytes);
  cache_.forget(batch.stored.first_ordinal);
  provenance_.forget(batch.stored.first_ordinal);
  compaction_.note_stub(name);
  const auto header = parse_batch_header(ByteView(*batch.stored.encoded).first(batch_header_bytes));
  const auto* audience = catalogue_.audience_of(log);
  if (!header || !audience) return;
  const Delivered delivered{*header, catalogue_.roster().org_of(log.agent),
                            catalogue_.roster().name_of(log.agent), log.agent == id_, false, false,
                            {}, batch.stored.first_ordinal, *audience, records,
                            catalogue_.frozen(log)};
  for (auto* observer : observers_) observer->on_dropped(delivered, moved);
}

// The first other copy of a record in a log that its author keeps for the same readers.
std::optional<std::uint64_t> MeshNode::other_copy(const Digest& id,
                                                  const CompactionBook::Name& than,
                                                  const CompactionBook& book) {
  std::vector<std::uint64_t> candidates;
  index_.find(id, candidates);
  std::sort(candidates.begin(), candidates.end());
  for (const auto candidate : candidates) {
    const auto held = cache_.batch_of(candidate);
    if (!held || !*held) continue;
    const auto& stored = (*held)->stored;
    if (!same_family(stored.log, than.log)) continue;
    if (stored.log == than.log && stored.sequence == than.sequence) continue;
    if (book.is_stub({stored.log, stored.sequence})) continue;
    // One that may cause no effects is as good as none: what is said again elsewhere counts.
    if (catalogue_.frozen(stored.log, stored.sequence, stored.first_ordinal) ||
        (stored.log.agent == id_ && closed_.contains(stored.log.epoch)))
      continue;
    if (crypto::blake2b((*held)->records[candidate - stored.first_ordinal]) == id) return candidate;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> MeshNode::expiry_of(const Digest& indicator) {
  std::optional<std::uint32_t> out;
  if (const auto ordinal = ordinal_of(indicator); ordinal && *ordinal) {
    const auto read = with_record(**ordinal, [&](const RecordView& record) {
      if (record.header.kind == RecordKind::indicator) out = indicator_key(record).expires_s;
    });
    if (read && out) return out;
  }
  const auto kept = store_.get(end_key(indicator));
  if (!kept || !*kept || (*kept)->size() != sizeof(std::uint32_t)) return std::nullopt;
  return ByteReader(**kept).u32();
}

// Ends of indicators to which nothing here refers any more.
void MeshNode::forget_ends(WallTime now) {
  const auto ends = store_.facts(bytes_of(ends_prefix));
  if (!ends) return;
  for (const auto& [key, value] : *ends) {
    const auto id = Digest::from(ByteView(key).subspan(ends_prefix.size()));
    if (!id || value.size() != sizeof(std::uint32_t) || compaction_.is_followed(*id)) continue;
    const WallTime end{std::int64_t(ByteReader(value).u32()) * 1000};
    if (end + retained_after + drop_margin + ends_kept < now)
      store_.put(key, {}, [](Result<void>) {});
  }
}

// The store writes in order: once this small fact is on disk, so is all that came before.
Task<Result<void>> MeshNode::put_durably(Bytes key, Bytes value) {
  struct Outcome {
    explicit Outcome(Loop& loop) : known(loop) {}
    Event known;
    Result<void> done;
  };
  const auto outcome = std::make_shared<Outcome>(world_.loop);
  store_.put(std::move(key), std::move(value), [outcome](Result<void> done) {
    outcome->done = std::move(done);
    outcome->known.set();
  });
  co_await outcome->known.wait();
  co_return outcome->done;
}

}  // namespace tocsin::mesh
