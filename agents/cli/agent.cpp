// tocsin agent: the daemon and its state.
#include "agents/cli/nouns.hpp"
#include "agents/home/agreement.hpp"
#include "agents/home/second_agent.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::agents::cli {
namespace {

mesh::Task<Result<Document>> add(Call& call) {
  const auto org_home_path = call.path("org_home");
  const auto org_home = read_home(call.disk(), org_home_path);
  if (!org_home) co_return std::unexpected(org_home.error());
  const auto passphrase = call.passphrase_for(org_home->at.keys());
  if (!passphrase) co_return std::unexpected(passphrase.error());
  const auto root = call.root();
  if (!root) co_return std::unexpected(root.error());
  const SecondAgent wish{.home = call.home_path(),
                         .listen = call.has("listen") ? call.text("listen") : "0.0.0.0:7440",
                         .passphrase = *passphrase};
  const auto made = add_agent_home(call.disk(), call.world().entropy, *org_home, root->root, wish,
                                   call.now());
  if (!made) co_return std::unexpected(made.error());
  Document out;
  out.json = {{"org", made->org}, {"agent", made->agent}, {"home", wish.home.string()}};
  out.text = fmt::format("{} has another agent {} in {}\n", made->org, made->agent,
                         wish.home.string());
  co_return out;
}

// A running agent shows the new ones at its next handshake.
mesh::Task<Result<Document>> certify(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto root = call.root();
  if (!root) co_return std::unexpected(root.error());
  const auto renewed = certified_anew(*home, root->root, call.now());
  if (!renewed) co_return std::unexpected(renewed.error());
  auto install_task = install_charter(call, *home, *renewed);
  const auto installed = co_await install_task;
  if (!installed) co_return std::unexpected(installed.error());
  const auto until = call.now() + std::chrono::days(30 * crypto::certificate_months);
  co_return Document{{{"org", home->org}, {"agent", home->agent}, {"until", mesh::to_rfc3339(until)}},
                     0,
                     fmt::format("{} is certified for twelve months\n", home->agent),
                     false};
}

}  // namespace

void add_agent(Commands& out) {
  out.push_back({.noun = "agent", .verb = "run", .about = "the daemon, in the foreground",
                 .example = "tocsin agent run --home /var/lib/tocsin",
                 .flags = {{"config", "FILE", "in place of HOME/agent.toml"},
                           {"mend", "", "fetch what a damaged store lost from partners; no effects"}}});
  out.push_back({.noun = "agent", .verb = "status", .about = "is it well, and what does it hold",
                 .example = "tocsin agent status", .run = relay});
  out.push_back({.noun = "agent", .verb = "stop", .about = "end it in good order",
                 .example = "tocsin agent stop", .run = relay});
  out.push_back({.noun = "agent", .verb = "certify",
                 .about = "twelve months of new certificates, while it runs",
                 .example = "tocsin agent certify --root-dir /media/usb/root",
                 .flags = {{"root-dir", "DIR", "where the root is", false, true}},
                 .run = certify});
  out.push_back({.noun = "agent", .verb = "add", .about = "another agent of this organisation",
                 .example = "tocsin agent add --home /var/lib/tocsin2 --org-home /var/lib/tocsin "
                            "--root-dir /media/usb/root",
                 .flags = {{"org-home", "DIR", "of an agent that is there", false, true},
                           {"root-dir", "DIR", "where the root is", false, true},
                           {"listen", "ADDR:PORT", "0.0.0.0:7440 unless said otherwise"}},
                 .run = add});
}

}  // namespace tocsin::agents::cli
