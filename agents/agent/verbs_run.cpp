#include "agents/agent/documents.hpp"
#include "agents/agent/run_driver.hpp"
#include "agents/agent/verbs.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

Result<Answer> run_answer(Services& services, std::string_view id) {
  const auto run = services.runs->run(id);
  if (!run) return std::unexpected(run.error());
  return Answer{run_document(*run)};
}

Result<SignedBody> signed_body(const Request& request) {
  const auto body = from_base64(request.text("order"));
  const auto raw = from_base64(request.text("signature"));
  if (!body || !raw || body->empty())
    return fail(Errc::invalid, "{}: order and signature are base64", request.verb);
  const auto signature = SignatureBytes::from(*raw);
  if (!signature) return std::unexpected(signature.error());
  return SignedBody{*body, *signature};
}

mesh::Task<Result<Answer>> import_playbook(Services& services, Request request) {
  const std::string file = request.text("file");
  const std::string text = request.text("document");
  const auto checked = check_playbook(text);
  if (!checked) co_return within(file, checked.error());
  if (!checked->ok()) {
    const auto& first = checked->problems.front();
    co_return fail(Errc::invalid, "{}: {} problems, the first at {}: {}", file,
                   checked->problems.size(), first.path, first.text);
  }
  const auto& marking = checked->playbook.marking;
  const auto audience = mesh::audience_of(marking, {}, services.org(), services.charter);
  if (!audience) co_return within(file, audience.error());
  if (request.flag("dry_run")) {
    const auto may = services.runs->shareable(text);
    if (!may) co_return within(file, may.error());
  } else {
    auto actions = services.runs->share_playbook(text, *audience, services.now());
    if (!actions) co_return within(file, actions.error());
    const auto shared = co_await services.driver->perform_and_wait(std::move(*actions));
    if (!shared) co_return within(file, shared.error());
  }
  json::array list;
  list.push_back(playbook_document(*checked));
  auto document = playbook_document(*checked);
  document["playbooks"] = std::move(list);
  co_return Answer{std::move(document)};
}

Result<Answer> list_playbooks(Services& services, const Request& request) {
  json::array out;
  if (request.has("id")) {
    const auto found = services.runs->find_playbook(request.text("id"));
    if (!found) return std::unexpected(found.error());
    out.push_back(playbook_document(**found));
    auto document = playbook_document(**found);
    document["playbooks"] = std::move(out);
    return Answer{std::move(document)};
  }
  for (const auto* playbook : services.runs->playbooks())
    out.push_back(playbook_document(*playbook));
  return Answer{json::object{{"playbooks", std::move(out)}}};
}

/// `k=v` texts as variables. Errors: usage, naming the one that is none.
Result<std::map<std::string, std::string>> variables_of(const Request& request) {
  std::map<std::string, std::string> out;
  for (const auto& pair : request.texts("var")) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(Errc::usage, "--var '{}': write it as name=value", pair);
    out[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return out;
}

/// The circle of the run: that of its incident, narrowed by every indicator that it names.
Result<Circle> circle_of_run(Services& services, const IncidentId& incident,
                             const std::map<std::string, std::string>& variables) {
  auto circle = circle_of_incident(services, incident);
  if (!circle) return circle;
  for (const auto& [name, value] : variables) {
    const auto target = block_target(value);
    if (!target) continue;
    const auto facts = services.indicators.facts(*target);
    if (!facts) continue;
    circle->marking.tlp = mesh::intersect(circle->marking, facts->marking).tlp;
    circle->audience = mesh::intersect(circle->audience, facts->audience);
  }
  return circle;
}

mesh::Task<Result<Answer>> start_run(Services& services, Request request) {
  const auto playbook = services.runs->find_playbook(request.text("id"));
  if (!playbook) co_return std::unexpected(playbook.error());
  const auto incident = services.incidents.find(request.text("incident"));
  if (!incident) co_return std::unexpected(incident.error());
  auto variables = variables_of(request);
  if (!variables) co_return std::unexpected(variables.error());
  const auto circle = circle_of_run(services, *incident, *variables);
  if (!circle) co_return std::unexpected(circle.error());
  StartRequest start{.playbook = (*playbook)->playbook.digest,
                     .incident = to_base32(*incident),
                     .variables = std::move(*variables),
                     .started_by = fmt::format("{}/{}", services.org(),
                                               request.has("as") ? request.text("as") : "agent"),
                     .marking = circle->marking,
                     .audience = circle->audience};
  if (request.flag("dry_run")) {
    const auto may = services.runs->check_start(start, services.now());
    if (!may) co_return std::unexpected(may.error());
    co_return Answer{json::object{{"run", nullptr}, {"state", "dry-run"}}};
  }
  auto started = services.runs->start(start, services.now());
  if (!started) co_return std::unexpected(started.error());
  const auto id = to_base32(started->run);
  const auto done = co_await services.driver->perform_and_wait(std::move(started->actions));
  if (!done) co_return std::unexpected(done.error());
  co_return run_answer(services, id);
}

/// What an order would do is not said: whether it would be taken is.
Result<Answer> try_order(Services& services, const SignedBody& body) {
  const auto may = services.runs->check_order(body);
  if (!may) return std::unexpected(may.error());
  return Answer{json::object{{"dry_run", true}, {"frozen", services.runs->frozen()}}};
}

mesh::Task<Result<Answer>> submit(Services& services, Request request) {
  const auto body = signed_body(request);
  if (!body) co_return std::unexpected(body.error());
  if (request.flag("dry_run")) co_return try_order(services, *body);
  auto actions = services.runs->submit(*body, services.now());
  if (!actions) {
    // The refusal of a replay is an event of the run. Partners take those in order, so they would
    // see nothing that follows before this one is shared.
    services.driver->perform(services.runs->tick(services.now()));
    co_return std::unexpected(actions.error());
  }
  const auto done = co_await services.driver->perform_and_wait(std::move(*actions));
  if (!done) co_return std::unexpected(done.error());
  const std::string run = request.text("run");
  if (run.empty()) co_return Answer{json::object{{"frozen", services.runs->frozen()}}};
  auto answer = run_answer(services, run);
  if (!answer || !request.has("step")) co_return answer;
  auto& document = answer->result.as_object();
  document["step"] = request.text("step");
  const auto waiting = services.runs->approval(run, request.text("step"));
  if (waiting) {
    const auto approval = approval_document(*waiting);
    document["have"] = approval.at("have");
    document["need"] = approval.at("need");
  }
  co_return answer;
}

Result<Answer> list_effects(Services& services, const Request& request) {
  json::array out;
  for (const auto& effect : services.runs->effects(request.flag("active")))
    out.push_back(effect_document(effect));
  return Answer{json::object{{"effects", std::move(out)}, {"frozen", services.runs->frozen()}}};
}

mesh::Task<Result<Answer>> undo_effects(Services& services, Request request) {
  if (request.has("order")) {
    const auto body = signed_body(request);
    if (!body) co_return std::unexpected(body.error());
    if (request.flag("dry_run")) co_return try_order(services, *body);
    auto ordered = services.runs->submit(*body, services.now());
    if (!ordered) co_return std::unexpected(ordered.error());
    const auto done = co_await services.driver->perform_and_wait(std::move(*ordered));
    if (!done) co_return std::unexpected(done.error());
    co_return list_effects(services, {});
  }
  const std::string why = request.has("why") ? request.text("why") : "undone by an analyst";
  Result<Actions> actions = Actions{};
  if (request.has("run")) {
    const auto run = services.runs->run(request.text("run"));
    if (!run) co_return std::unexpected(run.error());
    actions = services.runs->undo_run(run->id, why, services.now());
  } else {
    const auto id = services.driver->find_effect(request.text("id"));
    if (!id) co_return std::unexpected(id.error());
    actions = services.runs->undo_effect(*id, why, services.now());
  }
  if (!actions) co_return std::unexpected(actions.error());
  const auto done = co_await services.driver->perform_and_wait(std::move(*actions));
  if (!done) co_return std::unexpected(done.error());
  co_return list_effects(services, request);
}

std::string_view name_of_trigger(Trigger trigger) {
  switch (trigger) {
    case Trigger::none: return "none";
    case Trigger::indicator: return "indicator";
    case Trigger::incident: return "incident";
  }
  panic("unnamed trigger", __FILE__, __LINE__);
}

/// All that a partner needs to sign the same terms.
json::object standing_document(const StandingStatus& terms) {
  json::array have, types;
  for (const auto& [org, analyst] : terms.signers)
    have.emplace_back(fmt::format("{}/{}", org, analyst));
  for (const auto type : terms.body.types) types.emplace_back(mesh::name_of(type));
  return {{"terms", to_base32(terms.terms)},
          {"playbook", to_base32(terms.body.playbook)},
          {"action_class", terms.body.action_class},
          {"types", std::move(types)},
          {"confidence_min", terms.body.confidence_min},
          {"count", terms.body.count},
          {"used", terms.used},
          {"created", time_document(terms.body.created)},
          {"expires", time_document(terms.body.expires)},
          {"trigger", name_of_trigger(terms.body.trigger)},
          {"have", std::move(have)}};
}

Result<Answer> list_approvals(Services& services) {
  json::array out;
  for (const auto& approval : services.runs->approvals())
    out.push_back(approval_document(approval));
  return Answer{json::object{{"approvals", std::move(out)}}};
}

Result<Answer> list_standing(Services& services) {
  json::array out;
  for (const auto& terms : services.runs->standing()) out.push_back(standing_document(terms));
  return Answer{json::object{{"standing", std::move(out)}}};
}

}  // namespace

void add_run_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  const auto playbooks = at_once([all](const Request& r) { return list_playbooks(*all, r); });
  api.on("playbook.list", playbooks);
  api.on("playbook.show", playbooks);
  api.on("playbook.import", [all](Request r) { return import_playbook(*all, std::move(r)); });
  api.on("playbook.run", [all](Request r) { return start_run(*all, std::move(r)); });
  api.on("run.list", at_once([all](const Request&) -> Result<Answer> {
           json::array out;
           for (const auto& run : all->runs->runs()) out.push_back(run_document(run));
           return Answer{json::object{{"runs", std::move(out)}}};
         }));
  api.on("run.show", at_once([all](const Request& request) {
           return run_answer(*all, request.text("run"));
         }));
  api.on("approval.list", at_once([all](const Request&) { return list_approvals(*all); }));
  api.on("approval.standing", at_once([all](const Request&) { return list_standing(*all); }));
  for (const char* verb : {"approve", "reject", "approval.preauthorise", "run.abort", "run.done",
                           "effect.freeze", "effect.thaw"})
    api.on(verb, [all](Request request) { return submit(*all, std::move(request)); });
  api.on("effect.list", at_once([all](const Request& r) { return list_effects(*all, r); }));
  api.on("effect.undo", [all](Request r) { return undo_effects(*all, std::move(r)); });
}

}  // namespace tocsin::agents
