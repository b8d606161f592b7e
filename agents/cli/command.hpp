// What a command of the line is: its words, arguments, what it does and how it is shown.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "crypto/result.hpp"
#include "mesh/world/task.hpp"

namespace tocsin::agents::cli {

namespace json = boost::json;

/// An argument without flag. `key` is its name on the local interface.
struct Positional {
  std::string_view shown, key;
  bool many = false, optional = false;
};

/// `--name VALUE`, or a switch when `value` is empty. Its name on the local interface is `name`
/// with `_` for `-`.
struct Flag {
  std::string_view name, value, about;
  bool many = false, needed = false;
};

/// What a command gives: the document of `--json`, and the exit code.
struct Document {
  json::object json;
  int exit = 0;
  std::string text;      ///< for people, where the general form does not do
  bool printed = false;  ///< everything was printed while it went
};

class Call;
using Handler = mesh::Task<Result<Document>> (*)(Call&);
/// A command that another part of the program performs. It runs the loop itself.
using Hook = std::function<Result<Document>(Call&)>;

/// How a document is shown to people: the array `rows` as a table of `columns`.
struct View {
  std::string_view rows;
  std::vector<std::string_view> columns;
  std::string_view none;  ///< message when there are no rows
  std::string_view done;  ///< message for a document without rows; fields in braces
};

struct Command {
  std::string_view noun, verb;  ///< `verb` is empty for a command of one word
  std::string_view about, example;
  std::vector<Positional> positionals;
  std::vector<Flag> flags;
  Handler run = nullptr;  ///< null: performed by the hook "noun verb"
  View view = {};

  std::string name() const {
    return verb.empty() ? std::string(noun) : std::string(noun) + " " + std::string(verb);
  }
  /// As the local interface calls it: `noun.verb`.
  std::string local_verb() const {
    return verb.empty() ? std::string(noun) : std::string(noun) + "." + std::string(verb);
  }
};

/// All commands, in the order of the overview.
const std::vector<Command>& commands();

}  // namespace tocsin::agents::cli
