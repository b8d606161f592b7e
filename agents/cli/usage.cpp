#include "agents/cli/arguments.hpp"

namespace tocsin::agents::cli {
namespace {

std::string shown(const Positional& positional) {
  auto text = std::string(positional.shown) + (positional.many ? "..." : "");
  return positional.optional ? "[" + text + "]" : text;
}

std::string shown(const Flag& flag) {
  auto text = "--" + std::string(flag.name);
  if (!flag.value.empty()) text += " " + std::string(flag.value) + (flag.many ? "..." : "");
  return text;
}

}  // namespace

std::string usage_of(const Command& command) {
  auto out = "tocsin " + command.name();
  for (const auto& positional : command.positionals) out += " " + shown(positional);
  for (const auto& flag : command.flags)
    out += flag.needed ? " " + shown(flag) : " [" + shown(flag) + "]";
  return out;
}

std::string help_of(const Command& command) {
  auto out = fmt::format("{}\n\nUsage: {}\n", command.about, usage_of(command));
  if (!command.flags.empty()) out += "\n";
  for (const auto& flag : command.flags)
    out += fmt::format("  {:<28} {}\n", shown(flag), flag.about);
  out += "\nEverywhere: --home DIR, --json, --lang en|de|fr, --tz ZONE, --passphrase-file FILE\n";
  return out + fmt::format("\nExample: {}\n", command.example);
}

std::string overview(const std::vector<Command>& known, std::string_view noun) {
  std::string out;
  if (noun.empty())
    out = fmt::format("tocsin {}: the bell by which sovereign clouds call one another\n\n"
                      "Usage: tocsin NOUN VERB [ARGUMENTS] [--home DIR] [--json]\n\n",
                      TOCSIN_VERSION);
  else
    out = fmt::format("Usage: tocsin {} VERB [ARGUMENTS]\n\n", noun);
  for (const auto& command : known)
    if (noun.empty() || command.noun == noun)
      out += fmt::format("  {:<24} {}\n", command.name(), command.about);
  out += "\n`tocsin NOUN VERB --help` shows arguments and an example.\n";
  return out;
}

}  // namespace tocsin::agents::cli
