#include "agents/agent/witness_clerk.hpp"

#include "mesh/sync/archive.hpp"
#include "mesh/sync/retraction.hpp"
#include "tests/agents/agent/desk.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using namespace std::chrono_literals;
using mesh::Pap;
using mesh::RecordKind;
using mesh::Tlp;

namespace {

const mesh::Audience both{false, {"bleu", "delos"}, {}}, all{true, {}, {}};

struct Rig : Desks {
  Rig() {
    bleu().witnesses = delos().witnesses = true;
    start_both();
  }
  mesh::Draft note(AgentDesk& desk, mesh::Audience audience, std::string_view text) {
    const mesh::Marking marking{audience.all_members ? Tlp::green : Tlp::amber, Pap::green};
    return made_note(*desk.node, marking, std::move(audience), text, homes.universe.wall());
  }
  mesh::Draft retraction(AgentDesk& desk, const Digest& target) {
    const mesh::Marking marking{Tlp::green, Pap::green};
    return {RecordKind::retraction, marking, all, mesh::LogClass::urgent,
            mesh::encode_retraction(desk.services().header(RecordKind::retraction, marking),
                                    {target, "honeypot", "duty", {}, {}})
                .value()};
  }
  std::vector<std::pair<mesh::Node::Found, std::vector<mesh::Witnessed>>> held(AgentDesk& desk) {
    std::vector<std::pair<mesh::Node::Found, std::vector<mesh::Witnessed>>> out;
    for (std::uint64_t at = 0; at < desk.store->ordinals(); ++at) {
      const auto found = desk.node->at(at).value();
      if (!found) continue;
      const auto heads = mesh::view_witness(*mesh::view_record(found->record));
      if (heads) out.emplace_back(*found, *heads);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("a partner's decision is witnessed within seconds, and its author holds the word") {
  Rig rig;
  const auto id = rig.publish(rig.delos(), rig.delos().indicator("evil.example"));
  rig.publish(rig.delos(), rig.retraction(rig.delos(), id));
  REQUIRE(rig.until([&] { return !rig.held(rig.delos()).empty(); }, 5s));
  const auto [found, heads] = rig.held(rig.delos()).front();
  CHECK(found.org == "bleu");
  CHECK(found.log.log_class == mesh::LogClass::control);
  REQUIRE(heads.size() == 1);
  CHECK(heads[0].log.agent == rig.delos().node->agent_id());
  const auto at = heads[0];
  REQUIRE(rig.until([&] {  // Once it is on the disk.
    return rig.delos()
        .services()
        .witnesses.witnesses_of(at.log, at.sequence, "delos")
        .contains("bleu");
  }));
  const auto audit = mesh::verify_archive(*rig.delos().store, rig.delos().services().charter);
  REQUIRE(audit);
  CHECK(audit->ok);
  CHECK(audit->witnessed > 0);
}

TEST_CASE("what is no decision is witnessed within a minute, and nothing when nothing changed") {
  Rig rig;
  rig.publish(rig.delos(), rig.note(rig.delos(), all, "a note"));
  rig.pass(50s);
  CHECK(rig.held(rig.delos()).empty());
  REQUIRE(rig.until([&] { return rig.held(rig.delos()).size() == 1; }, 15s));
  rig.pass(10min);
  CHECK(rig.held(rig.delos()).size() == 1);
  CHECK(rig.held(rig.bleu()).size() == 1);  // No word about the word.
}

TEST_CASE("a log sealed for a circle is witnessed to that circle only") {
  Rig rig;
  rig.publish(rig.delos(), rig.note(rig.delos(), both, "among us"));
  rig.publish(rig.delos(), rig.note(rig.delos(), all, "to all"));
  REQUIRE(rig.until([&] { return rig.held(rig.delos()).size() == 2; }, 70s));
  for (const auto& [found, heads] : rig.held(rig.delos())) {
    REQUIRE(heads.size() == 1);
    CHECK(found.log.scope.is_zero() == heads[0].log.scope.is_zero());
    CHECK(found.audience == (heads[0].log.scope.is_zero() ? all : both));
  }
}

TEST_CASE("what was witnessed before a restart is not witnessed again") {
  Rig rig;
  rig.publish(rig.delos(), rig.note(rig.delos(), all, "a note"));
  REQUIRE(rig.until([&] { return rig.held(rig.bleu()).size() == 1; }, 70s));
  rig.bleu().stop();
  rig.bleu().start();
  rig.pass(5min);
  CHECK(rig.held(rig.bleu()).size() == 1);
}
