// One running command: its arguments, and what it needs of home, agent, person and terminal.
#pragma once

#include "agents/cli/arguments.hpp"
#include "agents/cli/terminal.hpp"
#include "agents/home/local_client.hpp"
#include "agents/home/person.hpp"

namespace tocsin::agents::cli {

class Call {
 public:
  /// Lifetime: `world` and `terminal` outlive the call.
  Call(mesh::World& world, Terminal& terminal, Line line);

  mesh::World& world() { return world_; }
  Terminal& terminal() { return terminal_; }
  const Globals& globals() const { return line_.globals; }
  const Arguments& arguments() const { return line_.arguments; }
  const Command& command() const { return *line_.command; }
  std::string text(std::string_view key) const { return line_.arguments.text(key); }
  bool has(std::string_view key) const { return line_.arguments.has(key); }
  WallTime now() const { return world_.clock.wall(); }
  mesh::Disk& disk() { return world_.disk; }

  /// --home, TOCSIN_HOME or ~/.tocsin; absolute.
  Path home_path() const;
  /// TOCSIN_KEYS or ~/.config/tocsin/keys.
  Path keys_path() const;
  /// A path argument, absolute. Empty when it was not given.
  Path path(std::string_view key) const;

  /// Errors: as agents::read_home.
  Result<PublicHome> home();
  /// The passphrase for `key_file`: none where that has none, else from --passphrase-file,
  /// TOCSIN_PASSPHRASE_FILE or the terminal. Errors: not_found, io, unauthenticated (none given).
  Result<Passphrase> passphrase_for(const Path& key_file);
  /// What --passphrase-file or TOCSIN_PASSPHRASE_FILE holds; nothing when neither is named.
  Result<Passphrase> given_passphrase();
  /// The person of --as, or the only one. Errors: as agents::open_person.
  Result<Person> person(const PublicHome& home);
  /// The root in --root-dir. Errors: as agents::read_root.
  Result<RootKeys> root();
  /// The recovery key in --recovery-dir. Errors: as agents::read_recovery.
  Result<crypto::SigningKey> recovery();

  /// The connection to the agent, made once. Errors: unreachable.
  mesh::Task<Result<LocalClient*>> agent();
  /// Asks the agent; the arrays of streamed lines are joined into the answer. Errors: what the
  /// agent said, as an Error of the same exit code; unreachable.
  mesh::Task<Result<Document>> ask(std::string verb, json::object args);
  /// The complete id for a typed prefix. Errors: not_found, unreachable.
  mesh::Task<Result<std::string>> resolve(std::string kind, std::string id);

  /// One line of NDJSON, or of text for people.
  void print_line(const json::object& line, std::string_view text = {});
  /// A remark for people on stderr; never under --json.
  void remark(std::string_view text);
  bool colour() const;
  bool progress() const;
  const std::string& lang() const { return lang_; }
  const std::string& tz() const { return tz_; }
  /// Takes language and time zone of the home's configuration where no flag names them.
  void speak_as(const Config& config);

 private:
  mesh::World& world_;
  Terminal& terminal_;
  Line line_;
  std::unique_ptr<LocalClient> client_;
  std::optional<Passphrase> asked_;
  std::string lang_, tz_;
};

/// The error that an agent's refusal is.
Error error_of(const Reply& reply);

}  // namespace tocsin::agents::cli
