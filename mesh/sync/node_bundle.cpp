#include "mesh/sync/bundle_descent.hpp"
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr Duration look_again = std::chrono::milliseconds(20);
constexpr std::string_view last_bundle = "bundle/last";
constexpr std::size_t bundle_logs_max = Reconciler::remote_logs_max;

ForkProof proof_in(ByteView item) {
  const auto first = item.first(batch_prefix_bytes), second = item.subspan(batch_prefix_bytes);
  return {{first.begin(), first.end()}, {second.begin(), second.end()}};
}

}  // namespace

/// A bundle on its way into a file.
struct MeshNode::BundleDraft {
  BundleWriter writer;
  BundleOutput file;
  Entropy& entropy;

  Result<void> add(SegmentKind kind, ByteView item) {
    const auto segment = writer.add(kind, item, entropy);
    if (!segment) return std::unexpected(segment.error());
    return segment->empty() ? Result<void>() : file.append(*segment);
  }
  Result<void> keep() {
    const auto last = writer.finish(entropy);
    if (!last) return std::unexpected(last.error());
    if (auto written = file.append(*last); !written) return written;
    return file.keep();
  }
};

/// A bundle on its way into the store, or past `trial` alone.
struct MeshNode::BundleIntake {
  BundleReport& report;
  Catalogue* trial = nullptr;
  AgentId from = {};
  BundleDescent descent{};
  bool again = false;  ///< the file was walked before: only the descent goes on
};

/// Keeps compactions away for as long as it lives.
struct MeshNode::Exporting {
  explicit Exporting(int& count) : under_way(count) { ++under_way; }
  Exporting(const Exporting&) = delete;
  ~Exporting() { --under_way; }
  int& under_way;
};

Task<Result<BundleReport>> MeshNode::export_bundle(BundleOrder order) {
  if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
  auto named = order.carried_for;
  named.push_back(order.to);
  for (const auto& name : named)
    if (!options_.charter.member(name))
      co_return fail(Errc::marking, "'{:.64}' is no member of the charter", name);
  if (order.since > world_.clock.wall())
    co_return fail(Errc::usage, "--since lies in the future");
  co_await settle();
  const Exporting exporting(exports_);

  BundlePlan plan(catalogue_, store_, options_.charter, id_, order);
  for (;;) {
    if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
    const auto more = plan.step();
    if (!more) co_return std::unexpected(more.error());
    if (!*more) break;
    co_await sleep(world_.loop, Duration(0));
  }
  BundleReport report;
  report.from_org = options_.org;
  report.from_agent = options_.agent;
  report.to = order.to;
  // Who gets it may hold what this agent said last, as one that is connected does.
  if (!order.dry_run)
    for (const auto& name : named)
      for (const auto& agent : catalogue_.roster().agents_of(name))
        seen_.see(agent.id, world_.clock.wall());
  report.batches = plan.batches();
  report.records = plan.records();
  report.dropped = plan.dropped();
  report.forks = plan.fork_proofs().size();
  report.refused = plan.refused();
  for (const auto& [reason, count] : report.refused)
    counters_.refused[fmt::format("bundle_{}", reason)] += order.dry_run ? 0 : count;
  auto writing = write_bundle(plan, order, report);
  const auto written = co_await writing;
  if (!written) co_return std::unexpected(written.error());
  std::set<LogKey> logs;
  for (const auto& range : plan.ranges()) logs.insert(range.key);
  list_gaps(logs, catalogue_.heads(), report);
  co_return report;
}

// What is being published when somebody asks for an export belongs into it.
Task<void> MeshNode::settle() {
  const auto end = world_.clock.now() + settle_max;
  while (!stopped_ && world_.clock.now() < end && !tickets_.idle())
    co_await sleep(world_.loop, look_again);
}

Result<BundleHeader> MeshNode::bundle_header(const BundlePlan& plan,
                                             const BundleOrder& order) const {
  BundleHeader out;
  out.federation = options_.charter.federation;
  out.created = world_.clock.wall();
  out.since = order.since;
  out.segments = plan.segments();
  out.batches = plan.batches();
  out.records = plan.records();
  out.to = order.to;
  for (const auto& certificate : options_.certificates)
    if (certificate.valid_at(out.created)) out.certificate = certificate.encoded;
  if (out.certificate.empty())
    return fail(Errc::expired, "this agent has no certificate for the present time");
  return out;
}

Task<Result<void>> MeshNode::write_bundle(const BundlePlan& plan, const BundleOrder& order,
                                          BundleReport& report) {
  const auto header = bundle_header(plan, order);
  if (!header) co_return std::unexpected(header.error());
  std::vector<BundleReaderKey> readers;
  for (const auto& agent : catalogue_.roster().agents_of(order.to))
    if (agent.id != id_) readers.push_back({agent.id, agent.sealing});
  auto writer = BundleWriter::begin(*header, readers, options_.signing, world_.entropy);
  if (!writer) co_return std::unexpected(writer.error());
  report.id = writer->id();
  if (order.dry_run) co_return Result<void>();

  auto file = BundleOutput::open(world_.disk, order.file);
  if (!file) co_return std::unexpected(file.error());
  BundleDraft draft{std::move(*writer), std::move(*file), world_.entropy};
  auto done = draft.file.append(draft.writer.head());
  for (const auto certificate : plan.certificates())
    if (done) done = draft.add(SegmentKind::certificates, certificate);
  // Before the batches: what they bring of a forked epoch causes nothing any more.
  for (const auto& proof : plan.fork_proofs())
    if (done) done = draft.add(SegmentKind::fork_proofs, proof);
  for (auto left : plan.ranges()) {
    while (done && left.range.first <= left.range.last) {
      if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
      done = write_some(left, draft);
      co_await sleep(world_.loop, Duration(0));
    }
  }
  if (done) done = draft.keep();
  report.bytes = draft.file.bytes();
  co_return done;
}

// The next batches of a range, which then begins behind them.
Result<void> MeshNode::write_some(PullRange& left, BundleDraft& draft) {
  auto& [log, range] = left;
  const auto batches = store_.batches(log, range.first, BundlePlan::batches_at_once,
                                      BundlePlan::bytes_at_once);
  if (!batches) return std::unexpected(batches.error());
  const auto first = range.first;
  for (const auto& stored : *batches) {
    if (stored.sequence != range.first || range.first > range.last) break;
    if (auto added = draft.add(SegmentKind::batches, *stored.encoded); !added) return added;
    ++range.first;
  }
  if (range.first == first)
    return fail(Errc::corrupt, "log {} sequence {}: the batch is not in the store",
                short_name(log), first);
  return {};
}

Task<Result<BundleReport>> MeshNode::import_bundle(Path file, bool dry_run) {
  if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
  BundleReport report;
  // Nothing of a damaged file is kept: it is read to its end first.
  auto verifying = verify_bundle(file, report);
  const auto logs = co_await verifying;
  if (!logs) co_return std::unexpected(logs.error());
  std::optional<Catalogue> trial;
  if (dry_run) trial.emplace(catalogue_.trial());
  BundleIntake intake{report, trial ? &*trial : nullptr};
  auto taking = take_bundle(file, intake);
  const auto taken = co_await taking;
  if (!taken) co_return std::unexpected(taken.error());
  list_gaps(*logs, (trial ? *trial : catalogue_).heads(), report);
  co_return report;
}

// A bundle that was made for this agent by one whose word counts.
Result<BundleFile> MeshNode::open_bundle(const Path& file, BundleReport& report,
                                         AgentId& from) const {
  auto out = BundleFile::open(world_.disk, file);
  if (!out) return out;
  const auto author = out->author(options_.charter);
  if (!author) return std::unexpected(author.error());
  from = author->id();
  if (catalogue_.roster().is_revoked(from))
    return fail(Errc::refused, "the bundle was made by {}/{}, which has been revoked", author->org,
                author->name);
  if (auto opened = out->unlock(id_, options_.sealing); !opened)
    return std::unexpected(opened.error());
  report.id = out->header().id;
  report.from_org = author->org;
  report.from_agent = author->name;
  report.to = out->header().to;
  report.bytes = out->bytes();
  return out;
}

Task<Result<std::set<LogKey>>> MeshNode::verify_bundle(const Path& path,
                                                       BundleReport& report) {
  AgentId from;
  auto file = open_bundle(path, report, from);
  if (!file) co_return std::unexpected(file.error());
  std::set<LogKey> logs;
  for (;;) {
    if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
    const auto more = file->next();
    if (!more) co_return std::unexpected(more.error());
    if (!*more) co_return logs;
    for (const auto item : file->segment()->items) {
      if (file->segment()->kind != SegmentKind::batches) continue;
      const auto batch = parse_batch({item.begin(), item.end()});
      if (!batch) co_return within(path.string(), batch.error());
      logs.insert(batch->header.log);
      if (logs.size() > bundle_logs_max)
        co_return fail(Errc::too_large, "a bundle of more than {} logs", bundle_logs_max);
    }
    co_await sleep(world_.loop, Duration(0));
  }
}

// The file ascends, and former members' logs are taken from their end down: after the rest, and
// where they are long, after one walk through the file for each part.
Task<Result<void>> MeshNode::take_bundle(const Path& path, BundleIntake& intake) {
  do {
    auto walking = walk_bundle(path, intake);
    const auto walked = co_await walking;
    if (!walked) co_return std::unexpected(walked.error());
    const auto last = intake.descent.take();
    for (const auto& encoded : last) {
      auto room = room_to_take(intake);
      const bool ready = co_await room;
      if (!ready) co_return fail(Errc::closed, "the agent is stopping");
      auto batch = parse_batch(encoded);
      if (batch) take_bundled(std::move(*batch), intake);
      co_await sleep(world_.loop, Duration(0));
    }
    intake.again = true;
  } while (intake.descent.more());
  if (intake.trial) co_return Result<void>();
  look_for_forks();
  auto waiting = all_durable();
  const auto durable = co_await waiting;
  co_return durable;
}

Task<Result<void>> MeshNode::walk_bundle(const Path& path, BundleIntake& intake) {
  auto file = open_bundle(path, intake.report, intake.from);
  if (!file) co_return std::unexpected(file.error());
  for (;;) {
    const auto more = file->next();
    if (!more) co_return std::unexpected(more.error());
    if (!*more) co_return Result<void>();
    for (const auto item : file->segment()->items) {
      auto room = room_to_take(intake);
      const bool ready = co_await room;
      if (!ready) co_return fail(Errc::closed, "the agent is stopping");
      take_item(file->segment()->kind, item, intake);
    }
    if (!intake.trial) look_for_forks();
    co_await sleep(world_.loop, Duration(0));
  }
}

// False when the agent stops.
Task<bool> MeshNode::room_to_take(const BundleIntake& intake) {
  while (!intake.trial && store_.full() && !stopped_) co_await store_.wait_for_room();
  co_return !stopped_;
}

void MeshNode::take_item(SegmentKind kind, ByteView item, BundleIntake& intake) {
  auto& catalogue = intake.trial ? *intake.trial : catalogue_;
  if (kind == SegmentKind::batches) {
    auto batch = parse_batch({item.begin(), item.end()});
    if (batch && catalogue.roster().end_of(batch->header.log)) return intake.descent.keep(*batch);
    if (intake.again) return;
    if (batch) return take_bundled(std::move(*batch), intake);
    ++intake.report.refused["format"];
    return;
  }
  if (intake.again) return;
  if (kind == SegmentKind::fork_proofs) return take_bundled_proof(proof_in(item), intake);
  catalogue.take_certificate(item);  // One that does not verify vouches for nothing.
}

void MeshNode::take_bundled_proof(const ForkProof& proof, BundleIntake& intake) {
  auto& catalogue = intake.trial ? *intake.trial : catalogue_;
  const auto added = catalogue.take_proof(proof);
  if (!added) {
    ++intake.report.refused["fork_proof"];
    if (!intake.trial) ++counters_.refused["fork_proof"];
  } else if (*added == ForkBook::Added::fresh) {
    ++intake.report.forks;
  }
}

MeshNode::Admitted MeshNode::admit_bundled(Batch batch, BundleIntake& intake) {
  if (intake.trial) {
    const auto judged = intake.trial->judge(batch);
    return {judged.verdict, judged.reason, false};
  }
  ++counters_.received;
  return admit(std::move(batch), intake.from, false);
}

void MeshNode::take_bundled(Batch batch, BundleIntake& intake) {
  const auto records = batch.header.record_count;
  const auto admitted = admit_bundled(std::move(batch), intake);
  auto& report = intake.report;
  switch (admitted.verdict) {
    case Verdict::carried:
      ++report.carried;
      [[fallthrough]];
    case Verdict::mended:
    case Verdict::fresh:
      ++report.batches;
      report.records += records;
      return;
    case Verdict::duplicate: report.duplicates += records; return;
    case Verdict::waiting: ++report.waiting; return;
    case Verdict::forked:
    case Verdict::refused: ++report.refused[std::string(admitted.reason)]; return;
  }
}

// The store writes in order: once this small fact is on disk, so is all that came before.
Task<Result<void>> MeshNode::all_durable() {
  struct Outcome {
    explicit Outcome(Loop& loop) : known(loop) {}
    Event known;
    Result<void> done;
  };
  const auto outcome = std::make_shared<Outcome>(world_.loop);
  ByteWriter when;
  when.u64(std::uint64_t(world_.clock.wall().ms));
  const auto key = bytes_of(last_bundle);
  store_.put({key.begin(), key.end()}, std::move(when).take(), [outcome](Result<void> done) {
    outcome->done = std::move(done);
    outcome->known.set();
  });
  co_await outcome->known.wait();
  co_return outcome->done;
}

void MeshNode::list_gaps(const std::set<LogKey>& logs, const HeadTable& heads,
                         BundleReport& report) const {
  for (const auto& log : logs) {
    const auto* head = heads.find(log);
    if (!head) continue;
    for (const auto& range : gaps_of(*head)) {
      if (report.gaps.size() >= BundleReport::gaps_max) return;
      report.gaps.push_back({log, std::string(catalogue_.roster().org_of(log.agent)),
                             std::string(catalogue_.roster().name_of(log.agent)), range});
    }
  }
}

}  // namespace tocsin::mesh
