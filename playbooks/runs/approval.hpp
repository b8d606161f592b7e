// What a person signs to let a step act, to refuse it, or to allow a kind of action in advance:
// the exact bytes, made by the command, checked by every agent.
#pragma once

#include "crypto/charter.hpp"
#include "mesh/wire/record.hpp"
#include "playbooks/runs/document.hpp"

namespace tocsin::playbooks {

using RunId = FixedBytes<16, struct RunTag>;

inline constexpr std::size_t approval_targets_max = 64;
inline constexpr std::size_t signed_body_bytes_max = 32 * 1024;

enum class Decision : std::uint8_t { approve = 1, reject = 2 };

/// Bound to one step of one run: any change of command, target, version or deadline gives
/// another body, so that an old signature covers nothing new.
struct ApprovalBody {
  RunId run;
  std::string step;
  Digest command;  ///< digest of the exact command, see command_digest()
  std::vector<std::string> targets;
  WallTime deadline;
  Decision decision{};
  std::string org, analyst;
  WallTime signed_at;
  std::string why;  ///< of a rejection
};
/// Body layout: docs/wire-format.md. Signed with Label::approval.
Bytes encode_approval_body(const ApprovalBody& body);
/// Errors: invalid, too_large.
Result<ApprovalBody> decode_approval_body(ByteView encoded);

/// What starts a playbook without a person, under a pre-authorisation.
enum class Trigger : std::uint8_t { none = 0, indicator = 1, incident = 2 };

/// Terms that approvers sign beforehand. Those of distinct organisations count together when
/// their `terms` part is byte for byte the same.
struct StandingBody {
  Digest playbook;           ///< document digest
  std::string action_class;
  std::vector<mesh::IndicatorType> types;  ///< of targets; at least one
  std::uint8_t confidence_min = 0;
  std::uint32_t count = 0;   ///< effects that each executor may cause; at least 1
  WallTime created, expires;
  Trigger trigger = Trigger::none;
  std::string org, analyst;
};
Bytes encode_standing_body(const StandingBody& body);
/// Errors: invalid, too_large.
Result<StandingBody> decode_standing_body(ByteView encoded);
/// Digest of all but `org` and `analyst`: what signatures must agree on.
Digest terms_digest(const StandingBody& body);

/// Orders of a person other than approvals. Signed with Label::order.
enum class OrderKind : std::uint8_t {
  abort = 1,   ///< of a run, by an organisation that takes part in it
  done = 2,    ///< of a manual step, by the executor's organisation
  undo = 3,    ///< of an effect, or of all effects of a run, by a participating organisation
  freeze = 4,  ///< no new effects at the signer's organisation
  thaw = 5,    ///< ends the freeze
};
struct OrderBody {
  OrderKind kind{};
  RunId run;            ///< zero where it does not apply
  std::string subject;  ///< step id (done), effect id in base32 or empty for all (undo)
  std::string org, analyst;
  WallTime signed_at;
  std::string why;      ///< or the note of a done
  std::vector<std::pair<std::string, std::string>> outputs;  ///< done: out_args of the step
};
Bytes encode_order_body(const OrderBody& body);
/// Errors: invalid, too_large.
Result<OrderBody> decode_order_body(ByteView encoded);

/// A signed body as it stands in a record: kind[1] of the three above is the first byte of it.
struct SignedBody {
  Bytes body;
  SignatureBytes signature;
};

/// Checks the signature with the analyst's certificate: it must be a person's, of the name and
/// organisation in the body, valid at `signed_at`, and hold `role`. Errors: unauthenticated,
/// expired, refused (role). The caller makes sure that the certificate is not revoked.
Result<ApprovalBody> verify_approval(const SignedBody& approval,
                                     const crypto::CertificateBody& analyst,
                                     const FederationId& federation,
                                     crypto::AnalystRole role = crypto::AnalystRole::approver);
Result<StandingBody> verify_standing(const SignedBody& standing,
                                     const crypto::CertificateBody& analyst,
                                     const FederationId& federation,
                                     crypto::AnalystRole role = crypto::AnalystRole::approver);
Result<OrderBody> verify_order(const SignedBody& order, const crypto::CertificateBody& analyst,
                               const FederationId& federation);

}  // namespace tocsin::playbooks
