#include "agents/cli/messages.hpp"

#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;

TEST_CASE("three languages are spoken, and no other") {
  for (const auto* lang : {"en", "de", "fr"}) CHECK(is_language(lang));
  for (const auto* lang : {"", "EN", "nl", "de-AT"}) CHECK_FALSE(is_language(lang));
}

TEST_CASE("a message is in the language asked for, in English for one unknown, else its key") {
  CHECK(message("en", "no_incidents") == "no incident is open");
  CHECK(message("de", "no_incidents") == "kein Vorfall ist offen");
  CHECK(message("fr", "no_incidents") == "aucun incident n'est ouvert");
  CHECK(message("nl", "no_incidents") == "no incident is open");
  CHECK(message("de", "rtt_ms") == "rtt_ms");
}

TEST_CASE("every sentence that a view names exists in every language") {
  for (const auto& command : commands()) {
    if (command.view.none.empty()) continue;
    INFO(command.name());
    for (const auto* lang : {"en", "de", "fr"})
      CHECK(message(lang, command.view.none) != command.view.none);
    CHECK(message("de", command.view.none) != message("en", command.view.none));
  }
}
