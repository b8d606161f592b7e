// Who is who in the federation: the certificates of agents and analysts that were checked
// against their organisation's root, and those that were revoked.
#pragma once

#include <map>
#include <optional>

#include "crypto/handshake.hpp"
#include "mesh/sync/revocation.hpp"

namespace tocsin::mesh {

/// An agent as others seal for it.
struct KnownAgent {
  AgentId id;
  PublicKey sealing;
  auto operator<=>(const KnownAgent&) const = default;
};

class Roster {
 public:
  /// Starts with the certificates and agent cards of `charter`; certificates in it that do not
  /// verify are left out. Lifetime: `charter` outlives the roster.
  explicit Roster(const crypto::Charter& charter);

  /// Takes in what `charter` has become: agents of new members, the end of past roots, and of the
  /// logs of former members.
  void renew();
  /// The last batch of this log of a former member's agent that counts, as the version says that
  /// removed it; null where it names none, and for all others. Lifetime: until renew().
  const LastGood* end_of(const LogKey& log) const;
  /// True when its organisation was a member and is none any more.
  bool is_former(const AgentId& agent) const { return is_former_org(org_of(agent)); }
  bool is_former_org(std::string_view org) const { return charter_.is_former(org); }
  /// When the organisation of a former member's agent was removed.
  WallTime removed_at(const AgentId& agent) const;

  /// Checks `encoded` against the root of the member that it names, and keeps it. True when it is
  /// new. Errors: invalid, unauthenticated, refused (no such member, or the signing key is that
  /// of another member's agent), full (this member has member_certificates_max).
  Result<bool> add(ByteView encoded);
  /// Two years of 64 agents. Per member, so that none can fill the roster of all.
  static constexpr std::size_t member_certificates_max = 2 * 64 * 12;

  /// The certificate under which `agent` may sign at `time`. Errors: not_found (no certificate of
  /// this agent), expired (none covers `time`).
  Result<const crypto::CertificateBody*> agent_at(const AgentId& agent, WallTime time) const;
  /// One of its certificates, whatever time it is for: all are of the same signing key. Null when
  /// the agent is unknown.
  const crypto::CertificateBody* any_of(const AgentId& agent) const;
  Result<const crypto::Certificate*> certificate_at(const AgentId& agent, WallTime time) const;
  /// Organisation and name; empty when the agent is unknown.
  std::string_view org_of(const AgentId& agent) const;
  std::string_view name_of(const AgentId& agent) const;
  /// The agent of this name, and the one with this channel key; revoked ones too.
  std::optional<AgentId> agent_named(std::string_view org, std::string_view name) const;
  std::optional<AgentId> agent_with(const PublicKey& channel) const;
  /// The agents of `org` that are not revoked, by id.
  std::vector<KnownAgent> agents_of(std::string_view org) const;
  /// All certificates of `agent`, past ones too. Lifetime: until the roster changes.
  std::vector<ByteView> certificates_of(const AgentId& agent) const;
  bool same_org(const AgentId& a, const AgentId& b) const;

  /// The certificate of this person that lasts longest, a revoked one where there is no other; and
  /// all that held at `time`: more than one where it was certified again with another key.
  std::optional<crypto::Certificate> analyst(std::string_view org, std::string_view name) const;
  std::vector<crypto::Certificate> analysts_at(std::string_view org, std::string_view name,
                                               WallTime time) const;
  /// All of one person, past and revoked ones too.
  std::vector<crypto::Certificate> analyst_certificates(std::string_view org,
                                                        std::string_view name) const;
  /// One of each person, as analyst() gives it.
  std::vector<crypto::Certificate> analysts() const;

  /// Takes a revocation, of an agent or an analyst, that was checked with check_revocation. It
  /// may come before the certificate, and counts once an own one of its organisation is known. Of
  /// several the earliest last good batch of each log counts. True when it is news. Of one member no
  /// more than member_revocations_max are taken, so that none can keep out those of the others.
  bool revoke(const Revocation& revocation);
  bool is_news(const Revocation& revocation) const;
  bool is_revoked(const AgentId& id) const { return revocation_of(id) != nullptr; }
  static constexpr std::size_t member_revocations_max = 4096;
  /// False for what a revoked agent signed after its last good batch in that log, and for what a
  /// former member's agent signed after the end_of() that log, whatever time it claims.
  bool trusted(const LogKey& log, std::uint64_t sequence) const;
  /// The same, and false for a batch that stands where such an end is named and is another one.
  bool trusted(const LogKey& log, std::uint64_t sequence, const Digest& id) const;

  /// The check of a handshake: root, federation, period at `now`, revocation. Never changes the
  /// roster. Errors: as add(); expired; refused (revoked, or an analyst's certificate).
  Result<crypto::Certificate> check_agent(ByteView encoded, WallTime now) const;

 private:
  struct Agent {
    std::string org, name;
    PublicKey sealing, channel;
    std::vector<crypto::Certificate> certificates;
  };
  Result<crypto::Certificate> read(ByteView encoded) const;
  void enter_agents(const crypto::CharterBody& body);
  void enter_ends();
  Result<void> take_room(const std::string& org);
  Result<bool> add_analyst(crypto::Certificate certificate);
  const crypto::Certificate& present(const std::vector<crypto::Certificate>& certificates) const;
  const Revocation* revocation_of(const AgentId& id) const;

  const crypto::Charter& charter_;
  std::map<AgentId, Agent> agents_;
  /// None of a person's covers another of the same key.
  std::map<std::pair<std::string, std::string>, std::vector<crypto::Certificate>> analysts_;
  std::map<std::pair<AgentId, std::string>, Revocation> revoked_;  ///< by whom as well
  std::map<std::pair<std::string, LogKey>, LastGood> ends_;  ///< of former members' logs
  std::map<std::string, std::size_t> held_;  ///< by organisation: agent certificates, analysts
};

}  // namespace tocsin::mesh
