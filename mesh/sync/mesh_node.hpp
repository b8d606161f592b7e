// Puts the parts of sync together into the Node: what is published goes out, what comes in is
// judged, stored, delivered and passed on.
#pragma once

#include <unordered_map>

#include "mesh/sync/author_quota.hpp"
#include "mesh/sync/bundle_file.hpp"
#include "mesh/sync/clock_watch.hpp"
#include "mesh/sync/connections.hpp"
#include "mesh/sync/epoch_gate.hpp"
#include "mesh/sync/inbox.hpp"
#include "mesh/sync/fork_gossip.hpp"
#include "mesh/sync/lending.hpp"
#include "mesh/sync/liveness.hpp"
#include "mesh/sync/provenance.hpp"
#include "mesh/sync/publisher.hpp"
#include "mesh/store/digest_index.hpp"
#include "mesh/sync/recent_pushes.hpp"
#include "mesh/sync/record_cache.hpp"
#include "mesh/sync/replay.hpp"
#include "mesh/sync/route_table.hpp"
#include "mesh/sync/seen_agents.hpp"
#include "mesh/sync/succession.hpp"
#include "mesh/sync/ticket.hpp"
#include "mesh/sync/turns.hpp"
#include "mesh/sync/twin_watch.hpp"

namespace tocsin::mesh {

class MeshNode final : public Node, private SessionHost {
 public:
  MeshNode(World& world, Store& store, NodeOptions options, std::vector<Observer*> observers);
  ~MeshNode() override;
  /// Replays the store, then listens and dials.
  Result<void> start();

  Task<Result<std::vector<Published>>> publish(std::vector<Draft> drafts) override;
  Task<Result<BundleReport>> export_bundle(BundleOrder order) override;
  Task<Result<BundleReport>> import_bundle(Path file, bool dry_run) override;
  std::uint64_t author() const override { return id_.prefix(); }
  AgentId agent_id() const override { return id_; }
  const crypto::Charter& charter() const override { return options_.charter; }
  std::string listening() const override { return connections_.listening(); }
  Result<std::optional<Found>> find(const Digest& id) override;
  Result<std::optional<Found>> at(std::uint64_t ordinal) override;
  Result<std::vector<std::uint64_t>> ordinals_of(const Digest& id) override;
  Result<bool> with_record(std::uint64_t ordinal,
                           const std::function<void(const RecordView&)>& use) override;
  Result<Shown> disclose(const Digest& id) override;
  Result<void> renew(Renewal renewal) override;
  std::vector<PeerStatus> peers() const override;
  void add_peer(PeerConfig peer) override;
  bool reachable(std::string_view org) const override { return connections_.reachable(org); }
  std::optional<crypto::Certificate> analyst(std::string_view org,
                                             std::string_view name) const override;
  std::vector<crypto::Certificate> analysts_at(std::string_view org, std::string_view name,
                                               WallTime time) const override;
  std::vector<crypto::Certificate> analyst_certificates(std::string_view org,
                                                        std::string_view name) const override;
  std::vector<crypto::Certificate> analysts() const override;
  std::optional<AgentId> agent_named(std::string_view org,
                                     std::string_view name) const override {
    return catalogue_.roster().agent_named(org, name);
  }
  std::vector<LastGood> heads_of(const AgentId& agent) const override;
  std::vector<LastGood> heads_of_org(std::string_view org) const override;
  bool is_revoked(const AgentId& id) const override { return catalogue_.roster().is_revoked(id); }
  bool is_news(const Revocation& revocation) const override {
    return catalogue_.roster().is_news(revocation);
  }
  Digest heads_digest() const override { return heads_digest({}); }
  Digest heads_digest(std::string_view org) const override;
  std::vector<ForkSeen> forks() const override;
  SyncCounters counters() const override;
  Task<Result<CompactionReport>> compact(bool dry_run) override;
  CompactionStatus compaction() const override;
  Task<Result<Difference>> compare(std::string org) override;
  void cut(std::string_view org, bool down) override { connections_.cut(org, down); }
  void stop() override;

  static constexpr std::size_t waiting_bytes_max = 4 * 1024 * 1024;
  static constexpr std::size_t waiting_share_max = waiting_bytes_max / 4;  ///< of one author
  /// What is taken in of the inbox before others on the loop have their turn.
  static constexpr Duration turn_max = std::chrono::milliseconds(2);
  static constexpr std::size_t turn_batches_max = 64;
  static constexpr std::size_t own_name_told_max = 64;  ///< epochs in which a twin is named
  static constexpr Duration tick_every = std::chrono::milliseconds(250);
  /// How often what partners hold of ours is noted in the store.
  static constexpr Duration keep_shown_every = std::chrono::seconds(5);
  /// An export waits this long for what is being published: longer than the gate stays shut.
  static constexpr Duration settle_max = std::chrono::seconds(5);

 private:
  /// The credit that a batch from a bulk connection takes up until it is durable.
  struct Owed {
    std::weak_ptr<Session> session;
    Exchange::Brought batch;
  };
  /// A batch between verification and durability.
  struct Arrival {
    Batch batch;
    OpenedBatch opened;
    std::vector<Bytes> own_records;  ///< what `opened.records` views into, for own batches
    std::vector<std::uint64_t> tags;
    Audience audience;
    std::string via;
    std::uint64_t first_ordinal = 0;
    bool live = false, replay = false;
    std::vector<AgentId> revoked = {};  ///< by own records
    std::vector<LogKey> settled = {};   ///< logs whose fork it decides
    bool superseded = false;  ///< its records are published again under another epoch
    std::vector<bool> repeated = {};    ///< by record: held before; empty: none was
    std::vector<std::pair<std::uint64_t, Digest>> late = {};  ///< who waits for it to be durable
    std::optional<Owed> owed = {};
  };
  /// A place of a log, and what somebody signed there.
  using Place = std::tuple<LogKey, std::uint64_t, Digest>;
  struct Waiting {
    Batch batch;
    AgentId from;
    bool live = false;
  };

  // mesh_node.cpp: life
  Result<void> replay();
  Result<void> replay_late(const StoredBatch& stored);
  void replayed(ReplayAhead::Ready& ready, Judged judged);
  void open_gate(Instant now, std::optional<std::uint64_t> last_epoch, bool rotten);
  std::set<AgentId> holders() const;
  bool is_shared(const LogKey& log) const;
  void tick_gate();
  void gate_moved();
  Task<void> keep_time();
  Task<void> announce_certificates();
  void fail_store(const Error& error);
  void tell(const Arrival& arrival, bool durable);
  void index(Arrival& arrival, std::vector<Digest> ids = {});
  Delivered delivered(const Arrival& arrival) const;

  // node_publish.cpp
  Result<Audience> check(const Draft& draft) const;
  Result<LogKey> log_for(const Draft& draft);
  Error no_more_logs() const;
  Result<ScopeId> scope_for(const Audience& audience);
  void enqueue(const Draft& draft, const LogKey& log, std::uint64_t tag, const Digest& id);
  Result<std::optional<std::uint64_t>> ordinal_of(const Digest& id);
  Result<bool> settle_known(const Audience& audience, const Digest& id, std::uint64_t tag);
  void flush();
  Result<void> sign(Gathered& gathered);
  void give_up(const Gathered& gathered, const Error& why);
  void own_is_durable(const std::shared_ptr<Arrival>& arrival);

  // node_routes.cpp
  std::vector<Neighbour> neighbours() const;
  Lending::Reached reached() const;
  void announce_routes();
  void watch_neighbours(Instant now);
  Result<bool> on_route_message(Session& session, Message& message);
  void greet_route(Session& session, const Hello& hello);
  void route_up(Session& session);
  void route_down(Session& session);
  std::vector<Neighbour> cleared(Exit exit, const LogKey& log, bool count,
                                 std::vector<Neighbour> peers);
  static bool hurries(const LogKey& log) { return log.log_class != LogClass::indicator; }
  std::vector<AgentId> readers_of(const LogKey& log, const AgentId& from, bool carried,
                                  bool count);
  void spread(const Batch& batch, const std::vector<AgentId>& to);
  void push(const Batch& batch);
  void pass_on(const Batch& batch, const AgentId& from, bool carried);
  void note_own_log(const LogKey& log, std::uint64_t newest, bool at_start);
  void begin_routes();
  void note_shown(const Session& session, const Exchange& exchange, bool greeted);
  void lend();
  void wrap_for_newcomers();
  void take_certificates(const std::vector<Bytes>& encoded);
  void share_certificates(Session& session);

  // node_detours.cpp
  void note_push(const Batch& batch, const AgentId& from, bool carried,
                 std::vector<AgentId> sent);
  void await_answers();
  void look_at(Instant due);
  void look_for_silence(Instant due);
  void take_detours();

  // node_flow.cpp: how much comes in at once, from whom
  Task<void> ready(const Session& session) override;
  Task<void> turn(const Session& session) override;
  Result<std::optional<Bytes>> next_answer(Session& session) override;
  Result<void> receive_bulk(Bytes encoded, Session& session);
  bool is_current(const Session& session) const;
  void give_credit(const Owed& owed);
  void look_after_lanes();
  void show_flow(const AgentId& agent, PeerStatus& status) const;

  // node_receive.cpp: SessionHost
  Result<void> on_message(Session& session, Message message) override;
  Result<void> heed(Session& session, Message message);
  void on_certificate(const crypto::Certificate& certificate) override;
  Result<void> hear_clock(const Session& session, WallTime theirs);
  void on_up(const std::shared_ptr<Session>& session) override;
  void on_down(Session& session, const Error& why) override;
  Result<void> receive(Bytes encoded, Session& session, bool live);
  Result<void> take(Batch batch, const AgentId& from, bool live);
  Task<void> take_turns();
  struct Admitted {
    Verdict verdict{};
    std::string_view reason;  ///< of a refusal; static
    bool blamed = false;      ///< whoever handed it over is at fault
  };
  Admitted admit(Batch batch, const AgentId& from, bool live);
  Verdict put_aside(Batch batch, const AgentId& from, bool live);
  void refused(const Batch& batch, const AgentId& from, std::string_view reason);
  void welcome(Batch batch, Judged judged, const AgentId& from, bool live);
  void keep(std::shared_ptr<Arrival> arrival, std::uint16_t readable);
  void mend(const Batch& batch);
  void retry_waiting();

  // node_trust.cpp
  void adopt(crypto::Charter next);
  void meet_members();
  bool hear_charters(const BatchHeader& header, const std::vector<RecordView>& records);
  Task<void> announce_charter();
  void withdraw_held();
  void withdraw_former(std::string_view org);
  void withdraw_revoked(const AgentId& agent);
  Task<void> withdraw(std::vector<LogKey> logs);
  std::uint64_t withdraw_some(const LogKey& log, std::uint64_t first);
  std::vector<LogKey> untrusted_logs(const std::function<bool(const AgentId&)>& of) const;

  // node_compare.cpp
  struct Asking;
  struct Slot;
  Task<Result<void>> gather(LogKey log, SequenceRange range, std::vector<BatchPlace>& out);
  Task<Result<std::vector<BatchPlace>>> held_for(AgentId peer);
  void settle(Difference& difference, const AgentId& peer, WallTime began);
  Result<void> on_comparison(Session& session, Message& message);
  void begin_answering(Session& session, const SketchAsk& ask);
  Task<void> gather_answer(AgentId peer, SketchAsk ask);
  void forget_comparison(Instant now);
  void end_comparisons(const AgentId& peer);

  // node_forks.cpp
  Result<void> on_fork_proof(const Session& session, const ForkProof& proof);
  void look_for_forks();
  void show_forks(Session& session);
  void thaw(const std::vector<LogKey>& settled);
  Result<void> redeliver(const LogKey& log, const LogKey& settled);

  // node_twin.cpp
  std::optional<std::uint64_t> noted_epoch();
  void note_epoch();
  bool is_twins(const Batch& batch);
  void close_epoch(std::uint64_t epoch);
  void sign_again(Gathered gathered);
  void place_taken(const Arrival& arrival);
  // node_compact.cpp
  /// A compaction under way, or a trial of one.
  struct Compacting {
    CompactionReport& report;
    CompactionBook& book;  ///< of a trial one of its own
    std::set<std::pair<LogKey, Digest>> again;  ///< what a trial would have signed again, by target
  };
  Task<void> compact_by_itself();
  Task<Result<void>> drop_due(Compacting& work);
  void read_last_compaction();
  void touch_retracted();
  Result<void> look_at(const CompactionBook::Name& name, Compacting& work);
  void drop(const CompactionBook::Name& name, const CachedBatch& batch,
            std::span<const RecordView> records);
  std::optional<std::uint64_t> other_copy(const Digest& id, const CompactionBook::Name& than,
                                          const CompactionBook& book);
  std::optional<std::uint32_t> expiry_of(const Digest& indicator);
  void forget_ends(WallTime now);

  // node_checkpoint.cpp
  std::size_t waiting_checkpoints(const AgentId& author) const;
  void note_checkpoint(const RecordView& record, const LogKey& log);
  Task<void> consider_checkpoints();
  Task<CheckpointVerdict> judge(Checkpoint checkpoint);
  Task<void> gather_live(LogKey log, SequenceRange range, CheckpointView& view);
  void gather_declared(const PullRange& range, CheckpointView& view);
  void settle(const LogKey& log, CheckpointVerdict verdict);
  std::optional<WallTime> end_of_one(const RecordView& record, const LogKey& log);
  std::optional<CompactionBook::Name> copy_above(const Digest& id, const LogKey& log,
                                                 std::uint64_t base, const CompactionBook& book);
  Task<Result<void>> let_logs_begin_later(Compacting& work);
  Task<Result<void>> raise_base(LogKey log, std::uint64_t base, Compacting& work);
  struct StillLive;
  Result<StillLive> still_live(const LogKey& log, SequenceRange range, WallTime now,
                               const CompactionBook& book);
  void foresee_base(const LogKey& log, const StillLive& live, Compacting& work);
  LogKey signed_again_in(const LogKey& log) const;
  Result<void> sign_again(const LogKey& log, std::vector<Bytes> records);
  Result<void> sign_checkpoint(const LogKey& log, std::uint64_t base, WallTime now);
  Task<Result<void>> put_durably(Bytes key, Bytes value);

  void send_all(const AgentId& peer, const std::vector<Outgoing>& messages);
  Exchange* exchange(const AgentId& agent);

  // node_bundle.cpp
  Task<void> settle();
  Result<BundleFile> open_bundle(const Path& file, BundleReport& report, AgentId& from) const;
  Task<Result<std::set<LogKey>>> verify_bundle(const Path& file, BundleReport& report);
  struct BundleIntake;
  Task<Result<void>> take_bundle(const Path& file, BundleIntake& intake);
  Task<Result<void>> walk_bundle(const Path& file, BundleIntake& intake);
  Task<bool> room_to_take(const BundleIntake& intake);
  void take_item(SegmentKind kind, ByteView item, BundleIntake& intake);
  void take_bundled_proof(const ForkProof& proof, BundleIntake& intake);
  void take_bundled(Batch batch, BundleIntake& intake);
  Admitted admit_bundled(Batch batch, BundleIntake& intake);
  Task<Result<void>> all_durable();
  Task<Result<void>> write_bundle(const BundlePlan& plan, const BundleOrder& order,
                                  BundleReport& report);
  struct BundleDraft;
  struct Exporting;
  Result<void> write_some(PullRange& left, BundleDraft& draft);
  Result<BundleHeader> bundle_header(const BundlePlan& plan, const BundleOrder& order) const;
  void list_gaps(const std::set<LogKey>& logs, const HeadTable& heads,
                 BundleReport& report) const;

  World& world_;
  Store& store_;
  NodeOptions options_;
  std::vector<Observer*> observers_;
  AgentId id_;
  AuthorQuota quota_;
  Catalogue catalogue_;
  Succession succession_;
  RecordCache cache_;
  DigestIndex index_;
  Publisher publisher_;
  SeenAgents seen_;
  std::optional<EpochGate> gate_;
  std::optional<TwinWatch> twin_watch_;
  std::set<std::uint64_t> closed_;  ///< own epochs that were given up since the start
  std::set<std::uint64_t> own_name_told_;  ///< epochs
  TicketBook tickets_;
  UnsignedRecords::iterator find_unsigned(const Digest& id, const Audience& audience);
  UnsignedRecords unsigned_;
  std::map<std::pair<LogKey, std::uint64_t>, std::weak_ptr<Arrival>> undurable_;
  ForkGossip fork_gossip_;
  std::size_t forks_told_ = 0;
  PullBook pulls_;
  HeadVectors vectors_;
  std::map<AgentId, HeadMemory> memories_;  ///< of every agent that was met; members are bounded
  CreditPool credit_;
  Turns turns_;
  std::map<AgentId, std::unique_ptr<Exchange>> exchanges_;
  RouteTable routes_;
  Liveness liveness_;
  Lending lending_;
  std::set<AgentId> chartered_;  ///< agents whose certificates all have from the charter
  std::set<AgentId> gateways_;  ///< connected agents that said they are
  Routes said_routes_;
  RecentPushes recent_;
  std::set<AgentId> late_;  ///< whose answers were overdue when one came to be
  TimerId answer_timer_ = 0;
  Instant keep_shown_at_{};
  std::optional<Owed> owed_;  ///< for the batch that is being taken in
  std::map<Place, Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::map<AgentId, std::size_t> waiting_shares_;  ///< bytes by author
  Inbox inbox_;
  Event inbox_more_;
  TokenBucket refusal_lines_{{10, 100}};  ///< a flood is counted, not logged line by line
  Provenance provenance_;
  std::map<AgentId, std::shared_ptr<Asking>> asking_;
  struct Answering {
    AgentId peer;
    Instant until;
    ComparisonSource source;
  };
  std::unique_ptr<Answering> answering_;  ///< one asker at a time
  bool gathering_ = false;
  std::map<AgentId, Instant> answered_at_;
  SyncCounters counters_;
  ClockWatch clocks_;
  CompactionBook compaction_;
  std::optional<CompactionReport> last_compaction_;
  /// Checkpoints that are not in force here: the highest of each log.
  struct Pending { Checkpoint checkpoint; Marking marking; bool complained = false; };
  std::map<LogKey, Pending> checkpoints_;
  static constexpr std::size_t checkpoints_max = 131'072, checkpoints_share = 8'192;
  std::uint64_t checkpoints_refused_ = 0;
  bool considering_ = false;
  bool compacting_ = false;
  int exports_ = 0;  ///< under way: what they chose must not be dropped before it is written
  Instant next_compaction_;
  TimerId linger_timer_ = 0;
  bool stopped_ = false;
  std::shared_ptr<bool> alive_;  ///< tells callbacks of the store that the node is still there
  TaskSet tasks_;
  Connections connections_;
};

}  // namespace tocsin::mesh
