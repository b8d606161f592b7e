// tocsin drill and bench: performed by other parts of the program.
#include "agents/cli/nouns.hpp"

namespace tocsin::agents::cli {

void add_drill(Commands& out) {
  out.push_back({.noun = "drill", .verb = "run", .about = "the whole federation on this machine",
                 .example = "tocsin drill run rhine --report report.html",
                 .positionals = {{"SCENARIO", "scenario", false, true}},
                 .flags = {{"simulate", "", "in virtual time, the same again for the same seed"},
                           {"seed", "N", "of all chance in the simulation"},
                           {"keep", "DIR", "homes and logs stay there"},
                           {"report", "FILE", "the after-action report, HTML"},
                           {"library", "DIR", "where scenarios are, else those that ship"}}});
  out.push_back({.noun = "drill", .verb = "list", .about = "scenarios that ship",
                 .example = "tocsin drill list",
                 .flags = {{"library", "DIR", "where scenarios are, else those that ship"}},
                 .view = {"scenarios", {"name", "title", "orgs", "seconds"}, "none", {}}});
  out.push_back({.noun = "drill", .verb = "check", .about = "what is wrong with a scenario",
                 .example = "tocsin drill check my-scenario.toml",
                 .positionals = {{"FILE", "file"}}});
  out.push_back({.noun = "bench", .verb = "",
                 .about = "measure this machine: ingest, match, catchup, reconcile, alarm, link, latency, live, "
                          "block, memory, restart, overhead, handshakes, run",
                 .example = "tocsin bench match --count 1000000",
                 .positionals = {{"WHAT", "what", false, true}},
                 .flags = {{"count", "N", "how much of it"}, {"seed", "N", "of all chance"}}});
}

}  // namespace tocsin::agents::cli
