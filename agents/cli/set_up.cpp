// tocsin init, org and config: a home, its public card, and its settings.
#include "agents/cli/nouns.hpp"
#include "agents/home/founding.hpp"

namespace tocsin::agents::cli {
namespace {

// A new home's passphrase: from a file, typed twice, or expressly none.
Result<Passphrase> new_passphrase(Call& call) {
  if (call.has("no_passphrase")) {
    if (!call.globals().passphrase_file.empty())
      return fail(Errc::usage, "--no-passphrase and --passphrase-file exclude each other");
    return Passphrase();
  }
  auto given = call.given_passphrase();
  if (!given || *given) return given;
  auto& terminal = call.terminal();
  if (!terminal.in_is_terminal())
    return std::unexpected(Error{Errc::usage, "a new home needs a passphrase",
                                 "--passphrase-file FILE, or --no-passphrase for an exercise"});
  const auto first = terminal.ask_secret("new passphrase: ");
  const auto second = terminal.ask_secret("again: ");
  if (!first || first->empty() || first != second)
    return fail(Errc::usage, "the passphrase is empty or was not the same twice");
  return *first;
}

mesh::Task<Result<Document>> init(Call& call) {
  const auto role = crypto::org_role_from(call.text("role"));
  if (!role) co_return std::unexpected(Error{Errc::usage, role.error().message,
                                             "operator, authority, observer or vendor"});
  const auto passphrase = new_passphrase(call);
  if (!passphrase) co_return std::unexpected(passphrase.error());

  const Founding wish{.home = call.home_path(),
                      .root_folder = call.path("root_dir"),
                      .org = call.text("org"),
                      .name = call.text("name"),
                      .country = call.text("country"),
                      .role = *role,
                      .listen = call.has("listen") ? call.text("listen") : "0.0.0.0:7440",
                      .addresses = call.arguments().texts("address"),
                      .passphrase = *passphrase,
                      .recovery_folder = call.path("recovery_dir")};
  const auto made = found_organisation(call.disk(), call.world().entropy, wish);
  if (!made) co_return std::unexpected(made.error());

  Document out;
  out.json = {{"org", made->org},
              {"agent", made->agent},
              {"home", wish.home.string()},
              {"root", wish.root_folder.string()}};
  out.text = fmt::format(
      "{} has an agent {} in {}.\nIts root is in {}: keep that folder offline{}.\n"
      "Next: tocsin org card --home {} --out {}.card\n",
      made->org, made->agent, wish.home.string(), wish.root_folder.string(),
      wish.recovery_folder.empty() ? ", and its recovery.bin in another place than root.bin" : "",
      wish.home.string(),
      made->org);
  co_return out;
}

mesh::Task<Result<Document>> card(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  std::optional<RootKeys> root;
  if (call.has("root_dir")) {
    auto read = call.root();
    if (!read) co_return std::unexpected(read.error());
    root = std::move(*read);
  }
  const auto text = current_card(call.disk(), *home, root ? &root->root : nullptr);
  if (!text) co_return std::unexpected(text.error());
  boost::system::error_code bad;
  auto value = json::parse(*text, bad);
  if (bad || !value.is_object()) co_return fail(Errc::corrupt, "the card is no JSON object");

  Document out{std::move(value.as_object()), 0, {}, false};
  if (!call.has("out")) {
    out.text = *text;
    co_return out;
  }
  const auto written =
      call.disk().write_atomic(call.path("out"), bytes_of(*text), mesh::FileMode::shared);
  if (!written) co_return std::unexpected(written.error());
  out.text = fmt::format("the card of {} is in {}\n", home->org, call.path("out").string());
  co_return out;
}

mesh::Task<Result<Document>> check_config_file(Call& call) {
  const auto home = call.home_path();
  const auto file = call.has("file") ? call.path("file") : Layout{home}.config();
  const auto text = read_text(call.disk(), file, config_bytes_max);
  if (!text) co_return std::unexpected(text.error());

  json::array findings;
  std::string sentences;
  const auto add = [&](std::string what, const std::string& fix) {
    sentences += fmt::format("{} ({})\n", what, fix);
    findings.push_back(json::object{{"level", "red"}, {"what", std::move(what)}, {"fix", fix}});
  };
  for (const auto& fault : check_config(*text, home))
    add(fmt::format("{}:{}: {}", file.string(), fault.line, fault.what), fault.fix);
  if (findings.empty()) {
    const auto config = read_config(*text, home);
    if (!config) co_return std::unexpected(config.error());
    for (const auto& list : config->guard.lists)
      if (!call.disk().exists(list))
        add(fmt::format("{}: [guard] lists: {} is not there", file.string(), list.string()),
            "correct the path");
  }
  Document out;
  out.exit = findings.empty() ? 0 : 1;
  out.text = findings.empty() ? fmt::format("{}: no fault\n", file.string()) : sentences;
  out.json["findings"] = std::move(findings);
  co_return out;
}

}  // namespace

void add_set_up(Commands& out) {
  out.push_back(
      {.noun = "init", .verb = "", .about = "make an organisation, its root and its agent's home",
       .example = "tocsin init --org delos --country DE --role operator --root-dir /media/usb/root",
       .flags = {{"org", "ID", "a-z, 0-9, '-' and '.'", false, true},
                 {"country", "CC", "ISO 3166-1, two capital letters", false, true},
                 {"role", "operator|authority|observer|vendor", "in the federation", false, true},
                 {"root-dir", "DIR", "for the root, outside of the home", false, true},
                 {"recovery-dir", "DIR", "for the key that replaces a lost root; kept apart"},
                 {"name", "NAME", "of the organisation"},
                 {"listen", "ADDR:PORT", "0.0.0.0:7440 unless said otherwise"},
                 {"address", "ADDR:PORT", "what partners dial, if not as --listen", true},
                 {"no-passphrase", "", "keys in clear: for exercises only"}},
       .run = init});
  out.push_back({.noun = "org", .verb = "card", .about = "this organisation's public card",
                 .example = "tocsin org card --out delos.card",
                 .flags = {{"out", "FILE", "write it there"},
                           {"root-dir", "DIR", "sign it anew when its content has changed"}},
                 .run = card});
  out.push_back({.noun = "config", .verb = "check", .about = "every fault of agent.toml",
                 .example = "tocsin config check",
                 .positionals = {{"FILE", "file", false, true}},
                 .run = check_config_file,
                 .view = {"findings", {"level", "what", "fix"}, "all_well", {}}});
}

}  // namespace tocsin::agents::cli
