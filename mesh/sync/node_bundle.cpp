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
  std::optional<HeadTable> trial;
  if (dry_run) trial = catalogue_.heads();
  // Nothing of a damaged file is kept: it is read to its end first.
  auto verifying = verify_bundle(file, trial ? &*trial : nullptr, report);
  const auto logs = co_await verifying;
  if (!logs) co_return std::unexpected(logs.error());
  if (!dry_run) {
    auto taking = take_bundle(file, report);
    const auto taken = co_await taking;
    if (!taken) co_return std::unexpected(taken.error());
  }
  list_gaps(*logs, trial ? *trial : catalogue_.heads(), report);
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

// With `trial`, notes there and in the report what an import would bring.
Task<Result<std::set<LogKey>>> MeshNode::verify_bundle(const Path& path, HeadTable* trial,
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
      if (trial && file->segment()->kind == SegmentKind::fork_proofs)
        report.forks += is_news(proof_in(item));
      if (file->segment()->kind != SegmentKind::batches) continue;
      const auto batch = parse_batch({item.begin(), item.end()});
      if (!batch) co_return within(path.string(), batch.error());
      const auto& header = batch->header;
      logs.insert(header.log);
      if (logs.size() > bundle_logs_max)
        co_return fail(Errc::too_large, "a bundle of more than {} logs", bundle_logs_max);
      if (!trial) continue;
      const auto fit = trial->fit(header.log, header.sequence, header.previous);
      if (fit == Fit::held) {
        report.duplicates += header.record_count;
      } else if (fit == Fit::next) {
        trial->add(header.log, header.sequence, batch->id);
        ++report.batches;
        report.records += header.record_count;
      }
    }
    co_await sleep(world_.loop, Duration(0));
  }
}

Task<Result<void>> MeshNode::take_bundle(const Path& path, BundleReport& report) {
  AgentId from;
  auto file = open_bundle(path, report, from);
  if (!file) co_return std::unexpected(file.error());
  for (;;) {
    const auto more = file->next();
    if (!more) co_return std::unexpected(more.error());
    if (!*more) break;
    for (const auto item : file->segment()->items) {
      while (store_.full() && !stopped_) co_await store_.wait_for_room();
      if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
      take_item(file->segment()->kind, item, from, report);
    }
    look_for_forks();
    co_await sleep(world_.loop, Duration(0));
  }
  auto waiting = all_durable();
  const auto durable = co_await waiting;
  co_return durable;
}

void MeshNode::take_item(SegmentKind kind, ByteView item, const AgentId& from,
                         BundleReport& report) {
  switch (kind) {
    case SegmentKind::certificates:
      (void)catalogue_.roster().add(item);  // One that does not verify vouches for nothing.
      return;
    case SegmentKind::fork_proofs: return take_bundled_proof(proof_in(item), report);
    case SegmentKind::batches: return take_bundled(item, from, report);
  }
  panic("unnamed kind of segment", __FILE__, __LINE__);
}

void MeshNode::take_bundled_proof(const ForkProof& proof, BundleReport& report) {
  const auto added = catalogue_.take_proof(proof);
  if (!added) {
    ++report.refused["fork_proof"];
    ++counters_.refused["fork_proof"];
  } else if (*added == ForkBook::Added::fresh) {
    ++report.forks;
  }
}

// True for a proof of something that is not known to have forked.
bool MeshNode::is_news(const ForkProof& proof) const {
  const auto seen = read_fork_proof(proof);
  return seen && !catalogue_.fork_book().index_of(seen->log, seen->sequence);
}

void MeshNode::take_bundled(ByteView encoded, const AgentId& from, BundleReport& report) {
  ++counters_.received;
  auto batch = parse_batch({encoded.begin(), encoded.end()});
  if (!batch) {
    ++report.refused["format"];
    return;
  }
  const auto records = batch->header.record_count;
  const auto admitted = admit(std::move(*batch), from, false);
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
