// Who can read which sealed log: scopes, their keys as far as this agent may have them, and the
// record that hands a key to its recipients.
#pragma once

#include <map>
#include <optional>

#include "mesh/sync/log_shares.hpp"
#include "mesh/sync/roster.hpp"

namespace tocsin::mesh {

/// A random id with an immutable audience. Everybody sees the recipient agents; key and audience
/// only they.
struct Scope {
  ScopeId id;
  AgentId author;                    ///< the only agent that writes logs in it
  std::vector<AgentId> recipients;   ///< sorted; the author is one of them
  /// Agents that joined their organisation later, and had the key from one of its agents. Sorted.
  std::vector<AgentId> added;
  std::optional<crypto::SecretKey> key;
  Audience audience;                 ///< empty without key
  bool retired = false;              ///< an own one in which nothing more is published
  bool received_by(const AgentId& agent) const;
};
inline constexpr std::size_t scope_recipients_max = 512;
inline constexpr std::size_t scopes_max = LogShares::all_max;

class ScopeTable {
 public:
  /// Lifetime: `sealing` outlives the table.
  ScopeTable(AgentId own, const crypto::ExchangeKey& sealing) : own_(own), sealing_(sealing) {}

  const Scope* find(const ScopeId& id) const;
  /// This agent's scope for exactly this audience and these recipients, if there is one.
  const Scope* own_scope(const Audience& audience, const std::vector<KnownAgent>& recipients) const;

  /// Makes a scope and the record (kind scope_key) that announces it. Tags: 1 scope id, 2 wrap:
  /// agent id[16] ‖ crypto::wrap(ad = scope id ‖ author id, key[32] ‖ audience); repeats.
  /// Audience: all members[1] ‖ count[2] ‖ organisations [1+n each] ‖ count[2] ‖ persons [1+n each].
  /// Errors: too_large (over scope_recipients_max, or no record holds all the wraps), full.
  Result<Bytes> make(const RecordHeader& header, const Audience& audience,
                     const std::vector<KnownAgent>& recipients, Entropy& entropy);
  /// Takes a scope_key record out of a log of `author`. A scope that is known already stays as it
  /// is. Errors: invalid, unauthenticated (our wrap does not open), too_large (recipients), full,
  /// refused (known as another author's).
  Result<ScopeId> learn(const RecordView& record, const AgentId& author);
  /// From now on own_scope() gives none of those made so far; what was sealed in them stays readable.
  void retire_own();
  std::size_t size() const { return scopes_.size(); }
  const std::map<ScopeId, Scope>& all() const { return scopes_; }

  // scope_wrap.cpp: keys for agents that an organisation took on after the scope was made.
  /// The record (kind scope_wrap) that hands the key of `scope`, which must be held here, to
  /// `newcomers` of this agent's organisation. Tags as in make(), with the newcomers' wraps only.
  /// Errors: refused (no key here, or for persons: RED is sealed to whom it names), too_large.
  Result<Bytes> wrap_for(const RecordHeader& header, const Scope& scope,
                         const std::vector<KnownAgent>& newcomers, Entropy& entropy) const;
  /// Takes a scope_wrap record out of a log of `wrapper`. Errors: invalid; not_found (scope or
  /// newcomer are not known yet: try again when they are); refused (`wrapper` has no key of this
  /// scope, or a newcomer is of another organisation or revoked; RED); unauthenticated (our wrap
  /// does not open), full.
  Result<void> learn_wrap(const RecordView& record, const AgentId& wrapper, const Roster& roster);
  std::size_t wraps() const { return wraps_; }  ///< newcomers that were added

 private:
  AgentId own_;
  const crypto::ExchangeKey& sealing_;
  std::map<ScopeId, Scope> scopes_;
  std::size_t wraps_ = 0;
};

Bytes encode_audience(const Audience& audience);
/// Errors: invalid.
Result<Audience> decode_audience(ByteView bytes);

/// The scope that a scope_key or scope_wrap record is about; zero where that cannot be read.
ScopeId scope_in(const RecordView& record);
/// What a wrap of the scope's key is bound to.
Bytes scope_wrap_context(const ScopeId& scope, const AgentId& author);

/// The agents of the audience's organisations and of its persons' organisations, by id.
std::vector<KnownAgent> recipients_of(const Audience& audience, const Roster& roster);

}  // namespace tocsin::mesh
