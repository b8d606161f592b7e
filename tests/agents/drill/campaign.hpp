// The injects of one campaign up to a joint block: shared by tests of director and observer.
#pragma once

#include "agents/drill/director.hpp"
#include "tests/agents/drill/exercise.hpp"

namespace tocsin::tests {

/// Injects 0 to 3 end with an incident at both, 4 starts the run, 5 and 6 sign, 7 signs again.
inline constexpr std::string_view campaign = R"(
[[event]]
at = 1
title = "A campaign"
[[event.inject]]
kind = "playbook-import"
org = "delos"
name = "block"
file = "rhine-block.json"
[[event.inject]]
kind = "ioc-add"
org = "delos"
name = "c2"
type = "domain"
value = "c2-backup.example"
tlp = "amber"
pap = "green"
confidence = 95
[[event.inject]]
kind = "ndjson"
org = "delos"
lines = ['{"@timestamp":"{now}","event":{"dataset":"dns"},"host":{"name":"delos-portal-1"},"dns":{"question":{"name":"c2-backup.example","type":"A"}}}']
[[event.inject]]
kind = "bulk"
org = "bleu"
lines = ['{"@timestamp":"{now}","event":{"dataset":"dns"},"host":{"name":"bleu-mail-1"},"dns":{"question":{"name":"c2-backup.example","type":"A"}}}']
[[event.inject]]
kind = "playbook-run"
org = "delos"
name = "first"
playbook = "block"
incident = "c2"
var = ["value=c2-backup.example", "inform_customers=false"]
[[event.inject]]
kind = "approve"
org = "delos"
run = "first"
[[event.inject]]
kind = "approve"
org = "bleu"
run = "first"
[[event.inject]]
kind = "approve"
org = "delos"
run = "first"
replay = true
[[event.expect]]
kind = "waits"
text = "the block waits for two signatures"
within = 2
org = "delos"
run = "first"
[[event.expect]]
kind = "approved"
text = "the signature of Bleu counts"
within = 2
org = "delos"
run = "first"
by = "bleu"
[[event.expect]]
kind = "effects"
text = "blocked once at Bleu"
within = 2
org = "bleu"
indicator = "c2"
count = 1
[[event.expect]]
kind = "replays"
text = "the replay is counted"
within = 2
org = "delos"
run = "first"
count = 1
[[event.expect]]
kind = "state-equal"
text = "both hold the same"
within = 2
orgs = ["delos", "bleu"]
[[event.expect]]
kind = "no-block"
text = "nothing is blocked"
within = 1
org = "bleu"
indicator = "c2"
[[event.expect]]
kind = "sighting"
text = "Bleu sees it"
within = 1
org = "bleu"
indicator = "c2"
[[event.expect]]
kind = "same-incident"
text = "one incident"
within = 1
orgs = ["delos", "bleu"]
indicator = "c2"
[[event.expect]]
kind = "no-indicator"
text = "Bleu does not get it"
within = 1
org = "bleu"
indicator = "c2"
[[event.expect]]
kind = "kept"
text = "nothing is lost"
within = 2
org = "delos"
)";

/// Plays the injects up to `last`, one second apart.
inline mesh::Task<> play_up_to(Exercise& exercise, drill::Stage& stage, drill::Director& director,
                               std::size_t last) {
  for (std::size_t i = 0; i <= last; ++i) {
    const bool played = co_await director.play(exercise.inject(i));
    CHECK(played);
    co_await mesh::sleep(stage.world.loop, 1s);
  }
}

}  // namespace tocsin::tests
