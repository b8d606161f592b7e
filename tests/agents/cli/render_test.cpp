#include "agents/cli/render.hpp"

#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;
using tests::RecordingTerminal;

namespace {

std::string shown(const json::object& document, const View& view, Style style = {}) {
  RecordingTerminal terminal;
  return Renderer(terminal, std::move(style)).document(document, view);
}

}  // namespace

TEST_CASE("a time is shown on the wall's clock and in UTC") {
  RecordingTerminal terminal;
  Renderer berlin(terminal, {.lang = "de", .tz = "Europe/Berlin"});
  CHECK(berlin.time("2026-11-23T02:12:00.000Z") == "2026-11-23 03:12 CET (02:12Z)");
  CHECK(berlin.time("2026-07-01T22:30:00.000Z") == "2026-07-02 00:30 CEST (22:30Z)");
  Renderer utc(terminal, {});
  CHECK(utc.time("2026-11-23T02:12:00.000Z") == "2026-11-23 02:12Z");
  CHECK(utc.time("no time") == "no time");
}

TEST_CASE("tables are aligned by characters, not bytes, with headings in the language") {
  const json::object document{{"rows", json::array{json::object{{"name", "Zürich"}, {"state", "up"}},
                                                   json::object{{"name", "Bonn"}, {"state", 7}}}}};
  CHECK(shown(document, {"rows", {"name", "state"}, "none", {}}) ==
        "NAME    STATE\nZürich  up\nBonn    7\n");
  CHECK(shown(document, {"rows", {"state", "rtt_ms"}, "none", {}}, {.lang = "de"}) ==
        "ZUSTAND  RTT MS\nup       -\n7        -\n");
}

TEST_CASE("an empty table is a sentence") {
  const json::object document{{"rows", json::array{}}};
  CHECK(shown(document, {"rows", {"name"}, "no_runs", {}}) == "no run\n");
  CHECK(shown(document, {"rows", {"name"}, "no_runs", {}}, {.lang = "fr"}) == "aucune exécution\n");
}

TEST_CASE("a document without a table is names and values, its lists tables below") {
  const json::object document{{"org", "delos"},
                              {"receipts", json::array{json::object{{"org", "bleu"}, {"ok", true}}}},
                              {"state", nullptr}};
  CHECK(shown(document, {}) ==
        "organisation  delos\nstate         -\n\nreceipts\nORGANISATION  OK\nbleu          yes\n");
}

TEST_CASE("fields in braces are filled in, unknown ones with nothing") {
  CHECK(shown({{"org", "bleu"}}, {{}, {}, {}, "{org} joined{why}."}) == "bleu joined.\n");
}

TEST_CASE("cells are cut at their width without breaking a character") {
  std::string umlauts;
  for (int i = 0; i < 70; ++i) umlauts += "ü";
  const json::object document{{"rows", json::array{json::object{{"name", umlauts}}}}};
  const auto text = shown(document, {"rows", {"name"}, "none", {}});
  const auto cell = text.substr(5, text.size() - 6);
  CHECK(width_of(cell) == cell_width_max);
  CHECK(cell.ends_with("ü…"));
}

TEST_CASE("nothing that a partner wrote steers the terminal") {
  CHECK(harmless("a\x1b[2Jb\r\n\x7f") == "a\\x1b[2Jb\\x0d\\x0a\\x7f");
  CHECK(harmless("C1 \xc2\x9b" "31m") == "C1 \\x9b31m");
  CHECK(harmless("Zürich £ é") == "Zürich £ é");
  RecordingTerminal terminal;
  Renderer renderer(terminal, {});
  CHECK(renderer.cell(json::value("\x1b]0;title\x07")) == "\\x1b]0;title\\x07");
  CHECK(renderer.cell(json::value(json::array{"a\nb", "c"})) == "a\\x0ab, c");
}

TEST_CASE("what turns the direction of writing round is shown as what it is") {
  // A domain that reads backwards would have a person sign what is not there.
  CHECK(harmless("evil\u202Egro.elpmaxe") == "evil\\u202egro.elpmaxe");
  CHECK(harmless("a\u2066b\u2069c\u200Fd") == "a\\u2066b\\u2069c\\u200fd");
  CHECK(harmless("en – dash …") == "en – dash …");
}

TEST_CASE("states have colours where colour is wanted, and widths do not count them") {
  const json::object document{{"rows", json::array{json::object{{"state", "failed"}, {"org", "a"}},
                                                   json::object{{"state", "done"}, {"org", "b"}}}}};
  const View view{"rows", {"state", "org"}, "none", {}};
  CHECK(shown(document, view, {.colour = true}) ==
        "STATE   ORGANISATION\n\x1b[31mfailed\x1b[0m  a\n\x1b[32mdone\x1b[0m    b\n");
  CHECK(shown(document, view).find('\x1b') == std::string::npos);
}
