// Keeps this agent connected: listens, dials its peers again and again, shakes hands, and holds
// at most one live session and a few bulk sessions with each agent.
#pragma once

#include "mesh/sync/doorkeeper.hpp"
#include "mesh/sync/node.hpp"
#include "mesh/sync/peer_policy.hpp"
#include "mesh/sync/reputation.hpp"
#include "mesh/sync/session.hpp"
#include "mesh/world/task_set.hpp"

namespace tocsin::mesh {

class Connections {
 public:
  struct Options {
    std::string org;
    AgentId own;
    FederationId federation;
    const crypto::ExchangeKey& channel;
    const std::vector<crypto::Certificate>& certificates;
    const std::vector<crypto::PairSecrets>& secrets;
    const Roster& roster;
    std::string listen;
  };
  /// Lifetime: world, host and what options refer to outlive it. Destruction ends every session
  /// without a word; the host hears nothing of it.
  Connections(World& world, SessionHost& host, Options options);
  ~Connections();

  /// Errors: as Network::listen, and expired when no certificate is valid now.
  Result<void> start();
  void stop();
  void add_peer(PeerConfig config);
  /// True when there is a peer with this channel key.
  bool knows(const PublicKey& channel) const;
  void cut(std::string_view org, bool down);
  /// Ends the sessions of revoked agents.
  void drop(const AgentId& agent, ByeReason reason);
  /// The same for those of former members.
  void drop_former();
  /// Secrets, certificates or members have changed: what failed is tried again at once.
  void look_again();

  std::shared_ptr<Session> find(const AgentId& agent, Purpose purpose) const;
  std::vector<std::shared_ptr<Session>> live() const;
  bool reachable(std::string_view org) const;
  std::string listening() const;
  /// The agent at the other end says that it listens there: to be dialled when it is gone, if
  /// nothing else is known.
  void heard_address(const Session& session, std::string_view address);
  std::vector<PeerStatus> peers() const;
  /// How many bulk connections to keep with an agent that is dialled from here, 1 to lanes_max.
  void want_lanes(const AgentId& agent, std::size_t lanes);
  /// The agent was at fault, as is_senders_fault has it: it is shut out for a while once it was too
  /// often.
  void blame(const AgentId& agent);
  /// Handshakes that were refused at the door, by reason.
  const std::map<std::string, std::uint64_t>& turned_away() const { return turned_away_; }
  /// Counts refusals towards or from the agent.
  void count(const AgentId& agent, std::string_view reason, std::uint64_t times = 1);

  static constexpr Duration handshake_max = std::chrono::seconds(5);
  static constexpr Duration connect_max = std::chrono::seconds(1);
  static constexpr Duration session_age_max = std::chrono::minutes(10);
  static constexpr Duration renew_before = std::chrono::seconds(30);
  static constexpr Duration greeting_ahead_max = std::chrono::minutes(10);
  static constexpr std::size_t peers_max = 256;

 private:
  struct Peer;
  struct Race;
  Task<void> accept_all();
  Task<void> answer(std::unique_ptr<Stream> stream, std::string source);
  Task<void> keep_dialling(Peer& peer);
  Task<Result<void>> race(Peer& peer, Purpose purpose);
  Task<void> run(Peer& peer, std::string address, std::shared_ptr<Race> race);
  Task<Result<void>> dial(Peer& peer, std::string address, std::shared_ptr<Race> race);
  void keep_dialling_once(Peer& peer);
  Task<void> serve(std::shared_ptr<Session> session, std::optional<Bytes> first);
  Task<void> write_for(std::shared_ptr<Session> session);
  std::optional<Purpose> wanted(const Peer& peer) const;
  bool admit(const std::shared_ptr<Session>& session);
  Peer* peer_of(const crypto::CertificateBody& body);
  Peer* find_peer(const AgentId& agent);
  const Peer* find_peer(const AgentId& agent) const;
  bool is_revoked(const Peer& peer) const;
  Result<crypto::OwnIdentity> identity() const;
  crypto::CheckCertificate checker() const;
  bool is_cut(std::string_view org) const { return cuts_.contains(std::string(org)); }
  Duration age(const Session& session) const;

  World& world_;
  SessionHost& host_;
  Options options_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::set<std::string> cuts_;
  GreetingClock greetings_;
  std::unique_ptr<Listener> listener_;
  Doorkeeper door_;
  Reputation reputation_;
  std::map<std::string, std::uint64_t> turned_away_;
  bool stopped_ = false;
  TaskSet tasks_;  // Last: its coroutines refer to all of the above.
};

}  // namespace tocsin::mesh
