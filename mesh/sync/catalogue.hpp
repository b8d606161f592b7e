// Judges every batch that reaches this agent, and remembers what it means for trust: heads,
// scopes, certificates, revocations and forks. Holds no connection and writes no batch.
#pragma once

#include <set>

#include "mesh/store/store.hpp"
#include "mesh/sync/fork_book.hpp"
#include "mesh/sync/checkpoint.hpp"
#include "mesh/sync/head_table.hpp"
#include "mesh/sync/late_wraps.hpp"
#include "mesh/sync/scope_table.hpp"

namespace tocsin::mesh {

enum class Verdict : std::uint8_t {
  fresh,      ///< verified and opened: to be stored and delivered
  carried,    ///< verified, sealed for others: to be stored and offered to its recipients
  duplicate,  ///< held already
  waiting,    ///< its scope is not known yet: keep it aside, try again
  forked,     ///< another batch holds this place; the proof is kept
  mended,     ///< held, but the store could not give it: to be stored again, and no more
  refused,    ///< see `reason`
};

/// Whose fault a refusal is.
enum class Blame : std::uint8_t { nobody, author, relay };

struct Judged {
  Verdict verdict = Verdict::refused;
  Blame blame = Blame::nobody;
  std::string_view reason;          ///< of a refusal, one word; static
  OpenedBatch opened;               ///< when fresh
  const Audience* audience = nullptr;  ///< when fresh. Lifetime: the catalogue's
  std::vector<AgentId> revoked;     ///< agents and persons that it revoked
  std::vector<LogKey> settled;      ///< logs whose fork it decided, or left undecided again
  bool learned = false;             ///< it brought a scope or a certificate
};

class Catalogue {
 public:
  struct Options {
    AgentId own;
    const crypto::Charter& charter;
    const crypto::ExchangeKey& sealing;
    /// False when no more is kept of this log, by a quota; absent: there is none.
    std::function<bool(const LogKey&)> has_room = {};
  };
  /// Lifetime: store, charter and key outlive it. Reads the proofs of forks from the store, and the
  /// markings of what was dropped.
  Catalogue(Store& store, Options options);

  /// Judges a batch from a peer. When fresh or carried, heads are advanced: the caller must append
  /// it to the store.
  Judged judge(const Batch& batch);
  /// One that judges as this one would, batch after batch, and leaves this one and the store as they
  /// are: for judge(), take_proof() and the roster's add(). Lifetime: that of this one's options.
  Catalogue trial() const;
  /// The same for a batch out of the store, whose signature and root were checked when it came,
  /// and whose bytes the store's checksum vouches for. `opened` where that was done before. Of a
  /// stub only its place in the log is learned. `waiting` when the key of its scope is not known
  /// yet: to be tried again after all others.
  /// Errors: corrupt, invalid.
  Result<Judged> replay(const StoredBatch& stored, const Batch& batch,
                        std::optional<OpenedBatch> opened = {});
  /// Learns from the records of an own batch, and gives what it revoked and settled; heads advance
  /// through hold() once it is durable.
  Judged take_own(const Batch& batch, const std::vector<RecordView>& records);
  /// Learns decisions on forks ahead of replay(): they hold for what was stored before them too.
  void foresee(const StoredBatch& stored);
  /// Takes a proof that somebody brought. Errors: those of check_fork_proof.
  Result<ForkBook::Added> take_proof(const ForkProof& proof);

  /// A batch that judge() has not seen is on disk: heads advance.
  void hold(const LogKey& log, std::uint64_t sequence, const Digest& id);
  /// False where the log is new here and its author, or its organisation, has as many as are kept.
  bool may_open(const LogKey& log) const;
  /// The same of an own log, which counts from now on.
  bool open_own(const LogKey& log);
  /// How many logs of this agent are kept.
  std::size_t own_logs_max() const;
  /// A scope for an own log, and the record that announces it. Errors: those of ScopeTable::make,
  /// full (more scopes of this agent nobody keeps).
  Result<Bytes> make_scope(const RecordHeader& header, const Audience& audience,
                           const std::vector<KnownAgent>& recipients, Entropy& entropy);
  const LogShares& log_shares() const { return log_shares_; }

  /// An accepted checkpoint: the log begins at its base here, also after a restart. `marking` is
  /// that of the checkpoint's record, all that a newcomer may ever see of the log. False where the
  /// log may not be opened.
  bool raise_base(const LogKey& log, const LogBase& base, Marking marking);

  /// The charter has become another: the roster follows.
  void renew();

  /// True when asking for this batch again is of use.
  bool wants(const LogKey& log, std::uint64_t sequence) const;
  /// What is missing from `theirs` and of use.
  std::vector<PullRange> missing(const std::vector<LogHead>& theirs) const;

  /// A certificate, by itself or in a record. True when it was news: what was refused for want of
  /// it is worth asking for again.
  bool take_certificate(ByteView encoded);

  Roster& roster() { return roster_; }
  const Roster& roster() const { return roster_; }
  ScopeTable& scopes() { return scopes_; }
  const ScopeTable& scopes() const { return scopes_; }
  const HeadTable& heads() const { return heads_; }
  std::vector<ForkSeen> forks() const { return fork_book_.seen(); }
  const ForkBook& fork_book() const { return fork_book_; }
  /// True while a fork of this log's epoch is not settled.
  bool frozen(const LogKey& log) const { return fork_book_.epoch_frozen(log.agent, log.epoch); }
  /// True for a batch that may cause no effects; `ordinal` is that of its first record here.
  bool frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal) const;
  /// Grows whenever what is offered to a peer may have changed.
  std::uint64_t changes() const { return heads_.changes() + trust_changes_ + fork_book_.size(); }
  /// Grows whenever who may read logs may have changed for another reason than what stands in them.
  std::uint64_t clearances() const { return trust_changes_; }

  /// The audience of a log that this agent can read; null for others.
  const Audience* audience_of(const LogKey& log) const;
  /// All markings seen in a readable log, one bit per Tlp value.
  std::uint8_t tlp_seen(const LogKey& log) const;
  /// Puts them into the store: to be called before batches of the log are dropped, since at the
  /// next start nothing would be left to see them in, and nothing of the log could go out.
  void keep_markings(const LogKey& log);

  static constexpr std::size_t refused_max = 4096;
  static constexpr std::size_t late_wraps_bytes_max = 16 * 1024 * 1024;

 private:
  bool has_room(const LogKey& log) const;
  std::string_view not_wanted(const LogKey& log, std::uint64_t sequence) const;
  void note_log(const LogKey& log);
  void regroup();
  void learned_whom();
  void read_markings();
  std::string_view against_departure(const Batch& batch) const;
  std::optional<SequenceRange> before_departure(const LogKey& log, SequenceRange gap) const;
  Judged judge_held(const Batch& batch);
  Judged judge_sealed_for_others(const Batch& batch);
  Judged open(const Batch& batch, const Scope* scope);
  Judged refuse(const Batch& batch, std::string_view reason, Blame blame);
  void accept(const Batch& batch, Judged& judged);
  void learn(const RecordView& record, const LogKey& log, Judged& judged);
  bool may_have_scope(const AgentId& author) const;
  bool brings_scope(const std::vector<RecordView>& records) const;
  bool learn_scope(const RecordView& record, const AgentId& author);
  void learn_wrap(const RecordView& record, const AgentId& wrapper, Judged& judged);
  void try_again(std::vector<LateWraps::Wrap> late, Judged& judged);
  bool will_be_ours(const Scope& scope) const;
  bool holds_together(const Batch& batch, const Scope* scope) const;
  void keep_proof(ByteView earlier, ByteView later);
  void prove_by_predecessor(const Batch& batch);
  bool proven_by_successor(const Batch& batch);
  bool on_lost_branch(const LogKey& log, std::uint64_t sequence) const;
  void note_markings(const LogKey& log, const std::vector<RecordView>& records);

  Store& store_;
  Options options_;
  Roster roster_;
  ScopeTable scopes_;
  HeadTable heads_;
  LogShares log_shares_, scope_shares_;
  std::uint64_t trust_changes_ = 0;
  Audience everybody_;
  ForkBook fork_book_;
  std::set<std::pair<LogKey, std::uint64_t>> refused_;
  std::map<LogKey, std::uint8_t> tlp_seen_, tlp_kept_;
  std::set<LogKey> opened_;  ///< own logs of which no batch is on disk yet
  LateWraps late_wraps_{late_wraps_bytes_max};
};

/// The record that carries a certificate to all members. Tag: 1 encoded certificate.
Bytes encode_certificate_record(const RecordHeader& header, ByteView certificate);
/// The encoded certificate in such a record; empty when there is none. Lifetime: the record's.
ByteView certificate_in(const RecordView& record);

}  // namespace tocsin::mesh
