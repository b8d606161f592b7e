// The injects around playbook runs: start, sign, sign again, sign beforehand, release.
#include "agents/drill/director.hpp"
#include "crypto/base_encoding.hpp"
#include "playbooks/incidents/incident_records.hpp"
#include "playbooks/runs/approval.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr Duration ask_again = std::chrono::milliseconds(20);

template <typename Fixed>
Result<Fixed> id_from(std::string_view base32) {
  const auto bytes = from_base32(base32);
  if (!bytes) return std::unexpected(bytes.error());
  return Fixed::from(*bytes);
}

/// The steps of `run` in approval.list that `wanted` names; all of them when it is empty.
std::vector<json::object> waiting_for(const json::object& listed, const std::string& run,
                                      const std::string& wanted) {
  std::vector<json::object> out;
  for (const auto* entry : objects_in(listed, "approvals")) {
    if (text_in(*entry, "run") != run) continue;
    if (wanted.empty() || text_in(*entry, "step") == wanted || text_in(*entry, "org") == wanted)
      out.push_back(*entry);
  }
  return out;
}

}  // namespace

json::object Director::signed_args(const std::string& org, crypto::Label label,
                                   ByteView body) const {
  const auto& person = stage_.federation.person(org);
  const auto signature = person.signing.sign(label, stage_.federation.id(), body);
  return {{"order", to_base64(body)},
          {"signature", to_base64(signature.view())},
          {"analyst", person.name()}};
}

Director::Done Director::run_playbook(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org");
  const auto playbook = stage_.playbook(fields.text("playbook"));
  if (!playbook) co_return std::unexpected(playbook.error());
  const auto incident = co_await incident_at(org, fields.text("incident"));
  if (!incident) co_return std::unexpected(incident.error());
  const auto vars = fields.texts("var");
  json::object args{{"id", *playbook},
                    {"incident", *incident},
                    {"as", stage_.federation.person(org).name()},
                    {"var", json::array(vars.begin(), vars.end())}};
  const auto started = co_await ask(org, "playbook.run", std::move(args));
  if (!started) co_return std::unexpected(started.error());
  const auto run = text_in(*started, "run");
  stage_.runs[fields.text("name")] = {org, run};
  stage_.acknowledged.push_back({org, "run.show", "run", run, "run " + fields.text("name")});
  co_return std::string();
}

Result<json::object> Director::approval_of(const json::object& waiting,
                                           const std::string& org) const {
  const auto run = id_from<playbooks::RunId>(text_in(waiting, "run"));
  if (!run) return within("run", run.error());
  const auto command = id_from<Digest>(text_in(waiting, "digest"));
  if (!command) return within("digest", command.error());
  const auto deadline = mesh::from_rfc3339(text_in(waiting, "deadline"));
  if (!deadline) return within("deadline", deadline.error());
  const playbooks::ApprovalBody body{.run = *run,
                                     .step = text_in(waiting, "step"),
                                     .command = *command,
                                     .targets = texts_in(waiting, "targets"),
                                     .deadline = *deadline,
                                     .decision = playbooks::Decision::approve,
                                     .org = org,
                                     .analyst = stage_.federation.person(org).name(),
                                     .signed_at = stage_.world.clock.wall(),
                                     .why = {}};
  auto args = signed_args(org, crypto::Label::approval, playbooks::encode_approval_body(body));
  args["run"] = text_in(waiting, "run");
  args["step"] = body.step;
  return args;
}

Director::Done Director::approve(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org");
  const auto run = stage_.run(fields.text("run"));
  if (!run) co_return std::unexpected(run.error());
  std::vector<json::object> waiting;
  const auto until = stage_.world.clock.now() + step_wait_max;
  for (;;) {
    const auto listed = co_await ask(org, "approval.list", json::object{});
    if (!listed) co_return std::unexpected(listed.error());
    waiting = waiting_for(*listed, run->id, fields.text("step"));
    if (!waiting.empty() || stage_.world.clock.now() >= until) break;
    co_await mesh::sleep(stage_.world.loop, ask_again);
  }
  if (waiting.empty()) co_return fail(Errc::not_found, "no step waits for a signature at {}", org);
  for (const auto& entry : waiting) {
    auto args = approval_of(entry, org);
    if (!args) co_return std::unexpected(args.error());
    signed_.push_back({run->id, text_in(entry, "org"), org, *args});
    const auto done = co_await ask(org, "approve", std::move(*args));
    if (!done) co_return std::unexpected(done.error());
  }
  co_return fmt::format("{} has signed {} step{}", org, waiting.size(),
                        waiting.size() == 1 ? "" : "s");
}

// The exact bytes of an earlier signature once more. That the agent refuses them is what the
// drill is about, so it is no failure of the inject; that it takes them would be.
Director::Done Director::replay(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org"), step = fields.text("step");
  const auto run = stage_.run(fields.text("run"));
  if (!run) co_return std::unexpected(run.error());
  std::string said;
  for (const auto& earlier : signed_) {
    if (earlier.run != run->id || earlier.by != org) continue;
    if (!step.empty() && earlier.owner != step && text_in(earlier.args, "step") != step) continue;
    json::object args = earlier.args;
    const auto answer = co_await ask(org, "approve", std::move(args));
    if (answer) co_return fail(Errc::invalid, "the agent took the same approval twice");
    if (answer.error().code == Errc::unreachable) co_return std::unexpected(answer.error());
    said = answer.error().message;
  }
  if (said.empty()) co_return fail(Errc::not_found, "{} has signed nothing of this run", org);
  co_return "refused: " + said;
}

// All organisations sign byte for byte the same terms.
Director::Done Director::preauthorise(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto playbook = stage_.playbook(fields.text("playbook"));
  if (!playbook) co_return std::unexpected(playbook.error());
  const auto digest = id_from<Digest>(*playbook);
  if (!digest) co_return std::unexpected(digest.error());
  const auto life = mesh::parse_duration(fields.has("expires") ? fields.text("expires") : "1h");
  if (!life) co_return std::unexpected(life.error());
  const auto now = stage_.world.clock.wall();
  playbooks::StandingBody body{
      .playbook = *digest,
      .action_class = fields.has("class") ? fields.text("class") : "block",
      .types = {},
      .confidence_min = std::uint8_t(std::min(fields.number("confidence", 0), 100.0)),
      .count = std::uint32_t(fields.number("count", 1)),
      .created = now,
      .expires = now + *life};
  for (const auto& name : fields.texts("types")) {
    const auto type = mesh::indicator_type_from(name);
    if (!type) co_return std::unexpected(type.error());
    body.types.push_back(*type);
  }
  const auto trigger = fields.text("trigger");
  if (trigger == "indicator") body.trigger = playbooks::Trigger::indicator;
  if (trigger == "incident") body.trigger = playbooks::Trigger::incident;
  for (const auto& org : fields.texts("orgs")) {
    body.org = org;
    body.analyst = stage_.federation.person(org).name();
    auto args =
        signed_args(org, crypto::Label::approval, playbooks::encode_standing_body(body));
    const auto done = co_await ask(org, "approval.preauthorise", std::move(args));
    if (!done) co_return within(org, done.error());
  }
  co_return std::string();
}

Director::Done Director::release(const Inject& inject) {
  const auto& fields = inject.fields;
  const auto org = fields.text("org"), to = fields.text("to");
  const auto incident = co_await incident_at(org, fields.text("incident"));
  if (!incident) co_return std::unexpected(incident.error());
  const auto id = id_from<playbooks::IncidentId>(*incident);
  if (!id) co_return std::unexpected(id.error());
  const auto body = playbooks::encode_release_order(
      {.incident = *id,
       .to = to,
       .analyst = org + "/" + stage_.federation.person(org).name(),
       .created = stage_.world.clock.wall()});
  auto args = signed_args(org, crypto::Label::order, body);
  args["id"] = *incident;
  args["to"] = to;
  const auto done = co_await ask(org, "incident.release", std::move(args));
  if (!done) co_return std::unexpected(done.error());
  co_return std::string();
}

}  // namespace tocsin::agents::drill
