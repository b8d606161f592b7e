// What records and certificates teach a catalogue about trust.
#include "mesh/sync/catalogue.hpp"

namespace tocsin::mesh {

void Catalogue::learn(const RecordView& record, const LogKey& log, Judged& judged) {
  if (record.header.kind == RecordKind::scope_key) {
    if (!learn_scope(record, log.agent)) return;
    judged.learned = true;
    try_again(late_wraps_.take(scope_in(record)), judged);
  } else if (record.header.kind == RecordKind::scope_wrap) {
    learn_wrap(record, log.agent, judged);
  } else if (record.header.kind == RecordKind::certificate) {
    judged.learned |= take_certificate(certificate_in(record));
  } else if (record.header.kind == RecordKind::revocation) {
    const auto revocation = check_revocation(record, options_.charter);
    if (!revocation || !roster_.revoke(*revocation)) return;
    ++trust_changes_;
    // Somebody else's agent is not theirs to revoke.
    if (roster_.is_revoked(revocation->agent)) judged.revoked.push_back(revocation->agent);
  } else if (record.header.kind == RecordKind::forks) {
    const auto decision = check_fork_decision(record, options_.charter);
    // Nor are the forks of somebody else's agent theirs to settle.
    if (!decision || roster_.org_of(decision->log.agent) != decision->org) return;
    if (!fork_book_.decide(*decision)) return;
    refused_.clear();
    judged.settled.push_back(decision->log);
  }
}

// True for one that was not known: told again it teaches nothing.
bool Catalogue::learn_scope(const RecordView& record, const AgentId& author) {
  const auto before = scopes_.size();
  if (!scopes_.learn(record, author) || scopes_.size() == before) return false;
  scope_shares_.opened(author, roster_.org_of(author));
  heads_.touched(author);
  return true;
}

bool Catalogue::may_have_scope(const AgentId& author) const {
  return scope_shares_.may_open(author, roster_.org_of(author), false);
}

bool Catalogue::brings_scope(const std::vector<RecordView>& records) const {
  return std::any_of(records.begin(), records.end(), [&](const RecordView& record) {
    return record.header.kind == RecordKind::scope_key && !scopes_.find(scope_in(record));
  });
}

Result<Bytes> Catalogue::make_scope(const RecordHeader& header, const Audience& audience,
                                    const std::vector<KnownAgent>& recipients, Entropy& entropy) {
  if (!may_have_scope(options_.own))
    return fail(Errc::full, "this agent has made {} scopes, and others keep no more of it",
                scope_shares_.of(options_.own));
  auto made = scopes_.make(header, audience, recipients, entropy);
  if (made) {
    scope_shares_.opened(options_.own, roster_.org_of(options_.own));
    heads_.touched(options_.own);
  }
  return made;
}

bool Catalogue::take_certificate(ByteView encoded) {
  const auto added = roster_.add(encoded);
  if (!added || !*added) return false;
  ++trust_changes_;
  regroup();
  learned_whom();
  return true;
}

// What was refused, or waited, for want of a certificate is looked at again.
void Catalogue::learned_whom() {
  refused_.clear();
  Judged judged;
  try_again(late_wraps_.take_all(), judged);
}

// What a former member's agent signs today it can date as it likes. So of its logs only that is taken
// which leads up to the batch that the members named when they removed it, from that one down.
std::string_view Catalogue::against_departure(const Batch& batch) const {
  const auto* end = roster_.end_of(batch.header.log);
  if (!end) return {};
  const auto sequence = batch.header.sequence;
  if (sequence == end->sequence) return batch.id == end->id ? "" : "removed";
  return heads_.has(batch.header.log, sequence + 1) ? "" : "removed_order";
}

// Of such a log one batch is asked for at a time: the one below what is held.
std::optional<SequenceRange> Catalogue::before_departure(const LogKey& log,
                                                         SequenceRange gap) const {
  const auto* end = roster_.end_of(log);
  if (!end) return gap;
  const auto last = std::min(gap.last, end->sequence);
  if (last < gap.first || (last < end->sequence && !heads_.has(log, last + 1)))
    return std::nullopt;
  return SequenceRange{last, last};
}

void Catalogue::learn_wrap(const RecordView& record, const AgentId& wrapper, Judged& judged) {
  const auto scope = scope_in(record);
  const auto before = scopes_.wraps();
  const auto learned = scopes_.learn_wrap(record, wrapper, roster_);
  // Some newcomers may be known now where another is not.
  if (scopes_.wraps() > before) {
    judged.learned = true;
    heads_.touched(scopes_.find(scope)->author);
  }
  if (learned || learned.error().code != Errc::not_found) return;
  late_wraps_.keep(scope,
                   {Bytes(record.bytes.begin(), record.bytes.end()), wrapper,
                    std::string(roster_.org_of(wrapper))},
                   roster_.same_org(wrapper, options_.own));
}

void Catalogue::try_again(std::vector<LateWraps::Wrap> late, Judged& judged) {
  for (const auto& wrap : late)
    if (const auto record = view_record(wrap.record)) learn_wrap(*record, wrap.wrapper, judged);
}

// Agents of the own organisation have the key, and wrap it for this one: until then its batches
// are not taken, since what is carried is never opened.
bool Catalogue::will_be_ours(const Scope& scope) const {
  return std::any_of(
      scope.recipients.begin(), scope.recipients.end(),
      [&](const AgentId& agent) { return roster_.same_org(agent, options_.own); });
}

}  // namespace tocsin::mesh
