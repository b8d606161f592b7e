// Takes pre-authorisations in, and starts by itself what they say.
#include <algorithm>

#include "playbooks/runs/run_core.hpp"

namespace tocsin::playbooks {
namespace {

/// The one external variable that a value of `type` fits.
std::optional<std::string> variable_for(const Playbook& playbook, mesh::IndicatorType type) {
  const auto fits = [&](VariableType variable) {
    if (variable == VariableType::string) return true;
    if (type == mesh::IndicatorType::ipv4) return variable == VariableType::ipv4_addr;
    if (type == mesh::IndicatorType::ipv6) return variable == VariableType::ipv6_addr;
    if (type == mesh::IndicatorType::domain) return variable == VariableType::domain_name;
    return type == mesh::IndicatorType::url && variable == VariableType::uri;
  };
  std::optional<std::string> out;
  for (const auto& [name, variable] : playbook.variables) {
    if (!variable.external || variable.value) continue;
    if (out || !fits(variable.type)) return std::nullopt;
    out = name;
  }
  return out;
}

}  // namespace

void RunCore::take_standing(const SignedBody& body, WallTime now, Actions& out) {
  const auto decoded = decode_standing_body(body.body);
  if (!decoded) return refuse("pre-authorisation: invalid");
  const auto certificate = ports.analyst(decoded->org, decoded->analyst);
  if (!certificate) {
    if (room_for_unverified())
      unverified.emplace_back(body, Digest{});
    else
      refuse("pre-authorisation: too many wait");
    return;
  }
  const auto* policy = ports.charter->policy(decoded->action_class);
  const auto verified =
      policy ? verify_standing(body, *certificate, options.federation, policy->analyst_role)
             : fail(Errc::refused, "no policy");
  if (!verified) return refuse("pre-authorisation: " + verified.error().message);
  const auto added = standing.add(*verified);
  if (!added && added.error().code != Errc::duplicate)
    return refuse("pre-authorisation: " + added.error().message);
  if (added) advance_live(now, out);
}

Result<Actions> RunCore::submit_standing(const SignedBody& body, WallTime now) {
  const auto decoded = decode_standing_body(body.body);
  if (!decoded) return std::unexpected(decoded.error());
  const auto certificate = ports.analyst(decoded->org, decoded->analyst);
  if (!certificate)
    return fail(Errc::refused, "{}/{} is not known here or was revoked", decoded->org,
                decoded->analyst);
  const auto* policy = ports.charter->policy(decoded->action_class);
  if (!policy)
    return fail(Errc::refused, "the charter has no policy for the class {}",
                decoded->action_class);
  const auto verified =
      verify_standing(body, *certificate, options.federation, policy->analyst_role);
  if (!verified) return std::unexpected(verified.error());
  if (const auto added = standing.add(*verified); !added)
    return std::unexpected(added.error());
  const mesh::Marking marking{mesh::Tlp::amber, mesh::Pap::green};
  const auto audience = mesh::audience_of(marking, {}, options.org, *ports.charter);
  if (!audience) return std::unexpected(audience.error());
  Actions out;
  out.push_back(PublishRecord{
      mesh::RecordKind::approval, marking, *audience,
      encode_approval(header(mesh::RecordKind::approval, marking, now), body), true});
  advance_live(now, out);
  return out;
}

void RunCore::trigger(Trigger trigger, const IndicatorFacts& indicator,
                      std::string_view incident, WallTime now, Actions& out) {
  if (indicator.retracted || !mesh::may_block(indicator.marking) || indicator.expires <= now)
    return;
  for (const auto& order : standing.triggered(trigger, now)) {
    const auto& terms = order.body;
    const auto found = playbooks.find(terms.playbook);
    const auto* policy = ports.charter->policy(terms.action_class);
    if (found == playbooks.end() || !found->second.ok() || !policy) continue;
    const StandingBook::Ask ask{terms.playbook, terms.action_class, indicator.type,
                                indicator.confidence, 1, now, trigger};
    if (standing.covers(ask, *policy, *ports.charter) != order.terms) continue;
    const auto& playbook = found->second.playbook;
    const auto variable = variable_for(playbook, indicator.type);
    const bool ours = std::find(playbook.orgs.begin(), playbook.orgs.end(), options.org) !=
                      playbook.orgs.end();
    if (!variable || !ours) continue;

    RunStart start;
    start.standing = order.terms;
    start.nonce = crypto::blake2b({order.terms.view(), indicator.id.view()});
    // Each organisation runs its own part: no two agents act on one step.
    start.executors.emplace(options.org, options.agent);
    const StartRequest request{terms.playbook, std::string(incident),
                               {{*variable, indicator.value}}, "standing order",
                               indicator.marking, indicator.audience};
    auto started = begin_run(found->second, request, std::move(start), now);
    if (started)
      std::move(started->actions.begin(), started->actions.end(), std::back_inserter(out));
    else if (started.error().code != Errc::duplicate)
      refuse("standing order: " + started.error().message);
  }
}

void RunCore::keep_for_resume(const IndicatorFacts& indicator) {
  if (early_indicators.size() >= early_indicators_max) early_indicators.pop_front();
  early_indicators.emplace_back(unverified.size(), indicator);
}

// Most of these have their run already. Signers became known only now: an order counts for what
// came after it, as it did then.
void RunCore::trigger_early(WallTime now, Actions& out) {
  const auto orders = std::exchange(unverified, {});
  std::size_t tried = 0;
  const auto retry_upto = [&](std::size_t end) {
    for (; tried < std::min(end, orders.size()); ++tried)
      retry(orders[tried].first, orders[tried].second, now, out);
  };
  for (const auto& [before, indicator] : std::exchange(early_indicators, {})) {
    retry_upto(before);
    if (!withdrawn.contains(indicator.id))
      trigger(Trigger::indicator, indicator, {}, now, out);
  }
  retry_upto(orders.size());
  withdrawn.clear();
}

bool RunEngine::heeds_indicators() const {
  return !core_->standing.all().empty() || !core_->unverified.empty();
}

Actions RunEngine::on_indicator(const IndicatorFacts& indicator, WallTime now) {
  Actions out;
  if (core_->resumed)
    core_->trigger(Trigger::indicator, indicator, {}, now, out);
  else if (heeds_indicators() && !indicator.retracted && mesh::may_block(indicator.marking))
    core_->keep_for_resume(indicator);
  return out;
}

void RunEngine::withdraw(const Digest& indicator) {
  if (core_->resumed || core_->early_indicators.empty()) return;
  if (core_->withdrawn.size() < RunCore::withdrawn_max)
    core_->withdrawn.insert(indicator);
  else
    core_->early_indicators.clear();  // Rather none is made up for than one that was retracted.
}

Actions RunEngine::on_incident(std::string_view incident,
                               const std::vector<IndicatorFacts>& indicators, WallTime now) {
  Actions out;
  if (!core_->resumed) return out;
  for (const auto& indicator : indicators)
    core_->trigger(Trigger::incident, indicator, incident, now, out);
  return out;
}

}  // namespace tocsin::playbooks
