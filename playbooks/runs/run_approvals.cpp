// Counts approvals for the steps that this agent executes, and refuses those that were made for
// anything else.
#include <algorithm>

#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {
namespace {

struct Judgement {
  EventCode code = EventCode::approval_refused;
  std::string reason;
  bool replayed = false;
};

Judgement refused(std::string reason, bool replayed = false) {
  return {EventCode::approval_refused, std::move(reason), replayed};
}

/// What an authentic approval is worth for a step as it stands.
Judgement judge(const ApprovalBody& body, const StepStatus& step, const crypto::Policy& policy,
                const crypto::Charter& charter, WallTime now) {
  const auto signed_before = std::any_of(
      step.have.begin(), step.have.end(),
      [&](const Signer& one) { return one.org == body.org && one.analyst == body.analyst; });
  if (body.decision == Decision::approve && signed_before && body.command == step.command)
    return refused(fmt::format("{}/{} has approved already", body.org, body.analyst), true);
  if (step.state != StepState::approval) return refused("the step no longer waits for approval");
  if (body.command != step.command) return refused("it is for another command or version");
  if (body.deadline != step.deadline || body.targets != step.targets)
    return refused("it is for another deadline or other targets");
  if (step.deadline < now || step.deadline < body.signed_at) return refused("it is late");
  const auto* member = charter.member(body.org);
  if (!member || member->role != policy.org_role || charter.body.is_lost(body.org))
    return refused(fmt::format("{} may not approve actions of this class", body.org));
  if (body.decision == Decision::reject) return {EventCode::rejected, body.why, false};
  return {EventCode::approval_counted, {}, false};
}

std::set<std::string> orgs_of(const std::vector<Signer>& signers) {
  std::set<std::string> out;
  for (const auto& signer : signers) out.insert(signer.org);
  return out;
}

const crypto::Policy& policy_of(const StepStatus& step, const crypto::Charter& charter) {
  static const crypto::Policy strictest{"", 64};
  const auto* policy = charter.policy(step.action_class);
  return policy ? *policy : strictest;
}

}  // namespace

void RunCore::take_approval(const mesh::RecordView& record, const AgentId& agent, WallTime now,
                            Actions& out) {
  auto body = decode_approval(record);
  if (!body) return refuse("approval: invalid");
  if (decode_standing_body(body->body)) return take_standing(*body, now, out);
  auto approval = decode_approval_body(body->body);
  if (!approval) return refuse("approval: invalid");
  auto* run = run_or_orphan(approval->run);
  const auto id = record.id();
  if (!run || run->cited.contains(id)) return;
  const auto of_author = std::count_if(run->approvals.begin(), run->approvals.end(),
                                       [&](const auto& one) { return one.second.author == agent; });
  if (std::size_t(of_author) >= waiting_approvals_max) return refuse("approval: too many wait");
  run->approvals.emplace(id, WaitingApproval{std::move(*body), std::move(*approval), agent});
  advance(*run, now, out);
}

bool RunCore::judge_next(Run& run, const Step& step, WallTime now, Actions& out) {
  for (auto at = run.approvals.begin(); at != run.approvals.end();) {
    const auto& [id, waiting] = *at;
    const auto& status = run.state.steps.at(step.id);
    if (run.cited.contains(id)) {
      at = run.approvals.erase(at);
      continue;
    }
    const auto certificate = ports.analyst(waiting.body.org, waiting.body.analyst);
    if (waiting.body.step != step.id || !certificate) {
      ++at;
      continue;
    }
    const auto& policy = policy_of(status, *ports.charter);
    const auto body = verify_approval(waiting.signed_body, *certificate, options.federation,
                                      policy.analyst_role);
    auto judgement = body ? judge(*body, status, policy, *ports.charter, now)
                          : refused(body.error().message);
    if (judgement.code == EventCode::approval_refused) {
      refuse(judgement.replayed ? "approval: replayed" : "approval: " + judgement.reason);
      if (status.refused_approvals >= refused_approvals_max) {
        at = run.approvals.erase(at);
        continue;
      }
    }
    RunEvent event;
    event.code = judgement.code;
    event.step = step.id;
    event.text = judgement.reason;
    event.cites = id;
    event.org = waiting.body.org;
    event.analyst = waiting.body.analyst;
    event.replayed = judgement.replayed;
    run.approvals.erase(at);
    emit(run, std::move(event), now, out);
    return true;
  }
  return false;
}

bool RunCore::check_approvals(Run& run, const Step& step, WallTime now, Actions& out) {
  if (judge_next(run, step, now, out)) return true;
  const auto& status = run.state.steps.at(step.id);
  RunEvent event;
  event.step = step.id;
  const auto command = resolve(step, run.state.variables, options.effect_ttl);
  if (!command || command_digest(run.start, step, options.agent, *command) != status.command) {
    event.code = EventCode::voided;
    event.text = "the command has changed";
    emit(run, std::move(event), now, out);
    return true;
  }
  if (status.deadline <= now) {
    event.code = EventCode::timed_out;
    event.text = "not enough approvals in time";
    emit(run, std::move(event), now, out);
    return true;
  }
  if (is_frozen()) return false;
  if (act_preauthorised(run, step, *command, now, out)) return true;

  const auto& policy = policy_of(status, *ports.charter);
  const auto orgs = distinct_orgs(orgs_of(status.have), policy, *ports.charter);
  const auto local_need = std::uint32_t(std::max(policy.local_orgs_distinct, 1));
  // An agreement that has run out carries no joint effect; each may still defend itself.
  const bool expired = now >= ports.charter->body.expires;
  const bool own = std::any_of(status.have.begin(), status.have.end(),
                               [&](const Signer& one) { return one.org == options.org; });
  const bool enough = !expired && orgs >= orgs_needed(policy);
  const bool alone = step.unreachable == Unreachable::local && partner_is_away(policy, now);
  const bool locally = !enough && orgs >= local_need && (expired ? own : alone);
  if (!enough && !locally) return false;
  if (const auto wrong = objection(run, *command)) {
    event.code = EventCode::refused;
    event.text = *wrong;
    emit(run, std::move(event), now, out);
    return true;
  }
  act(run, step, *command, enough ? Duration::max() : policy.local_ttl_max,
      enough    ? "approved"
      : expired ? "approved locally: the charter has expired"
                : "approved locally: partner unreachable",
      now, out);
  return true;
}

bool RunCore::partner_is_away(const crypto::Policy& policy, WallTime now) const {
  std::uint32_t within_reach = 0;
  for (const auto& member : ports.charter->body.members) {
    if (member.role != policy.org_role) continue;
    const auto known = reachable.find(member.org);
    const auto [up, since] =
        known == reachable.end() ? std::pair{false, resumed_at} : known->second;
    if (member.org == options.org || up || now - since < options.unreachable_after)
      ++within_reach;
  }
  return within_reach < orgs_needed(policy);
}

Result<Actions> RunCore::submit_approval(const SignedBody& body, WallTime now) {
  const auto approval = decode_approval_body(body.body);
  if (!approval) return std::unexpected(approval.error());
  auto* run = run_with_start(approval->run);
  const auto step = run ? run->state.steps.find(approval->step) : decltype(run->state.steps.end()){};
  if (!run || step == run->state.steps.end())
    return fail(Errc::not_found, "no such run or step");
  const auto certificate = ports.analyst(approval->org, approval->analyst);
  if (!certificate)
    return fail(Errc::refused, "{}/{} is not known here or was revoked", approval->org,
                approval->analyst);
  const auto& policy = policy_of(step->second, *ports.charter);
  const auto verified =
      verify_approval(body, *certificate, options.federation, policy.analyst_role);
  if (!verified) return std::unexpected(verified.error());

  const auto record_header = header(mesh::RecordKind::approval, run->start.marking, now);
  auto bytes = encode_approval(record_header, body);
  const bool waits = std::any_of(
      run->approvals.begin(), run->approvals.end(), [&](const auto& one) {
        return one.second.body.org == approval->org && one.second.body.step == approval->step &&
               one.second.body.analyst == approval->analyst &&
               one.second.body.command == approval->command &&
               one.second.body.decision == approval->decision;
      });
  auto judgement = judge(*verified, step->second, policy, *ports.charter, now);
  if (waits) judgement = refused("it has been signed already", true);
  if (judgement.code == EventCode::approval_refused) {
    const auto* playbook = playbook_of(*run);
    const auto view = mesh::view_record(bytes);
    // Our own step records the refusal, so that every side sees that somebody tried.
    if (playbook && view && executes(*run, *playbook->step(approval->step)) && resumed)
      take_approval(*view, options.agent, now, deferred);
    else
      refuse(judgement.replayed ? "approval: replayed" : "approval: " + judgement.reason);
    return fail(judgement.replayed ? Errc::duplicate : Errc::refused, "{}", judgement.reason);
  }
  Actions out;
  const auto view = mesh::view_record(bytes);
  if (!view) return std::unexpected(view.error());
  out.push_back(PublishRecord{mesh::RecordKind::approval, run->start.marking, run->audience,
                              bytes, true});
  take_approval(*view, options.agent, now, out);
  return out;
}

}  // namespace tocsin::playbooks
