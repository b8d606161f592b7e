// Takes a command line apart: global flags anywhere, then the words of one command.
#pragma once

#include "agents/cli/command.hpp"

namespace tocsin::agents::cli {

/// Flags that every command takes, wherever they stand.
struct Globals {
  bool json = false, help = false, version = false;
  std::string home, lang, tz, passphrase_file;
};

/// The arguments of one command, by their names on the local interface.
class Arguments {
 public:
  bool has(std::string_view key) const { return values_.contains(key); }
  /// The first value; empty when absent.
  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  void put(std::string key, std::vector<std::string> values);
  /// As the local interface wants them: switches as true, repeated ones as arrays.
  json::object to_json(const Command& command) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Line {
  Globals globals;
  const Command* command = nullptr;  ///< null: nothing was asked for beyond help or version
  std::string noun;                  ///< of a help request that names a noun only
  Arguments arguments;
};

/// `json` is set from the words even when the rest is at fault.
struct Parsed {
  Result<Line> line;
  bool json = false;
};
/// Errors: usage, saying what is wrong and how the command is written.
Parsed parse_line(const std::vector<std::string>& words, const std::vector<Command>& known);

/// `tocsin ioc add TYPE VALUE [--tlp ...]`
std::string usage_of(const Command& command);
/// Usage, what it does, its flags and an example.
std::string help_of(const Command& command);
/// All commands, or those of one noun.
std::string overview(const std::vector<Command>& known, std::string_view noun = {});

}  // namespace tocsin::agents::cli
