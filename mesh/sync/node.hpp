// One agent's place in the mesh: it publishes records, takes those of others, keeps everything
// in the store, and tells its observers what has become known and what has become durable.
#pragma once

#include <map>
#include <set>

#include "crypto/handshake.hpp"
#include "mesh/store/store.hpp"
#include "mesh/sync/bundle_plan.hpp"
#include "mesh/sync/compaction.hpp"
#include "mesh/sync/comparison.hpp"
#include "mesh/wire/disclosure.hpp"

namespace tocsin::mesh {

/// A record to be shared. The node fills in the author.
struct Draft {
  RecordKind kind{};
  Marking marking;
  Audience audience;          ///< from audience_of(), or inherited
  LogClass log_class = LogClass::case_;
  Bytes record;               ///< complete, with header.author == node.author()
};

struct Published {
  Digest id;         ///< of the record
  LogKey log;
  std::uint64_t sequence = 0;
};

/// A batch that was verified and opened here. Lifetime: the duration of the call.
struct Delivered {
  const BatchHeader& header;
  std::string_view org;        ///< the author's organisation
  std::string_view agent;      ///< the author's name
  bool own = false;
  bool live = false;           ///< pushed as it happened; false for catch-up and for replay at start
  bool replay = false;         ///< read from the store at start
  std::string_view via;        ///< organisation of the peer that handed it over; empty when own
  std::uint64_t first_ordinal = 0;
  const Audience& audience;
  std::span<const RecordView> records;
  bool frozen = false;         ///< the author's epoch is forked: alert only, cause no effects
};

class Observer {
 public:
  virtual ~Observer() = default;
  /// Verified, in memory, not yet on disk: may match, must not cause effects.
  virtual void on_verified(const Delivered& batch) = 0;
  /// On disk: may cause effects. In order per log.
  virtual void on_durable(const Delivered& batch) = 0;
  /// The payload of `batch` is being dropped: its records can no longer be read under their
  /// ordinals. `moved` tells, record by record, the ordinal under which one lives on because its
  /// author signed it again; nothing for what has come to its end. A record that was signed again
  /// is not delivered again.
  using Moved = std::span<const std::optional<std::uint64_t>>;
  /// Whoever keeps nothing by ordinal has nothing to do.
  virtual void on_dropped(const Delivered&, Moved) {}
  /// Shown before, and no longer believed: its author was revoked, or its organisation removed,
  /// before this batch. It stays as evidence, and must neither match nor keep effects.
  virtual void on_withdrawn(const Delivered&) {}
  /// A later version of the charter came over the mesh and counts from now on: to be kept.
  virtual void on_charter(const crypto::Charter&) {}
  /// The store can keep nothing any more: the node has left the mesh and acknowledges nothing until
  /// it is opened anew. Called once, on the loop; the node outlives the call.
  virtual void on_failed(const Error&) {}
};

enum class PeerState : std::uint8_t { connecting, connected, unreachable, refused, revoked };
std::string_view name_of(PeerState state);

/// What a connected peer is told of what happens: everything, or, while it reads too slowly, only
/// alarms and how far each log has come; it pulls the rest at its own pace.
enum class PeerMode : std::uint8_t { live, heads_only };
std::string_view name_of(PeerMode mode);

struct PeerStatus {
  std::string org, agent, address;
  PeerState state{};
  Duration rtt{};
  std::uint64_t behind = 0;    ///< batches that they have and we do not
  WallTime last_seen;
  std::map<std::string, std::uint64_t> refused;  ///< reason → count, at exits and entries
  Duration clock_ahead{};      ///< of ours, when it greeted last
  bool clock_off = false;      ///< by more than ClockWatch::alarm_beyond
  PeerMode mode = PeerMode::live;
  std::size_t lanes = 0;         ///< bulk connections that are up
  std::size_t credit_bytes = 0;  ///< what it may have under way to us in answer to our pulls
  bool next_secret = false;    ///< its live session was made with the next secret of the pair
  bool gateway = false;  ///< connected, and batches for its organisation go to it first
  bool suspect = false;  ///< connected, but silent of late: batches take another way
};

struct PeerConfig {
  std::string org;
  PublicKey channel;                    ///< X25519 key from its card or certificate
  std::vector<std::string> addresses;   ///< tried in order; empty: it dials us
};

struct NodeOptions {
  std::string org, agent;
  crypto::SigningKey signing;
  crypto::ExchangeKey channel, sealing;
  std::vector<crypto::Certificate> certificates;  ///< own, for this federation
  crypto::Charter charter;
  std::vector<crypto::PairSecrets> secrets;
  std::vector<PeerConfig> peers;
  std::string listen;                             ///< empty: dials only
  Duration linger = std::chrono::milliseconds(5); ///< at most 20 ms; urgent records flush at once
  /// What the store keeps of one author of another organisation; more is refused as "quota".
  std::uint64_t author_bytes_max = 16ull << 30;
  /// Go on with a damaged store and fetch what it lacks from peers, under a new epoch. Without it
  /// damage is an error, since what was lost may be a retraction, a revocation or a freeze.
  bool mend = false;
  /// This agent is a gateway of its site: batches for its organisation come to it first. Where
  /// none is configured as one, the smallest id among those that are reached takes its place.
  bool gateway = false;
  /// Bytes that all peers together may have under way to this agent in answer to its pulls, and
  /// bulk connections with one peer (1 to 4).
  std::size_t credit_bytes_max = 16 * 1024 * 1024;
  std::size_t lanes_max = 4;
};

/// What may change while a node runs; empty parts stay as they are.
struct Renewal {
  std::optional<crypto::Charter> charter;         ///< checked with check_succession() against ours
  std::vector<crypto::Certificate> certificates;  ///< own
  std::vector<crypto::PairSecrets> secrets;       ///< all of them
};

/// What sync refused or put aside since its start.
struct SyncCounters {
  std::map<std::string, std::uint64_t> refused;  ///< batches, by reason
  std::uint64_t received = 0, duplicates = 0, carried = 0, waiting = 0, deferred_pushes = 0;
  std::uint64_t mended = 0;  ///< batches that the store had lost, fetched again
  std::uint64_t own_name = 0;  ///< batches in this agent's name that it did not sign
  std::uint64_t withdrawn = 0;  ///< batches shown before, and no longer believed
  std::uint64_t logs = 0, own_logs = 0;  ///< that are known here
  std::uint64_t own_logs_max = 0;        ///< others keep no more of this agent
  std::uint64_t clock_alarms = 0;  ///< how often a peer's clock came to differ too much from ours
};

class Node {
 public:
  /// Replays the store to `observers` (each batch as verified, then as durable, both with
  /// `replay`; may be slow; on the loop), then listens and dials.
  /// Lifetime: world, store and observers outlive it.
  static Result<std::unique_ptr<Node>> open(World& world, Store& store, NodeOptions options,
                                            std::vector<Observer*> observers);
  virtual ~Node() = default;

  /// Signs and stores the drafts and pushes them; completes when all are durable, results in the
  /// order of the drafts. A draft whose record is there already gives its old place. Waits while
  /// the store is full. Errors: marking, too_large, full, io, closed.
  virtual Task<Result<std::vector<Published>>> publish(std::vector<Draft> drafts) = 0;

  /// Writes what `order.to` is cleared for into a file that its agents can open, after what is
  /// being published now. Only what may leave is in it; refusals are counted. Errors: marking (no
  /// such member), usage (it has no agent), too_large, full, io, corrupt, closed.
  virtual Task<Result<BundleReport>> export_bundle(BundleOrder order) = 0;
  /// Takes in a bundle as if a peer had brought its batches, once all of it has been verified;
  /// completes when all is durable. May be repeated and resumed; with `dry_run` nothing is kept.
  /// Errors, and then nothing is kept: not_found, io, invalid, corrupt, too_large, expired,
  /// unauthenticated, refused (for somebody else, of another federation or a revoked agent).
  virtual Task<Result<BundleReport>> import_bundle(Path file, bool dry_run) = 0;

  virtual std::uint64_t author() const = 0;  ///< for RecordHeader::author
  virtual AgentId agent_id() const = 0;
  virtual const crypto::Charter& charter() const = 0;
  virtual std::string listening() const = 0; ///< the real address, port included

  /// The record with this digest; nothing when unknown or unreadable. Errors: io, corrupt.
  struct Found {
    Bytes record;
    std::string org, agent;
    LogKey log;
    std::uint64_t sequence = 0, ordinal = 0;
    Audience audience;
    std::string via;
    WallTime received;
  };
  virtual Result<std::optional<Found>> find(const Digest& id) = 0;
  virtual Result<std::optional<Found>> at(std::uint64_t ordinal) = 0;
  /// Every ordinal under which the record with this digest can be read, ascending: one that was
  /// shared in several scopes has several. Errors: io, corrupt.
  virtual Result<std::vector<std::uint64_t>> ordinals_of(const Digest& id) = 0;
  /// Calls `use` with the record, without a copy: about 1 µs when its batch was opened of late.
  /// False when there is none. Errors: io, corrupt.
  virtual Result<bool> with_record(std::uint64_t ordinal,
                                   const std::function<void(const RecordView&)>& use) = 0;

  /// The record with this digest, to be shown to somebody outside together with the certificate
  /// under which its author signed it. Errors: not_found, io, corrupt.
  struct Shown {
    Disclosure disclosure;
    crypto::Certificate author;
  };
  virtual Result<Shown> disclose(const Digest& id) = 0;

  /// Acts on it at once: sessions of members that a new charter removes are cut, those it adds
  /// can be dialled, and all members hear of it. Errors: refused (the charter is older, of another
  /// line, or lacks signatures or this organisation).
  virtual Result<void> renew(Renewal renewal) = 0;

  virtual std::vector<PeerStatus> peers() const = 0;
  virtual void add_peer(PeerConfig peer) = 0;
  /// True while a session with any agent of `org` is up; the own org is always reachable.
  virtual bool reachable(std::string_view org) const = 0;
  /// Certificates of analysts and agents known in the federation, own and others'.
  virtual std::optional<crypto::Certificate> analyst(std::string_view org,
                                                     std::string_view name) const = 0;
  virtual std::vector<crypto::Certificate> analysts_at(std::string_view org,
                                                       std::string_view name,
                                                       WallTime time) const = 0;
  /// All of one person, past and revoked ones too.
  virtual std::vector<crypto::Certificate> analyst_certificates(std::string_view org,
                                                                std::string_view name) const = 0;
  virtual std::vector<crypto::Certificate> analysts() const = 0;
  virtual std::optional<AgentId> agent_named(std::string_view org,
                                             std::string_view name) const = 0;
  /// The last batch up to which nothing is missing here, of each log of `agent`.
  virtual std::vector<LastGood> heads_of(const AgentId& agent) const = 0;
  /// The same of all agents of `org`, in the order of the logs.
  virtual std::vector<LastGood> heads_of_org(std::string_view org) const = 0;
  virtual bool is_revoked(const AgentId& id) const = 0;
  /// True when `revocation` says more than those that are known: of somebody who was trusted, or
  /// with an earlier last good batch.
  virtual bool is_news(const Revocation& revocation) const = 0;

  /// Heads digest over all logs that this agent can read.
  virtual Digest heads_digest() const = 0;
  /// The same, over those that `org` may read too: equal on both sides once they hold the same.
  virtual Digest heads_digest(std::string_view org) const = 0;
  /// The places for which an agent is proven to have signed two batches, settled ones too.
  virtual std::vector<ForkSeen> forks() const = 0;
  virtual SyncCounters counters() const = 0;
  /// Drops the payload of every batch in which nothing is of use any more, and lets this agent's own
  /// logs begin later where little before is; with `dry_run` only tells what would be dropped.
  /// Runs by itself each compact_every when droppable bytes are a compact_share'th of the store.
  /// Completes when all is durable. May be repeated and interrupted. Errors: refused (one is under
  /// way, or most peers say that this clock is wrong), io, closed.
  virtual Task<Result<CompactionReport>> compact(bool dry_run) = 0;
  virtual CompactionStatus compaction() const = 0;
  static constexpr Duration compact_every = std::chrono::hours(1);
  static constexpr std::uint64_t compact_share = 20;
  static constexpr std::uint64_t compact_bytes_min = 16 * 1024 * 1024;
  /// Compares batch by batch what this agent and one of `org` that is connected really hold of
  /// what both may read, and asks for some of what only they have: to be repeated until nothing
  /// differs. Errors: unreachable, timeout, refused (one is under way, or there was one within
  /// compare_every), invalid, too_large (over compare_batches_max).
  virtual Task<Result<Difference>> compare(std::string org) = 0;
  static constexpr Duration compare_every = std::chrono::seconds(10);
  static constexpr std::size_t compare_batches_max = 262'144;
  /// For drills and tests: refuse all traffic with `org` until undone. Not reachable from the
  /// command outside an exercise charter.
  virtual void cut(std::string_view org, bool down) = 0;
  virtual void stop() = 0;
};

}  // namespace tocsin::mesh
