#include "agents/agent/services.hpp"

#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using tests::Desks;

TEST_CASE("what is shared becomes durable without waiting for it") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const auto id = desks.publish(delos, delos.indicator("evil.example"));
  CHECK(delos.book().value_of(id) == "evil.example");
  CHECK(delos.services().share_failures == 0);
}

TEST_CASE("what cannot be shared is counted and said in the log") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  std::vector<mesh::Draft> drafts{delos.indicator("evil.example", {mesh::Tlp::amber, {}})};
  delos.services().share(std::move(drafts));
  desks.pass(std::chrono::seconds(1));
  CHECK(delos.services().share_failures == 1);
  CHECK(delos.machine().log().says("1 records could not be shared"));
}

TEST_CASE("a record's header says who, when and under which marking") {
  Desks desks;
  auto& delos = desks.delos();
  delos.start();
  const mesh::Marking marking{mesh::Tlp::amber, mesh::Pap::red};
  const auto header = delos.services().header(mesh::RecordKind::note, marking);
  CHECK(header.kind == mesh::RecordKind::note);
  CHECK(header.marking == marking);
  CHECK(header.author == delos.node->author());
  CHECK(header.created == delos.services().now());
  CHECK(delos.services().org() == "delos");
}
