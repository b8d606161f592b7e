#include "mesh/sync/archive.hpp"

#include "mesh/wire/batch_stub.hpp"

namespace tocsin::mesh {
namespace {

struct Link {
  Digest id, previous;
};

class Auditor {
 public:
  Auditor(const crypto::Charter& charter, ArchiveWitnesses witnesses,
          std::map<LogKey, LogBase> bases)
      : charter_(charter), roster_(charter), witnesses_(std::move(witnesses)),
        bases_(std::move(bases)) {}

  void learn(const StoredBatch& stored) {
    if (!stored.log.scope.is_zero() || stored.log.log_class != LogClass::control) return;
    const auto batch = parse_batch(*stored.encoded);
    const auto opened = batch ? open_batch(*batch, nullptr) : fail(Errc::invalid, "no batch");
    if (!opened) return;
    for (const auto& record : opened->records) {
      if (record.header.kind == RecordKind::certificate)
        (void)roster_.add(certificate_in(record));
      const auto heads = view_witness(record);
      if (!heads) continue;
      for (const auto& head : *heads)
        said_.push_back({stored.log.agent, {{}, head, record.header.created, record.id()}});
    }
  }

  void check(const StoredBatch& stored) {
    const auto batch = parse_kept(*stored.encoded);
    if (!batch) return bad(stored, batch.error().message);
    const auto& header = batch->header;
    ++audit_.batches;
    if (stored.dropped())
      ++audit_.dropped;
    else
      audit_.entries += header.record_count;
    if (header.log != stored.log || header.sequence != stored.sequence)
      return bad(stored, "the batch belongs to another place");
    const auto author = roster_.agent_at(header.log.agent, header.time);
    if (!author) return bad(stored, author.error().message);
    if (const auto signature = verify_signature(*batch, **author, charter_.federation);
        !signature)
      return bad(stored, signature.error().message);
    if (stored.dropped()) {
      // Signature and chain are all that is left to check.
    } else if (batch->sealed()) {
      if (const auto sealed = check_sealed(*batch); !sealed)
        return bad(stored, sealed.error().message);
    } else if (const auto opened = open_batch(*batch, nullptr); !opened) {
      return bad(stored, opened.error().message);
    } else {
      for (const auto& record : opened->records) note_checkpoint(record, header.log);
    }
    chains_[stored.log][stored.sequence] = {batch->id, header.previous};
    if (stored.readable == 0) carried_.insert(stored.log);
  }

  Audit finish() {
    audit_.logs = chains_.size();
    for (const auto& [log, chain] : chains_) {
      std::uint64_t last = 0;
      Digest id;
      for (const auto& [sequence, link] : chain) {
        if (sequence != last + 1 && may_begin_at(log, sequence)) {
          last = sequence - 1;
          const auto& base = bases_.at(log);
          id = sequence == base.base + 1 ? base.last : link.previous;
        }
        if (sequence != last + 1 && !carried_.contains(log))
          bad(log, sequence, fmt::format("the batches from {} on are missing", last + 1));
        if (sequence == last + 1 && link.previous != id)
          bad(log, sequence, "it does not name the batch before it");
        last = sequence;
        id = link.id;
      }
    }
    hear_witnesses();
    return std::move(audit_);
  }

 private:
  void note_checkpoint(const RecordView& record, const LogKey& log) {
    if (record.header.kind != RecordKind::checkpoint) return;
    if (const auto checkpoint = decode_checkpoint(record, log))
      checkpoints_[checkpoint->log].insert({checkpoint->base, checkpoint->last});
  }
  // Up to where its author said that it begins there may be gaps. Of a sealed log only that this
  // agent accepted it can be seen.
  bool may_begin_at(const LogKey& log, std::uint64_t sequence) const {
    const auto base = bases_.find(log);
    if (base == bases_.end() || sequence > base->second.base + 1) return false;
    const auto said = checkpoints_.find(log);
    return !log.scope.is_zero() ||
           (said != checkpoints_.end() &&
            said->second.contains({base->second.base, base->second.last}));
  }
  void hear_witnesses() {
    auto& ledger = witnesses_.known;
    for (auto& [agent, word] : said_) {
      word.org = roster_.org_of(agent);
      if (!word.org.empty()) ledger.add(std::move(word));
    }
    const HeldLogs held{
        [&](const LogKey& log, std::uint64_t sequence) -> std::optional<Digest> {
          const auto& chain = chains_.at(log);
          const auto at = chain.find(sequence);
          return at == chain.end() ? std::nullopt : std::optional(at->second.id);
        },
        [&](const LogKey& log) {
          const auto at = chains_.find(log);
          const bool whole = at != chains_.end() && !carried_.contains(log);
          return whole ? at->second.rbegin()->first : std::uint64_t(0);
        }};
    const auto contradiction = ledger.contradiction(held, witnesses_.settled);
    if (!contradiction.empty()) bad(contradiction);
    for (const auto& [log, chain] : chains_)
      for (const auto& [sequence, link] : chain)
        audit_.witnessed +=
            !ledger.witnesses_of(log, sequence, roster_.org_of(log.agent)).empty();
  }
  void bad(std::string_view what) {
    audit_.ok = false;
    if (audit_.first_bad.empty()) audit_.first_bad = what;
  }
  void bad(const LogKey& log, std::uint64_t sequence, std::string_view why) {
    bad(fmt::format("log {} sequence {}: {}", short_name(log), sequence, why));
  }
  void bad(const StoredBatch& stored, std::string_view why) {
    bad(stored.log, stored.sequence, why);
  }

  const crypto::Charter& charter_;
  Roster roster_;
  std::map<LogKey, std::map<std::uint64_t, Link>> chains_;
  std::set<LogKey> carried_;
  ArchiveWitnesses witnesses_;
  std::vector<std::pair<AgentId, WitnessWord>> said_;  ///< by whose agent, before all certificates
  std::map<LogKey, LogBase> bases_;
  std::map<LogKey, std::set<std::pair<std::uint64_t, Digest>>> checkpoints_;
  Audit audit_;
};

}  // namespace

Result<void> read_archive(Store& store, const crypto::Charter& charter, const ArchiveKeys& keys,
                          const std::function<void(const Delivered&)>& each) {
  Catalogue catalogue(store, {keys.own, charter, keys.sealing});
  std::optional<Error> broken;
  const auto scanned = store.scan([&](const StoredBatch& stored) {
    const auto batch = parse_kept(*stored.encoded);
    const auto judged = batch ? catalogue.replay(stored, *batch) : std::unexpected(batch.error());
    if (!judged) {
      broken = judged.error();
      return false;
    }
    if (judged->verdict != Verdict::fresh) return true;
    const auto& agent = batch->header.log.agent;
    each(Delivered{batch->header, catalogue.roster().org_of(agent),
                   catalogue.roster().name_of(agent), agent == keys.own, false, true, {},
                   stored.first_ordinal, *judged->audience, judged->opened.records,
                   catalogue.frozen(batch->header.log, batch->header.sequence,
                                    stored.first_ordinal)});
    return true;
  });
  if (!scanned) return scanned;
  if (broken) return std::unexpected(*broken);
  return {};
}

Result<Audit> verify_archive(Store& store, const crypto::Charter& charter,
                             ArchiveWitnesses witnesses) {
  auto bases = read_bases(store);
  if (!bases) return std::unexpected(bases.error());
  Auditor auditor(charter, std::move(witnesses), std::move(*bases));
  const auto first = store.scan([&](const StoredBatch& stored) {
    auditor.learn(stored);
    return true;
  });
  if (!first) return std::unexpected(first.error());
  const auto second = store.scan([&](const StoredBatch& stored) {
    auditor.check(stored);
    return true;
  });
  if (!second) return std::unexpected(second.error());
  return auditor.finish();
}

}  // namespace tocsin::mesh
