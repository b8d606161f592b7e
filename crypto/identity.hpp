// Who somebody is: organisation cards, and the certificates by which an organisation's root
// speaks for its agents and analysts.
#pragma once

#include <optional>

#include "crypto/signature.hpp"
#include "crypto/time.hpp"

namespace tocsin::crypto {

enum class OrgRole : std::uint8_t { operator_ = 1, authority = 2, observer = 3, vendor = 4 };
std::string_view name_of(OrgRole role);  // "operator", "authority", "observer", "vendor"
Result<OrgRole> org_role_from(std::string_view name);

/// Roles of a person; a certificate holds a set of them as bits.
enum class AnalystRole : std::uint8_t {
  analyst = 1, approver = 2, drill_director = 4, auditor = 8, admin = 16
};
std::string_view name_of(AnalystRole role);
Result<AnalystRole> analyst_role_from(std::string_view name);

/// True for 1 to 32 characters of a-z, 0-9, '-' and '.', beginning with a letter or digit: the
/// form of organisation, agent and analyst names.
bool is_name(std::string_view text);

AgentId agent_id_of(const PublicKey& signing_key);

enum class CertificateKind : std::uint8_t { agent = 1, analyst = 2 };

/// What a root says of one agent (for one month) or analyst. `channel` is zero for analysts,
/// `roles` zero for agents. `proof` is the holder's own word, from prove_possession().
struct CertificateBody {
  CertificateKind kind{};
  std::string org;
  std::string name;
  PublicKey signing, channel, sealing;
  std::uint8_t roles = 0;  ///< AnalystRole bits
  WallTime not_before, not_after;
  SignatureBytes proof = {};
  bool has(AnalystRole role) const { return (roles & std::uint8_t(role)) != 0; }
  AgentId id() const { return agent_id_of(signing); }
};

/// A certificate as received: the exact bytes that were signed, and their meaning.
struct Certificate {
  CertificateBody body;
  Bytes encoded;  ///< body bytes ‖ proof[64] ‖ signature[64]; at most certificate_bytes_max
  bool valid_at(WallTime t) const { return body.not_before <= t && t < body.not_after; }
};
inline constexpr std::size_t certificate_bytes_max = 320;

/// What certify() asserts and reading refuses: names, keys and roles that fit the kind, a period.
/// Errors: invalid, naming the fault.
Result<void> check_certificate_body(const CertificateBody& body);
/// The word of the signing key's holder to be this agent or person of that organisation, with these
/// keys: a public key is no secret, and without it any root could certify somebody else's. Made
/// before there is a federation, so under the zero id; in which one and when is for the root to say.
/// `own` is the secret of `body.signing`; roles, period and proof of `body` do not matter.
SignatureBytes prove_possession(const CertificateBody& body, const SigningKey& own);
/// True when `body.proof` is such a word.
bool proves_possession(const CertificateBody& body);

/// `body` must pass check_certificate_body(); whether its proof is good is for readers to see.
Certificate certify(const CertificateBody& body, const SigningKey& root,
                    const FederationId& federation);
/// Parses and checks the signature against `root`, and the holder's proof. Errors: invalid (format),
/// unauthenticated.
Result<Certificate> read_certificate(ByteView encoded, const PublicKey& root,
                                     const FederationId& federation);
/// Parses without a check, to learn whose root is needed. Errors: invalid.
Result<CertificateBody> peek_certificate(ByteView encoded);

inline constexpr int certificate_months = 12;
/// Twelve consecutive certificates of 31 days each, the first from one hour before `from`;
/// successive ones overlap by one day.
std::vector<Certificate> certify_year(CertificateBody body, WallTime from,
                                      const SigningKey& root, const FederationId& federation);

/// An agent as its organisation's card shows it.
struct CardAgent {
  std::string name;
  PublicKey signing, channel, sealing;
  std::string address;  ///< host:port, may be empty
  std::vector<std::string> further = {};  ///< where else it can be dialled; none without `address`
  /// All of them, in the order in which to try them.
  std::vector<std::string> addresses() const;
  void set_addresses(std::vector<std::string> all);
  SignatureBytes proof = {};  ///< of the agent itself, see prove_possession()
};
/// What a certificate of `agent` says, without its period.
CertificateBody certificate_body_of(std::string_view org, const CardAgent& agent);

/// The public card of an organisation; what partners need to invite it.
struct Card {
  std::string org, name, country;  ///< country: ISO 3166-1 alpha-2, upper case
  OrgRole role{};
  PublicKey root, recovery;
  std::vector<CardAgent> agents;          ///< at most 64
  std::vector<std::string> own_networks;  ///< CIDRs and domains never to be blocked; at most 4,096
};

inline constexpr std::size_t card_bytes_max = 1 << 20;
inline constexpr std::size_t card_agents_max = 64;
inline constexpr std::size_t card_addresses_max = 8;  ///< of one agent
inline constexpr std::size_t own_networks_max = 4096;

/// What reading refuses: names, country, keys, counts, agents told apart by name and key, and an
/// agent that does not prove its key. Errors: invalid, naming the field; unauthenticated.
Result<void> check_card(const Card& card);

/// The card as JSON text with the root's signature inside: keys `org, name, country, role, root,
/// recovery, agents[], own[], signature`, keys in base64. The signature covers an unambiguous
/// flat encoding of all fields, not the JSON text. `card` must pass check_card(), and `root` be
/// its root.
std::string write_card(const Card& card, const SigningKey& root);
/// Errors: invalid (naming the field), unauthenticated, too_large (over 1 MiB).
Result<Card> read_card(std::string_view json);

}  // namespace tocsin::crypto
