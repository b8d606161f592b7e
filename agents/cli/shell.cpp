#include "agents/cli/shell.hpp"

#include "agents/cli/messages.hpp"
#include "agents/cli/render.hpp"
#include "agents/home/exit_code.hpp"

namespace tocsin::agents::cli {
namespace {

// What was typed may be quoted in the message, however long it was.
constexpr std::size_t message_bytes_max = 2000;

void print_error(Terminal& terminal, Error error, bool json, std::string_view lang) {
  if (error.message.size() > message_bytes_max) {
    error.message.resize(message_bytes_max);
    error.message += "...";
  }
  if (json) {
    const json::object inner{{"code", name_of(error.code)},
                             {"message", error.message},
                             {"hint", error.hint}};
    terminal.out(json::serialize(json::object{{"error", inner}}) + "\n");
    return;
  }
  terminal.err(fmt::format("{}: {}\n", message(lang, "error"), harmless(error.message)));
  if (!error.hint.empty())
    terminal.err(fmt::format("{}: {}\n", message(lang, "hint"), harmless(error.hint)));
}

Result<void> check_globals(const Terminal& terminal, const Globals& globals) {
  if (!globals.lang.empty() && !is_language(globals.lang))
    return std::unexpected(
        Error{Errc::usage, fmt::format("--lang {}: unknown", globals.lang), "en, de or fr"});
  if (!globals.tz.empty() && !terminal.knows_zone(globals.tz))
    return std::unexpected(Error{Errc::usage, fmt::format("--tz {}: no such zone", globals.tz),
                                 "as in Europe/Berlin"});
  return {};
}

Result<Document> perform(Shell& shell, Call& call) {
  if (call.command().run) return shell.complete(call.command().run(call));
  const auto hook = shell.hooks.find(call.command().name());
  if (hook == shell.hooks.end())
    return fail(Errc::unsupported, "`tocsin {}` is not part of this build",
                call.command().name());
  return hook->second(call);
}

void print_document(Call& call, const Document& document) {
  if (document.printed) return;
  if (call.globals().json) {
    call.terminal().out(json::serialize(document.json) + "\n");
    return;
  }
  if (!document.text.empty()) {
    call.terminal().out(document.text);
    if (!document.text.ends_with('\n')) call.terminal().out("\n");
    return;
  }
  Renderer renderer(call.terminal(), {call.lang(), call.tz(), call.colour()});
  call.terminal().out(renderer.document(document.json, call.command().view));
}

// Language and time zone of the home are a courtesy: without one, English and UTC do.
void settle_language(Call& call) {
  if (call.globals().json) return;
  const Layout at{call.home_path()};
  if (!call.disk().exists(at.config())) return;
  const auto config = load_config(call.disk(), at.config(), at.home);
  if (config) call.speak_as(*config);
}

}  // namespace

int run_line(Shell& shell, const std::vector<std::string>& words) {
  auto parsed = parse_line(words, commands());
  if (!parsed.line) {
    print_error(shell.terminal, parsed.line.error(), parsed.json, "en");
    return exit_code_of(parsed.line.error().code);
  }
  auto& line = *parsed.line;
  if (const auto fit = check_globals(shell.terminal, line.globals); !fit) {
    print_error(shell.terminal, fit.error(), parsed.json, "en");
    return exit_code_of(Errc::usage);
  }
  if (line.globals.version) {
    shell.terminal.out(line.globals.json
                           ? json::serialize(json::object{{"version", TOCSIN_VERSION}}) + "\n"
                           : fmt::format("tocsin {}\n", TOCSIN_VERSION));
    return 0;
  }
  if (line.globals.help) {
    auto text = line.command ? help_of(*line.command) : overview(commands(), line.noun);
    if (line.globals.json) text = json::serialize(json::object{{"help", text}}) + "\n";
    shell.terminal.out(text);
    return 0;
  }

  Call call(shell.world, shell.terminal, std::move(line));
  settle_language(call);
  const auto document = perform(shell, call);
  if (!document) {
    print_error(shell.terminal, document.error(), parsed.json, call.lang());
    return exit_code_of(document.error().code);
  }
  print_document(call, *document);
  return document->exit;
}

}  // namespace tocsin::agents::cli
