#include "mesh/sync/catalogue.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view markings_prefix = "tlp/";
enum Tag : std::uint8_t { certificate_tag = 1 };

Digest id_of(ByteView encoded_batch) {
  return crypto::blake2b(encoded_batch.first(batch_header_bytes));
}

Judged forked() {
  Judged out;
  out.verdict = Verdict::forked;
  out.reason = "fork";
  return out;
}

// Of a settled log only the branch that was named is taken, and one batch after the other, so that
// each is known to follow from the one named. Another holder may have the right one.
std::string_view against_decision(const Batch& batch, const ForkBook& book,
                                  const HeadTable& heads) {
  const auto& header = batch.header;
  const auto* decision = book.decision_on(header.log);
  if (!decision || header.sequence < decision->sequence) return {};
  if (header.sequence == decision->sequence && batch.id != decision->keep) return "fork_lost";
  if (header.sequence == decision->last && batch.id != decision->last_id) return "fork_lost";
  const bool alone =
      header.sequence > decision->sequence && !heads.has(header.log, header.sequence - 1);
  return alone ? "fork_order" : std::string_view();
}

}  // namespace

Catalogue::Catalogue(Store& store, Options options)
    : store_(store), options_(options), roster_(options.charter),
      scopes_(options.own, options.sealing), fork_book_(store) {
  everybody_.all_members = true;
  read_markings();
  if (const auto bases = read_bases(store_))
    for (const auto& [log, base] : *bases) {
      note_log(log);
      heads_.raise(log, base.base, base.last);
    }
}

void Catalogue::read_markings() {
  const auto kept = store_.facts(bytes_of(markings_prefix));
  if (!kept) return;
  for (const auto& [key, value] : *kept) {
    const auto log = decode_log_key(ByteView(key).subspan(markings_prefix.size()));
    if (log && value.size() == 1) tlp_seen_[*log] = tlp_kept_[*log] = value.front();
  }
}

void Catalogue::keep_markings(const LogKey& log) {
  const auto seen = tlp_seen(log);
  if (tlp_kept_[log] == seen) return;
  tlp_kept_[log] = seen;
  ByteWriter key;
  key.raw(bytes_of(markings_prefix));
  key.raw(encode_log_key(log));
  store_.put(std::move(key).take(), {seen}, [](Result<void>) {});
}

Judged Catalogue::refuse(const Batch& batch, std::string_view reason, Blame blame) {
  if (refused_.size() >= refused_max) refused_.clear();
  refused_.insert({batch.header.log, batch.header.sequence});
  Judged out;
  out.reason = reason;
  out.blame = blame;
  return out;
}

Judged Catalogue::judge(const Batch& batch) {
  const auto& header = batch.header;
  if (heads_.has(header.log, header.sequence)) return judge_held(batch);
  // Nothing is remembered of what nobody may have signed: wants() knows these itself.
  Judged unwanted;
  unwanted.reason = not_wanted(header.log, header.sequence);
  if (!unwanted.reason.empty()) return unwanted;
  const auto author = roster_.agent_at(header.log.agent, header.time);
  const auto* signer = author ? *author : roster_.any_of(header.log.agent);
  if (!signer) {
    unwanted.reason = "unknown_author";
    return unwanted;
  }
  Judged relayed_badly;
  relayed_badly.reason = "signature";
  relayed_badly.blame = Blame::relay;  // Another holder may have the true one: not remembered.
  const auto checked = verify_signature(batch, *signer, options_.charter.federation);
  if (!checked && checked.error().code != Errc::expired) return relayed_badly;
  if (!author || !checked) return refuse(batch, "expired", Blame::nobody);

  Judged not_of_branch;
  not_of_branch.reason = against_decision(batch, fork_book_, heads_);
  if (not_of_branch.reason.empty()) not_of_branch.reason = against_departure(batch);
  if (!not_of_branch.reason.empty()) return not_of_branch;

  switch (heads_.fit(header.log, header.sequence, header.previous)) {
    case Fit::next: break;
    case Fit::held: return judge_held(batch);
    case Fit::broken:
      prove_by_predecessor(batch);
      return refuse(batch, "broken_chain", Blame::nobody);
    case Fit::too_many: {
      Judged out;
      out.reason = "too_many_gaps";
      return out;
    }
  }
  if (!heads_.has_range_room(header.log, header.sequence)) {
    Judged out;
    out.reason = "too_many_gaps";
    return out;
  }
  if (proven_by_successor(batch)) return forked();
  if (!batch.sealed()) return open(batch, nullptr);
  const auto* scope = scopes_.find(header.log.scope);
  if (!scope) {
    Judged out;
    out.verdict = Verdict::waiting;
    return out;
  }
  if (scope->author != header.log.agent) return refuse(batch, "foreign_scope", Blame::relay);
  if (!check_sealed(batch)) return relayed_badly;
  if (scope->key) return open(batch, scope);
  if (!will_be_ours(*scope)) return judge_sealed_for_others(batch);
  Judged early;
  early.verdict = Verdict::waiting;
  return early;
}

Judged Catalogue::judge_held(const Batch& batch) {
  Judged out;
  out.verdict = Verdict::duplicate;
  const auto held = store_.batch(batch.header.log, batch.header.sequence);
  const bool lost = held ? !*held : held.error().code == Errc::corrupt;
  if (!held && !lost) return out;
  // Up to its base nothing of the log needs to be here, and what is not came to its end.
  const auto* head = heads_.find(batch.header.log);
  if (held && !*held && head && batch.header.sequence <= head->base) return out;
  if (!lost && id_of(*(*held)->encoded) == batch.id)
    return out;
  const auto author = roster_.agent_at(batch.header.log.agent, batch.header.time);
  const auto* scope = scopes_.find(batch.header.log.scope);
  const bool whole = author && verify_signature(batch, **author, options_.charter.federation) &&
                     (!lost || holds_together(batch, scope));
  if (!whole) {
    out.verdict = Verdict::refused;
    out.reason = "signature";
    out.blame = Blame::relay;
    return out;
  }
  if (lost) {
    // Another one that its author signed for this place is no copy of what stood here.
    const bool was_last = head && batch.header.sequence == head->contiguous;
    if (was_last && !same_head_id(head->last, batch.id)) return forked();
    if (proven_by_successor(batch)) return forked();
    out.verdict = Verdict::mended;
    return out;
  }
  if (fork_book_.decision_on(batch.header.log)) {
    out.verdict = Verdict::refused;  // One of the two is known to be lost: that is settled.
    out.reason = "fork_lost";
    return out;
  }
  keep_proof(*(*held)->encoded, batch.encoded);
  return forked();
}

// The content is that which the author signed, as far as can be seen here.
bool Catalogue::holds_together(const Batch& batch, const Scope* scope) const {
  if (batch.sealed() && (!scope || !scope->key)) return check_sealed(batch).has_value();
  return open_batch(batch, batch.sealed() ? &*scope->key : nullptr).has_value();
}

Judged Catalogue::judge_sealed_for_others(const Batch& batch) {
  Judged out;
  out.verdict = Verdict::carried;
  hold(batch.header.log, batch.header.sequence, batch.id);
  return out;
}

Judged Catalogue::open(const Batch& batch, const Scope* scope) {
  auto opened = open_batch(batch, scope ? &*scope->key : nullptr);
  if (!opened) {
    const bool hidden = scope != nullptr;  // A carrier could not have seen it.
    return refuse(batch, opened.error().code == Errc::marking ? "marking" : "content",
                  hidden ? Blame::author : Blame::relay);
  }
  if (!may_have_scope(batch.header.log.agent) && brings_scope(opened->records))
    return refuse(batch, "too_many_scopes", Blame::nobody);
  Judged out;
  out.verdict = Verdict::fresh;
  out.opened = std::move(*opened);
  out.audience = scope ? &scope->audience : &everybody_;
  accept(batch, out);
  hold(batch.header.log, batch.header.sequence, batch.id);
  return out;
}

void Catalogue::accept(const Batch& batch, Judged& judged) {
  note_markings(batch.header.log, judged.opened.records);
  if (batch.sealed()) return;  // What concerns trust concerns everybody.
  for (const auto& record : judged.opened.records) learn(record, batch.header.log, judged);
}

Result<Judged> Catalogue::replay(const StoredBatch& stored, const Batch& batch,
                                 std::optional<OpenedBatch> kept) {
  const auto& log = batch.header.log;
  Judged out;
  // What is past so many gaps is as good as lost: it comes again once they are filled.
  if (heads_.fit(log, batch.header.sequence, batch.header.previous) == Fit::too_many)
    return fail(Errc::corrupt, "log {} sequence {}: too many batches before it are missing",
                short_name(log), batch.header.sequence);
  out.verdict = Verdict::carried;
  if (stored.readable > 0 && !stored.dropped()) {
    const auto* scope = scopes_.find(log.scope);
    if (batch.sealed() && (!scope || !scope->key)) {
      out.verdict = Verdict::waiting;
      return out;
    }
    auto opened = kept ? Result<OpenedBatch>(std::move(*kept))
                       : open_kept(batch, scope && scope->key ? &*scope->key : nullptr);
    if (!opened)
      return fail(Errc::corrupt, "log {} sequence {}: {}", short_name(log),
                  batch.header.sequence, opened.error().message);
    out.verdict = Verdict::fresh;
    out.opened = std::move(*opened);
    out.audience = batch.sealed() ? &scope->audience : &everybody_;
    accept(batch, out);
  }
  hold(log, batch.header.sequence, batch.id);
  return out;
}

Judged Catalogue::take_own(const Batch& batch, const std::vector<RecordView>& records) {
  Judged judged;
  note_markings(batch.header.log, records);
  if (!batch.sealed())
    for (const auto& record : records) learn(record, batch.header.log, judged);
  return judged;
}

bool Catalogue::has_room(const LogKey& log) const {
  return !options_.has_room || options_.has_room(log);
}

void Catalogue::note_log(const LogKey& log) {
  if (!heads_.find(log) && opened_.erase(log) == 0)
    log_shares_.opened(log.agent, roster_.org_of(log.agent));
}

void Catalogue::regroup() {
  const auto org_of = [this](const AgentId& agent) { return roster_.org_of(agent); };
  log_shares_.regroup(org_of);
  scope_shares_.regroup(org_of);
}

bool Catalogue::open_own(const LogKey& log) {
  if (!may_open(log)) return false;
  if (!heads_.find(log) && opened_.insert(log).second)
    log_shares_.opened(log.agent, roster_.org_of(log.agent));
  return true;
}

std::size_t Catalogue::own_logs_max() const {
  return LogShares::common(LogShares::agent_max);
}

void Catalogue::hold(const LogKey& log, std::uint64_t sequence, const Digest& id) {
  note_log(log);
  heads_.add(log, sequence, id);
}

bool Catalogue::may_open(const LogKey& log) const {
  return heads_.find(log) || opened_.contains(log) ||
         log_shares_.may_open(log.agent, roster_.org_of(log.agent),
                              log.log_class == LogClass::control);
}

bool Catalogue::raise_base(const LogKey& log, const LogBase& base, Marking marking) {
  if (!may_open(log)) return false;
  note_log(log);
  heads_.raise(log, base.base, base.last);
  store_.put(base_key(log), encode_base(base), [](Result<void>) {});
  auto& seen = tlp_seen_[log];
  seen = std::uint8_t(seen | 1u << unsigned(marking.tlp));
  keep_markings(log);
  return true;
}

Catalogue Catalogue::trial() const {
  auto out = *this;
  out.fork_book_.write_nothing();
  return out;
}

void Catalogue::renew() {
  ++trust_changes_;
  roster_.renew();
  regroup();
  learned_whom();
}

bool Catalogue::wants(const LogKey& log, std::uint64_t sequence) const {
  if (refused_.contains({log, sequence}) || fork_book_.ambiguous(log, sequence)) return false;
  // Nothing more is proven by the other branch, and none of it follows from what is held.
  if (fork_book_.decision_on(log) &&
      (heads_.has(log, sequence) || on_lost_branch(log, sequence)))
    return false;
  return roster_.any_of(log.agent) && not_wanted(log, sequence).empty();
}

// What is refused whoever signed it; empty for what is not.
std::string_view Catalogue::not_wanted(const LogKey& log, std::uint64_t sequence) const {
  if (!has_room(log)) return "quota";
  if (!may_open(log)) return "too_many_logs";
  if (!roster_.trusted(log, sequence)) return "revoked";
  if (fork_book_.beyond_decision(log, sequence)) return "fork_closed";
  return {};
}

std::vector<PullRange> Catalogue::missing(const std::vector<LogHead>& theirs) const {
  std::vector<PullRange> out;
  for (auto& gap : heads_.missing(theirs)) {
    // What was refused is asked for again only when something was learned since.
    std::vector<SequenceRange> refused;
    for (auto at = refused_.lower_bound({gap.key, gap.range.first});
         at != refused_.end() && at->first == gap.key && at->second <= gap.range.last; ++at)
      refused.push_back({at->second, at->second});
    for (const auto& range : subtract(gap.range, refused))
      if (auto left = before_departure(gap.key, range); left && wants(gap.key, left->first)) {
        if (const auto* decision = fork_book_.decision_on(gap.key))
          left->last = std::min(left->last, decision->last);
        out.push_back({gap.key, *left});
      }
  }
  return out;
}

const Audience* Catalogue::audience_of(const LogKey& log) const {
  if (log.scope.is_zero()) return &everybody_;
  const auto* scope = scopes_.find(log.scope);
  return scope && scope->key ? &scope->audience : nullptr;
}

void Catalogue::note_markings(const LogKey& log, const std::vector<RecordView>& records) {
  auto& seen = tlp_seen_[log];
  for (const auto& record : records)
    seen = std::uint8_t(seen | 1u << unsigned(record.header.marking.tlp));
}

std::uint8_t Catalogue::tlp_seen(const LogKey& log) const {
  const auto at = tlp_seen_.find(log);
  return at == tlp_seen_.end() ? 0 : at->second;
}

Bytes encode_certificate_record(const RecordHeader& header, ByteView certificate) {
  FieldWriter out(header);
  out.bytes(certificate_tag, certificate);
  return std::move(out).take();
}

ByteView certificate_in(const RecordView& record) {
  const auto fields = FieldReader::make(record);
  return fields ? fields->bytes(certificate_tag) : ByteView();
}

}  // namespace tocsin::mesh
