// Follows the signed orders of people: abort, done, undo, freeze and thaw.
#include <algorithm>

#include "crypto/base_encoding.hpp"
#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {
namespace {

bool of_federation_part(OrderKind kind) {
  return kind == OrderKind::freeze || kind == OrderKind::thaw;
}

}  // namespace

bool RunCore::is_frozen() const {
  // The latest order decides; the digest breaks a tie, alike at every agent.
  const std::pair<const Digest, OrderBody>* last = nullptr;
  for (const auto& order : freezes)
    if (!last || last->second.signed_at <= order.second.signed_at) last = &order;
  return last && last->second.kind == OrderKind::freeze;
}

Result<void> RunCore::check_order(const OrderBody& order) {
  if (of_federation_part(order.kind)) return {};
  const auto* run = run_with_start(order.run);
  if (!run) return fail(Errc::not_found, "no such run");
  const auto* playbook = playbook_of(*run);
  if (!takes_part(*run, order.org))
    return fail(Errc::refused, "{} takes no part in this run", order.org);
  if (order.kind != OrderKind::done) return {};
  const auto* step = playbook ? playbook->step(order.subject) : nullptr;
  if (!step) return fail(Errc::not_found, "no such step");
  if (step->org != order.org)
    return fail(Errc::refused, "the step is {}'s to complete", step->org);
  for (const auto& [name, value] : order.outputs) {
    const auto variable = playbook->variables.find(name);
    if (variable == playbook->variables.end() ||
        std::find(step->out_args.begin(), step->out_args.end(), name) == step->out_args.end())
      return fail(Errc::refused, "the step has no output {}", name.substr(0, 80));
    if (const auto checked = check_value(variable->second.type, value); !checked)
      return fail(Errc::refused, "output {}: {}", name, checked.error().message);
  }
  return {};
}

void RunCore::take_order(const SignedBody& body, const Digest& record, WallTime now,
                         Actions& out) {
  const auto decoded = decode_order_body(body.body);
  if (!decoded) return refuse("order: invalid");
  const auto certificate = ports.analyst(decoded->org, decoded->analyst);
  const bool early = !of_federation_part(decoded->kind) && !run_with_start(decoded->run);
  if (!certificate || early) {
    if (room_for_unverified())
      unverified.emplace_back(body, record);
    else
      refuse("order: too many wait");
    return;
  }
  const auto verified = verify_order(body, *certificate, options.federation);
  if (!verified) return refuse("order: " + verified.error().message);
  if (const auto may = check_order(*verified); !may)
    return refuse("order: " + may.error().message);
  apply_order(*verified, record, now, out);
}

void RunCore::retry_unverified(WallTime now, Actions& out) {
  for (const auto& [body, record] : std::exchange(unverified, {})) retry(body, record, now, out);
}

void RunCore::retry(const SignedBody& body, const Digest& record, WallTime now, Actions& out) {
  if (record.is_zero())
    take_standing(body, now, out);
  else
    take_order(body, record, now, out);
}

void RunCore::apply_order(const OrderBody& order, const Digest& record, WallTime now,
                          Actions& out) {
  if (of_federation_part(order.kind)) {
    if (order.org != options.org) return;  // A partner freezes itself, never us.
    if (freezes.size() >= orders_max) freezes.erase(std::min_element(
        freezes.begin(), freezes.end(), [](const auto& a, const auto& b) {
          return a.second.signed_at < b.second.signed_at;
        }));
    freezes.emplace(record, order);
    return advance_live(now, out);
  }
  auto* run = run_with_start(order.run);
  if (!run || run->orders.size() >= orders_max) return;
  run->orders.emplace(record, order);
  live.insert(run->start.run);
  advance(*run, now, out);
}

void RunCore::follow_orders(Run& run, WallTime now, Actions& out) {
  for (const auto& [record, order] : run.orders) {
    if (run.cited.contains(record)) continue;
    RunEvent event;
    event.cites = record;
    event.org = order.org;
    event.analyst = order.analyst;
    event.text = order.why;
    if (order.kind == OrderKind::abort) {
      const bool over = run.state.status == RunStatus::completed ||
                        run.state.status == RunStatus::failed;
      const bool takes = run.start.starter == options.agent || takes_part(run, options.org);
      if (over || !takes) continue;
      event.code = EventCode::aborted;
    } else if (order.kind == OrderKind::done) {
      const auto* playbook = playbook_of(run);
      const auto* step = playbook ? playbook->step(order.subject) : nullptr;
      if (!step || !executes(run, *step) ||
          run.state.steps.at(step->id).state != StepState::manual)
        continue;
      event.code = EventCode::succeeded;
      event.step = step->id;
      event.outputs = {order.outputs.begin(), order.outputs.end()};
    } else {
      run.cited.insert(record);
      for (const auto& [id, effect] : RunState(run.state).effects)
        if (own(effect) && (order.subject.empty() || order.subject == to_base32(id)))
          want_undo(run, effect, {EffectState::undone, order.why, record}, now, out);
      continue;
    }
    emit(run, std::move(event), now, out);
  }
}

Result<OrderBody> RunCore::admit_order(const SignedBody& body) {
  const auto decoded = decode_order_body(body.body);
  if (!decoded) return std::unexpected(decoded.error());
  const auto certificate = ports.analyst(decoded->org, decoded->analyst);
  if (!certificate)
    return fail(Errc::refused, "{}/{} is not known here or was revoked", decoded->org,
                decoded->analyst);
  const auto verified = verify_order(body, *certificate, options.federation);
  if (!verified) return std::unexpected(verified.error());
  if (const auto may = check_order(*verified); !may) return std::unexpected(may.error());
  const auto* run = verified->kind == OrderKind::done ? run_with_start(verified->run) : nullptr;
  if (run && run->state.steps.at(verified->subject).state != StepState::manual)
    return fail(Errc::refused, "the step does not wait for a person");
  return *verified;
}

Result<Actions> RunCore::submit_order(const SignedBody& body, WallTime now) {
  const auto verified = admit_order(body);
  if (!verified) return std::unexpected(verified.error());
  mesh::Marking marking{mesh::Tlp::amber, mesh::Pap::green};
  auto audience = mesh::audience_of(marking, {}, options.org, *ports.charter);
  if (const auto* run = run_with_start(verified->run)) {
    marking = run->start.marking;
    audience = run->audience;
  }
  if (!audience) return std::unexpected(audience.error());
  Actions out;
  auto bytes =
      encode_order(header(mesh::RecordKind::run_event, marking, now), verified->run, body);
  const auto record = crypto::blake2b(bytes);
  out.push_back(PublishRecord{mesh::RecordKind::run_event, marking, *audience, std::move(bytes),
                              true});
  apply_order(*verified, record, now, out);
  return out;
}

Result<Actions> RunEngine::submit(const SignedBody& body, WallTime now) {
  if (decode_order_body(body.body)) return core_->submit_order(body, now);
  if (decode_standing_body(body.body)) return core_->submit_standing(body, now);
  return core_->submit_approval(body, now);
}

Result<void> RunEngine::check_order(const SignedBody& body) const {
  const auto admitted = core_->admit_order(body);
  if (!admitted) return std::unexpected(admitted.error());
  return {};
}

}  // namespace tocsin::playbooks
