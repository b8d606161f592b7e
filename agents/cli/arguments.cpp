#include "agents/cli/arguments.hpp"

#include <algorithm>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace tocsin::agents::cli {
namespace {

constexpr std::array<std::string_view, 4> global_values{"--home", "--lang", "--tz",
                                                        "--passphrase-file"};

bool is_flag(const std::string& word) { return word.size() > 1 && word.starts_with("-"); }

bool takes_value(std::string_view word) {
  return std::find(global_values.begin(), global_values.end(), word) != global_values.end();
}

std::string key_of(std::string_view flag) {
  std::string key(flag);
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

struct Split {
  Globals globals;
  std::vector<std::string> rest;
};

// The global flags out, wherever they stand; a `--` ends the search.
Result<Split> split_globals(const std::vector<std::string>& words) {
  Split out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "--") {
      out.rest.insert(out.rest.end(), words.begin() + std::ptrdiff_t(i), words.end());
      break;
    }
    const auto equals = word.find('=');
    const auto flag = word.substr(0, equals);
    if (word == "--json") {
      out.globals.json = true;
    } else if (word == "--help" || word == "-h") {
      out.globals.help = true;
    } else if (word == "--version") {
      out.globals.version = true;
    } else if (takes_value(flag)) {
      if (equals == std::string::npos && i + 1 == words.size())
        return fail(Errc::usage, "{} needs a value", flag);
      auto value = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
      if (flag == "--home") out.globals.home = std::move(value);
      else if (flag == "--lang") out.globals.lang = std::move(value);
      else if (flag == "--tz") out.globals.tz = std::move(value);
      else out.globals.passphrase_file = std::move(value);
    } else {
      out.rest.push_back(word);
    }
  }
  return out;
}

const Command* find(const std::vector<Command>& known, std::string_view noun,
                    std::string_view verb) {
  for (const auto& command : known)
    if (command.noun == noun && command.verb == verb) return &command;
  return nullptr;
}

std::vector<std::string> verbs_of(const std::vector<Command>& known, std::string_view noun) {
  std::vector<std::string> out;
  for (const auto& command : known)
    if (command.noun == noun && !command.verb.empty()) out.emplace_back(command.verb);
  return out;
}

// Takes noun and verb off the front of `words`.
Result<const Command*> take_command(std::vector<std::string>& words,
                                    const std::vector<Command>& known) {
  const auto noun = words.front();
  words.erase(words.begin());
  const auto verbs = verbs_of(known, noun);
  if (!words.empty())
    if (const auto* command = find(known, noun, words.front()); command && !is_flag(words.front())) {
      words.erase(words.begin());
      return command;
    }
  if (const auto* command = find(known, noun, "")) return command;
  if (verbs.empty())
    return std::unexpected(Error{Errc::usage, fmt::format("unknown command `{}`", noun),
                                 "see `tocsin --help`"});
  return std::unexpected(
      Error{Errc::usage,
            words.empty() ? fmt::format("`tocsin {}` needs a verb", noun)
                          : fmt::format("unknown command `{} {}`", noun, words.front()),
            fmt::format("one of: {}", fmt::join(verbs, ", "))});
}

const Flag* flag_of(const Command& command, std::string_view word) {
  if (!word.starts_with("--")) return nullptr;
  for (const auto& flag : command.flags)
    if (word.substr(2) == flag.name) return &flag;
  return nullptr;
}

// People write `--to a b` as well as `--to a --to b`: words beyond the positionals that follow a
// repeatable flag are its values. Gives `--to a --to b` for both.
std::vector<std::string> spread(const Command& command, const std::vector<std::string>& words) {
  std::size_t room = 0;
  for (const auto& positional : command.positionals) room += positional.many ? 1'000'000 : 1;
  std::size_t loose = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* flag = flag_of(command, words[i]);
    if (flag && !flag->value.empty()) ++i;
    else if (!is_flag(words[i])) ++loose;
  }
  std::size_t surplus = loose > room ? loose - room : 0;

  std::vector<std::string> out;
  const Flag* open = nullptr;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* flag = flag_of(command, words[i]);
    if (open && !is_flag(words[i]) && surplus > 0) {
      --surplus;
      out.insert(out.end(), {"--" + std::string(open->name), words[i]});
      continue;
    }
    open = flag && flag->many ? flag : nullptr;
    out.push_back(words[i]);
    if (flag && !flag->value.empty() && i + 1 < words.size()) out.push_back(words[++i]);
  }
  return out;
}

Error usage_error(const Command& command, std::string what) {
  return {Errc::usage, std::move(what), usage_of(command)};
}

// A flag without its value, or one that was given twice.
std::string mismatch(const Command& command, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* flag = flag_of(command, words[i]);
    if (!flag || flag->value.empty()) continue;
    if (i + 1 == words.size() || flag_of(command, words[i + 1]))
      return fmt::format("--{} needs a value: {}", flag->name, flag->value);
    if (!flag->many && std::count(words.begin(), words.end(), words[i]) > 1)
      return fmt::format("--{} stands there twice", flag->name);
  }
  return "an argument is missing or one too many";
}

Result<Arguments> take_arguments(const Command& command, const std::vector<std::string>& words) {
  CLI::App app;
  app.set_help_flag();
  std::map<std::string, std::vector<std::string>> values;
  std::set<std::string> switches;
  for (const auto& flag : command.flags) {
    const auto key = key_of(flag.name);
    const auto dashed = "--" + std::string(flag.name);
    if (flag.value.empty()) {
      app.add_flag(dashed)->each([&switches, key](const std::string&) { switches.insert(key); });
      continue;
    }
    auto* option = app.add_option(dashed, values[key])->allow_extra_args(false);
    option->required(flag.needed);
    if (!flag.many) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  }
  for (const auto& positional : command.positionals) {
    auto* option = app.add_option(std::string(positional.shown), values[std::string(positional.key)]);
    option->required(!positional.optional);
    if (positional.many) option->expected(1, 1'000'000);
    else option->expected(1)->allow_extra_args(false);
  }

  auto reversed = spread(command, words);
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ArgumentMismatch&) {
    return std::unexpected(usage_error(command, mismatch(command, words)));
  } catch (const CLI::ParseError& error) {
    return std::unexpected(usage_error(command, error.what()));
  }
  Arguments out;
  for (auto& [key, each] : values)
    if (!each.empty()) out.put(key, std::move(each));
  for (const auto& key : switches) out.put(key, {"true"});
  return out;
}

}  // namespace

std::string Arguments::text(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() || found->second.empty() ? "" : found->second.front();
}

std::vector<std::string> Arguments::texts(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

void Arguments::put(std::string key, std::vector<std::string> values) {
  values_[std::move(key)] = std::move(values);
}

json::object Arguments::to_json(const Command& command) const {
  json::object out;
  const auto add = [&](const std::string& key, bool many) {
    if (!has(key)) return;
    if (!many) {
      out[key] = text(key);
      return;
    }
    json::array list;
    for (const auto& value : texts(key)) list.emplace_back(value);
    out[key] = std::move(list);
  };
  for (const auto& positional : command.positionals)
    add(std::string(positional.key), positional.many);
  for (const auto& flag : command.flags) {
    const auto key = key_of(flag.name);
    if (flag.value.empty() && has(key)) out[key] = true;
    else add(key, flag.many);
  }
  return out;
}

Parsed parse_line(const std::vector<std::string>& words, const std::vector<Command>& known) {
  const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
  auto split = split_globals(words);
  if (!split) return {std::unexpected(split.error()), json};

  Line line{.globals = split->globals};
  auto& rest = split->rest;
  if (rest.empty()) {
    if (line.globals.help || line.globals.version) return {std::move(line), json};
    return {std::unexpected(Error{Errc::usage, "no command", "see `tocsin --help`"}), json};
  }
  if (is_flag(rest.front()))
    return {std::unexpected(Error{Errc::usage, fmt::format("unknown flag {}", rest.front()),
                                  "see `tocsin --help`"}), json};
  line.noun = rest.front();
  const bool noun_only = rest.size() == 1 || is_flag(rest[1]);
  if (line.globals.help && noun_only && !find(known, line.noun, "") &&
      !verbs_of(known, line.noun).empty())
    return {std::move(line), json};

  const auto command = take_command(rest, known);
  if (!command) return {std::unexpected(command.error()), json};
  line.command = *command;
  if (line.globals.help) return {std::move(line), json};
  auto arguments = take_arguments(**command, rest);
  if (!arguments) return {std::unexpected(arguments.error()), json};
  line.arguments = std::move(*arguments);
  return {std::move(line), json};
}

}  // namespace tocsin::agents::cli
