// The records by which agents share playbooks, runs, approvals and effects. Tags:
// docs/wire-format.md.
#pragma once

#include "mesh/wire/record.hpp"
#include "playbooks/act/actuator.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::playbooks {

/// Record kind playbook. The document travels as text; its digest is what runs pin.
struct PlaybookRecord {
  std::string name;
  std::string_view json;  ///< Lifetime: that of the record.
};
Bytes encode_playbook(const mesh::RecordHeader& header, const PlaybookRecord& playbook);
Result<PlaybookRecord> decode_playbook(const mesh::RecordView& record);

/// Record kind approval: a SignedBody that is an approval, rejection or pre-authorisation.
/// Record kind run_event with code order: a SignedBody that is an order.
Bytes encode_approval(const mesh::RecordHeader& header, const SignedBody& body);
Result<SignedBody> decode_approval(const mesh::RecordView& record);

/// How a run begins. Written by the agent that starts it.
struct RunStart {
  RunId run;
  Digest playbook;
  std::string incident;
  std::string started_by;
  WallTime at;
  AgentId starter;  ///< decides the if-conditions
  std::map<std::string, std::string> variables;
  std::map<std::string, AgentId> executors;  ///< by organisation; others' steps are skipped
  Digest standing;                           ///< terms of the standing order, or zero
  Digest nonce;                              ///< random; of a standing order's run, derived
  mesh::Marking marking;
  bool operator==(const RunStart&) const = default;
};

/// Wire values; never renumber.
enum class EventCode : std::uint8_t {
  started = 1,              ///< carries a RunStart
  approval_requested = 2,   ///< command, targets, class, need, deadline
  approval_counted = 3,     ///< cites the approval's record
  approval_refused = 4,     ///< cites it, with the reason
  manual_waiting = 5,
  effect = 6,               ///< an effect changes its state (record kind effect)
  succeeded = 7, failed = 8, refused = 9,
  rejected = 10,            ///< cites the rejection's record
  timed_out = 11, branch = 12,
  aborted = 13,             ///< cites the abort's record; every open step of this executor
  unknown = 14,
  order = 15,               ///< a person's order; belongs to no chain
  standing_used = 16,       ///< cites the terms under which a step needs no approval now
  voided = 17,              ///< an open request is withdrawn: command or deadline changed
};

/// The idempotency key of command `index` of a step: nobody can give an effect of one step the id
/// of another's.
EffectId effect_id(const RunId& run, std::string_view step, std::size_t index,
                   const BlockTarget& target);

/// The id follows from the content (all but `at` and `started_by`), so that nobody can give a
/// second content to a run that is there.
RunId run_id_of(const RunStart& start);

/// What an executor records about a run. Fields that a code does not use are empty.
struct RunEvent {
  RunId run;
  EventCode code{};
  std::uint32_t index = 0;  ///< in the chain of this executor and run, from 1
  WallTime at;
  std::string step;
  std::string text;         ///< result, reason, or command text
  Digest cites;
  std::string org, analyst; ///< of the person whose record is cited
  Digest command;
  std::vector<std::string> targets;
  std::string action_class;
  std::uint32_t need = 0;
  WallTime deadline;
  bool taken = false;       ///< branch
  bool replayed = false;    ///< approval_refused: because it had been counted before
  std::map<std::string, std::string> outputs;
  // effect
  EffectId effect;
  std::uint8_t effect_state = 0;
  std::string actuator;
  BlockTarget target;
  WallTime until;
  Digest indicator;         ///< effect, approval_requested: behind the target, or zero
  Digest record;            ///< digest of the record that carried this; not encoded
};

Bytes encode_start(const mesh::RecordHeader& header, const RunStart& start);
Bytes encode_event(const mesh::RecordHeader& header, const RunEvent& event);
Bytes encode_order(const mesh::RecordHeader& header, const RunId& run, const SignedBody& body);

/// Errors: invalid.
Result<EventCode> code_of(const mesh::FieldReader& fields);
/// Errors: invalid.
/// Also refuses a start whose id does not follow from its content.
Result<RunStart> decode_start(const mesh::RecordView& record, const AgentId& author);
Result<RunEvent> decode_event(const mesh::RecordView& record);
Result<SignedBody> decode_order(const mesh::RecordView& record);

/// The run that a record is about; nothing for other records, and for a pre-authorisation.
std::optional<RunId> run_of(const mesh::RecordView& record);

}  // namespace tocsin::playbooks
