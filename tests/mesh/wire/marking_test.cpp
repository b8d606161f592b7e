#include "mesh/wire/marking.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("TLP and PAP are read in the forms that feeds use") {
  CHECK(*tlp_from("amber+strict") == Tlp::amber_strict);
  CHECK(*tlp_from("TLP:AMBER+STRICT") == Tlp::amber_strict);
  CHECK(*tlp_from("tlp:white") == Tlp::clear);
  CHECK(*tlp_from(" TLP:Green ") == Tlp::green);
  CHECK(*pap_from("PAP:AMBER") == Pap::amber);
  CHECK(*pap_from("white") == Pap::clear);
  for (const auto text : {"", "tlp:", "amber strict", "pap:red", "ambre", "tlp:tlp:red"})
    CHECK(tlp_from(text).error().code == Errc::invalid);
  for (const auto text : {"", "amber+strict", "tlp:green"})
    CHECK(pap_from(text).error().code == Errc::invalid);
  CHECK(tlp_from("VS-NfD").error().code == Errc::marking);
  CHECK(pap_from("TLP:SECRET").error().code == Errc::marking);
}

TEST_CASE("names go out as they come in") {
  for (int i = 1; i <= 5; ++i) CHECK(*tlp_from(name_of(Tlp(i))) == Tlp(i));
  for (int i = 1; i <= 4; ++i) CHECK(*pap_from(name_of(Pap(i))) == Pap(i));
  CHECK(name_of(Tlp(0)) == "unknown");
  CHECK(name_of(Pap(5)) == "unknown");
}

TEST_CASE("blocking needs PAP GREEN or CLEAR, and RED never enters a matching table") {
  CHECK(may_block({Tlp::red, Pap::green}));
  CHECK(may_block({Tlp::clear, Pap::clear}));
  CHECK_FALSE(may_block({Tlp::clear, Pap::amber}));
  CHECK_FALSE(may_block({Tlp::clear, Pap::red}));
  CHECK_FALSE(may_block({Tlp::clear, Pap(9)}));
  CHECK_FALSE(may_match({Tlp::red, Pap::clear}));
  CHECK(may_match({Tlp::amber_strict, Pap::red}));
  CHECK_FALSE(may_match({Tlp(0), Pap::clear}));
  CHECK(Marking{} == Marking{Tlp::amber_strict, Pap::amber});
}

TEST_CASE("a derived marking permits what both permit, in any order") {
  CHECK(intersect({Tlp::clear, Pap::amber}, {Tlp::amber, Pap::clear}) ==
        Marking{Tlp::amber, Pap::amber});
  CHECK(intersect({Tlp::amber, Pap::red}, {Tlp::amber_strict, Pap::green}) ==
        Marking{Tlp::amber_strict, Pap::red});
  for (int a = 1; a <= 5; ++a)
    for (int b = 1; b <= 5; ++b) {
      const Marking left{Tlp(a), Pap(1 + a % 4)}, right{Tlp(b), Pap(1 + b % 4)};
      CHECK(intersect(left, right) == intersect(right, left));
      CHECK(intersect(left, left) == left);
      CHECK_FALSE((may_block(intersect(left, right)) && !may_block(left)));
      CHECK_FALSE((may_match(intersect(left, right)) && !may_match(right)));
    }
  CHECK(intersect({Tlp(0), Pap(0)}, {Tlp::clear, Pap::clear}) == Marking{Tlp::red, Pap::red});
}

TEST_CASE("the audience of a derived record is what both audiences share") {
  const Audience all{true, {}, {}}, both{false, {"bleu", "delos"}, {}}, one{false, {"bleu"}, {}};
  const Audience person{false, {"delos"}, {"bleu/anna", "bsi/ben"}};
  CHECK(intersect(all, both) == both);
  CHECK(intersect(both, one) == one);
  CHECK(intersect(one, Audience{}) == Audience{});
  CHECK(intersect(all, Audience{}) == Audience{});
  CHECK(intersect(one, person) == Audience{false, {}, {"bleu/anna"}});
  CHECK(intersect(person, one) == Audience{false, {}, {"bleu/anna"}});
  CHECK(intersect(person, person) == person);
}

TEST_CASE("what comes from two records for persons goes only to those that both name") {
  const Audience by_bleu{false, {"bleu"}, {"bsi/ben", "delos/dora"}};
  const Audience by_delos{false, {"delos"}, {"bleu/anna", "bsi/ben"}};
  CHECK(intersect(by_bleu, by_delos) == Audience{false, {}, {"bsi/ben"}});
  CHECK(intersect(by_delos, by_bleu) == Audience{false, {}, {"bsi/ben"}});
}

TEST_CASE("an audience includes an organisation by name, by a person of it, or as a member") {
  CHECK(Audience{true, {}, {}}.includes("bleu"));
  CHECK_FALSE(Audience{true, {}, {}}.includes(""));
  CHECK(Audience{false, {"bleu"}, {}}.includes("bleu"));
  CHECK(Audience{false, {}, {"bleu/anna"}}.includes("bleu"));
  CHECK_FALSE(Audience{false, {"bleu2"}, {"bleu2/anna"}}.includes("bleu"));
  CHECK_FALSE(Audience{}.includes("bleu"));
}
