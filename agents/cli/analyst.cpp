// tocsin analyst: the persons of this organisation.
#include <algorithm>

#include "agents/cli/nouns.hpp"
#include "agents/cli/sign.hpp"

namespace tocsin::agents::cli {
namespace {

json::array roles_of(const crypto::CertificateBody& body) {
  using enum crypto::AnalystRole;
  json::array out;
  for (const auto role : {analyst, approver, drill_director, auditor, admin})
    if (body.has(role)) out.emplace_back(crypto::name_of(role));
  return out;
}

json::object shown(const crypto::Certificate& certificate, std::string_view state) {
  return {{"name", certificate.body.name},
          {"org", certificate.body.org},
          {"roles", roles_of(certificate.body)},
          {"state", state},
          {"certificate", to_base64(certificate.encoded)}};
}

// Tells a running agent that its home has changed; without one it will see at its start.
mesh::Task<void> tell_agent(Call& call) {
  if (!call.disk().exists(Layout{call.home_path()}.socket())) co_return;
  auto told_task = call.ask("home.reload", {});
  const auto told = co_await told_task;
  if (!told && told.error().code != Errc::unreachable)
    call.remark("the agent did not take it in: " + told.error().message);
}

mesh::Task<Result<Document>> make(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  NewPerson wish{.name = call.text("name"),
                 .keys = call.keys_path(),
                 .root_folder = call.path("root_dir")};
  for (const auto& name : call.arguments().texts("role")) {
    const auto role = crypto::analyst_role_from(name);
    if (!role)
      co_return std::unexpected(Error{Errc::usage, role.error().message,
                                      "analyst, approver, drill_director, auditor or admin"});
    wish.roles = std::uint8_t(wish.roles | std::uint8_t(*role));
  }
  const auto root_file = RootLayout{wish.root_folder}.root();
  if (call.disk().exists(root_file)) {
    auto passphrase = call.passphrase_for(root_file);
    if (!passphrase) co_return std::unexpected(passphrase.error());
    wish.passphrase = std::move(*passphrase);
  }
  const auto certificate =
      make_person(call.disk(), call.world().entropy, *home, wish, call.now());
  if (!certificate) co_return std::unexpected(certificate.error());
  auto task = tell_agent(call);
  co_await task;

  Document out;
  out.json = {{"name", wish.name}, {"keys", wish.keys.string()}};
  out.json["analysts"] = json::array{shown(*certificate, "active")};
  out.text = fmt::format("{} of {} has keys in {}\n", wish.name, home->org, wish.keys.string());
  co_return out;
}

// The agent knows the partners' persons and who was revoked; without it, the home's own.
mesh::Task<Result<Document>> list(Call& call) {
  auto answer_task = call.ask("analyst.list", {});
  auto answer = co_await answer_task;
  if (answer || answer.error().code != Errc::unreachable) co_return answer;

  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  std::vector<Error> bad;
  const auto certificates = read_analysts(call.disk(), *home, &bad);
  if (!certificates) co_return std::unexpected(certificates.error());
  const auto waiting = call.disk().list(home->at.revocations());
  json::array out;
  for (const auto& each : *certificates) {
    const auto id = to_base32(each.body.id());
    const bool revoked =
        waiting && std::any_of(waiting->begin(), waiting->end(), [&](const std::string& file) {
          return file.starts_with(id) && file.ends_with(".record");
        });
    out.push_back(shown(each, revoked ? "revoked" : "active"));
  }
  Document document;
  document.json["analysts"] = std::move(out);
  if (!bad.empty()) {
    json::array rejected;
    for (const auto& error : bad) {
      call.remark(error.message);
      rejected.push_back(json::object{{"reason", error.message}});
    }
    document.json["rejected"] = std::move(rejected);
    document.exit = 3;
  }
  co_return document;
}

}  // namespace

void add_analyst(Commands& out) {
  out.push_back({.noun = "analyst", .verb = "new", .about = "keys for a person, certified by the root",
                 .example = "tocsin analyst new erika --role analyst --role approver "
                            "--root-dir /media/usb/root",
                 .positionals = {{"NAME", "name"}},
                 .flags = {{"role", "ROLE", "analyst, approver, drill_director, auditor, admin",
                            true, true},
                           {"root-dir", "DIR", "where the root is", false, true}},
                 .run = make});
  out.push_back({.noun = "analyst", .verb = "list", .about = "persons known here",
                 .example = "tocsin analyst list", .run = list,
                 .view = {"analysts", {"name", "org", "roles", "state"}, "no_analysts", {}}});
}

}  // namespace tocsin::agents::cli
