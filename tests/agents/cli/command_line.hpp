// Whole command lines, as a script types them: what they print and the exit code they give.
#pragma once

#include "agents/cli/real_terminal.hpp"
#include "agents/cli/shell.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

namespace tocsin::tests {

namespace json = boost::json;
namespace cli = agents::cli;

/// Keeps what is printed and answers from a list. Files and time zones are this machine's.
class RecordingTerminal final : public cli::Terminal {
 public:
  std::string printed, complained;
  std::deque<std::string> answers;  ///< to ask and ask_secret, one each
  std::map<std::string, std::string> variables;
  bool on_terminal = false;

  void out(std::string_view text) override { printed += text; }
  void err(std::string_view text) override { complained += text; }
  bool out_is_terminal() const override { return on_terminal; }
  bool err_is_terminal() const override { return on_terminal; }
  bool in_is_terminal() const override { return on_terminal; }
  std::optional<std::string> ask(std::string_view prompt) override {
    complained += prompt;
    if (answers.empty()) return std::nullopt;
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  std::optional<std::string> ask_secret(std::string_view prompt) override { return ask(prompt); }
  mesh::Path resolve(const mesh::Path& path) const override { return real_.resolve(path); }
  std::string environment(const std::string& name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  }
  cli::LocalTime local(WallTime t, const std::string& zone) override {
    return real_.local(t, zone);
  }

 private:
  cli::RealTerminal real_;
};

struct Said {
  int exit = 0;
  std::string out, err;

  /// The one object on stdout.
  json::object document() const {
    INFO("stdout: " << out << "\nstderr: " << err);
    REQUIRE(out.ends_with('\n'));
    REQUIRE(out.find('\n') + 1 == out.size());
    boost::system::error_code bad;
    const auto value = json::parse(out, bad);
    REQUIRE_FALSE(bad);
    return value.as_object();
  }
  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  bool complains(std::string_view text) const { return err.find(text) != std::string::npos; }
};

class CommandLine {
 public:
  /// Lifetime: `machine` outlives it.
  explicit CommandLine(mesh::RealWorld& machine) : machine_(machine) {}
  CommandLine(mesh::RealWorld& machine, const mesh::Path& home) : machine_(machine) {
    terminal.variables["TOCSIN_HOME"] = home.string();
    terminal.variables["TOCSIN_KEYS"] = home.string() + "-keys";
  }

  RecordingTerminal terminal;
  std::map<std::string, cli::Hook, std::less<>> hooks;

  Said run(const std::vector<std::string>& words) {
    terminal.printed.clear();
    terminal.complained.clear();
    cli::Shell shell{.world = machine_.world(),
                     .terminal = terminal,
                     .complete = [this](mesh::Task<Result<cli::Document>> task) {
                       return machine_.complete(std::move(task));
                     },
                     .hooks = hooks};
    const int exit = cli::run_line(shell, words);
    return {exit, terminal.printed, terminal.complained};
  }
  /// Words are separated by blanks.
  Said run(std::string_view line) { return run(words_of(line)); }

  /// The document of the line with --json, which must succeed and leave stderr alone.
  json::object document(std::string_view line) { return document(words_of(line)); }
  json::object document(std::vector<std::string> words) {
    words.emplace_back("--json");
    const auto said = run(words);
    INFO("stdout: " << said.out << "\nstderr: " << said.err);
    REQUIRE(said.exit == 0);
    REQUIRE(said.err.empty());
    return said.document();
  }
  /// The `error` of the line with --json, which must give `exit` and have all its keys.
  json::object error(std::string_view line, int exit) { return error(words_of(line), exit); }
  json::object error(std::vector<std::string> words, int exit) {
    words.emplace_back("--json");
    const auto said = run(words);
    INFO("stdout: " << said.out << "\nstderr: " << said.err);
    CHECK(said.exit == exit);
    CHECK(said.err.empty());
    const auto document = said.document();
    REQUIRE(document.contains("error"));
    const auto& inner = document.at("error").as_object();
    for (const auto* key : {"code", "message", "hint"}) REQUIRE(inner.at(key).is_string());
    return inner;
  }

  static std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> out;
    std::size_t at = 0;
    while ((at = line.find_first_not_of(' ', at)) != std::string_view::npos) {
      const auto end = std::min(line.find(' ', at), line.size());
      out.emplace_back(line.substr(at, end - at));
      at = end;
    }
    return out;
  }

 private:
  mesh::RealWorld& machine_;
};

/// A machine with nothing on it: for commands that need no agent.
class Desk {
 public:
  Desk() { machine_.log().set_level(mesh::Level::error); }

  mesh::RealWorld& machine() { return machine_; }
  mesh::Path path(const std::string& name) const { return folder_.path() / name; }
  std::string file(const std::string& name) const { return path(name).string(); }
  void write(const std::string& name, std::string_view text) {
    REQUIRE(machine_.world().disk.write_atomic(path(name), bytes_of(text),
                                               mesh::FileMode::shared));
  }
  std::string read(const std::string& name) {
    const auto bytes = machine_.world().disk.read(path(name), 1 << 24);
    REQUIRE(bytes);
    return std::string(text_of(*bytes));
  }
  bool exists(const std::string& name) { return machine_.world().disk.exists(path(name)); }

  /// A command line of organisation `org`, with its home and keys below this desk.
  CommandLine line(const std::string& org) { return CommandLine(machine_, path(org)); }
  /// `init` as an exercise does it; the root is in ORG-root.
  CommandLine found(const std::string& org, const std::string& role = "operator") {
    auto out = line(org);
    const auto said = out.run(fmt::format(
        "init --org {} --country DE --role {} --root-dir {} --listen 127.0.0.1:0 --no-passphrase",
        org, role, file(org + "-root")));
    INFO(said.err);
    REQUIRE(said.exit == 0);
    return out;
  }
  /// An exercise charter of organisations that are founded, signed and accepted by all.
  void agree(const std::vector<std::string>& orgs) {
    auto make = fmt::format("charter new --name test --exercise --out {}", file("charter"));
    for (const auto& org : orgs) {
      must(org, fmt::format("org card --out {}", file(org + ".card")));
      make += " " + file(org + ".card");
    }
    must(orgs.front(), make);
    for (const auto& org : orgs)
      must(org, fmt::format("charter sign {} --root-dir {}", file("charter"), file(org + "-root")));
    for (const auto& org : orgs) must(org, "charter accept " + file("charter"));
  }
  void must(const std::string& org, const std::string& words) {
    const auto said = line(org).run(words);
    INFO(words << "\n" << said.err);
    REQUIRE(said.exit == 0);
  }

 private:
  ScratchFolder folder_;
  mesh::RealWorld machine_;
};

inline std::string text_of_key(const json::object& from, std::string_view key) {
  REQUIRE(from.contains(key));
  REQUIRE(from.at(key).is_string());
  return std::string(from.at(key).as_string());
}

}  // namespace tocsin::tests
