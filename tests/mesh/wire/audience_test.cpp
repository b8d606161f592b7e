#include "mesh/wire/marking.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/wire/sample_charter.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
const auto charter = tests::sample_charter();
Result<Audience> audience(Tlp tlp, const std::vector<std::string>& to, std::string_view by = "delos") {
  return audience_of({tlp, Pap::green}, to, by, charter);
}
using Names = std::vector<std::string>;
}  // namespace

TEST_CASE("CLEAR and GREEN reach all members, AMBER the operators and its author") {
  CHECK(audience(Tlp::clear, {})->all_members);
  CHECK(audience(Tlp::green, {})->all_members);
  CHECK(audience(Tlp::amber, {})->orgs == Names{"bleu", "delos", "third"});
  CHECK(audience(Tlp::amber, {}, "bsi")->orgs == Names{"bleu", "bsi", "delos", "third"});
}

TEST_CASE("naming organisations narrows, and always leaves the author in") {
  CHECK(audience(Tlp::green, {"bsi", "bsi"})->orgs == Names{"bsi", "delos"});
  CHECK_FALSE(audience(Tlp::green, {"bsi"})->all_members);
  CHECK(audience(Tlp::amber, {"bleu"})->orgs == Names{"bleu", "delos"});
  CHECK(audience(Tlp::amber_strict, {"bsi"})->orgs == Names{"bsi", "delos"});
  CHECK(*audience(Tlp::red, {"bleu/anna"}) == Audience{false, {"delos"}, {"bleu/anna"}});
}

TEST_CASE("an audience that the marking cannot have is refused") {
  const auto refused = [](Tlp tlp, const Names& to, std::string_view by = "delos") {
    const auto got = audience(tlp, to, by);
    return !got && got.error().code == Errc::marking;
  };
  CHECK(refused(Tlp::amber_strict, {}));
  CHECK(refused(Tlp::red, {}));
  CHECK(refused(Tlp::red, {"bleu"}));
  CHECK(refused(Tlp::red, {"bleu/"}));
  CHECK(refused(Tlp::red, {"nobody/anna"}));
  CHECK(refused(Tlp::amber, {"bleu/anna"}));
  CHECK(refused(Tlp::amber, {"bsi"}));
  CHECK(refused(Tlp::green, {"nobody"}));
  CHECK(refused(Tlp::green, {}, "nobody"));
  CHECK(refused(Tlp(0), {}));
  CHECK(refused(Tlp(6), {"bleu"}));
}

TEST_CASE("exits give and refuse by audience, marking and recipient") {
  const Marking amber{Tlp::amber, Pap::green}, red{Tlp::red, Pap::green};
  const auto operators = *audience(Tlp::amber, {});
  CHECK(check_exit(Exit::push, amber, operators, {"bleu"}, charter) == Refusal::none);
  CHECK(check_exit(Exit::push, amber, operators, {"bsi"}, charter) == Refusal::not_in_audience);
  CHECK(check_exit(Exit::push, amber, operators, {"nobody"}, charter) ==
        Refusal::unknown_recipient);
  CHECK(check_exit(Exit::relay, amber, operators, {"bsi", {}, true}, charter) == Refusal::none);
  CHECK(check_exit(Exit::api, amber, operators, {"bsi", {}, true}, charter) ==
        Refusal::not_in_audience);
  CHECK(check_exit(Exit::push, amber, {true, {}, {}}, {"bleu"}, charter) == Refusal::marking);

  const auto anna = *audience(Tlp::red, {"bleu/anna"});
  CHECK(check_exit(Exit::api, red, anna, {"bleu", "anna"}, charter) == Refusal::none);
  CHECK(check_exit(Exit::api, red, anna, {"bleu", "ben"}, charter) == Refusal::red);
  CHECK(check_exit(Exit::api, red, anna, {"bleu"}, charter) == Refusal::red);
  CHECK(check_exit(Exit::push, red, anna, {"bleu"}, charter) == Refusal::none);
  CHECK(check_exit(Exit::push, red, anna, {"third"}, charter) == Refusal::red);
  CHECK(check_exit(Exit::relay, red, anna, {"bsi", {}, true}, charter) == Refusal::red);
}

TEST_CASE("the public gets CLEAR for all, and a block list only what may block") {
  const Audience all{true, {}, {}};
  CHECK(check_exit(Exit::edl, {Tlp::clear, Pap::green}, all, {}, charter) == Refusal::none);
  CHECK(check_exit(Exit::edl, {Tlp::clear, Pap::amber}, all, {}, charter) == Refusal::marking);
  CHECK(check_exit(Exit::edl, {Tlp::green, Pap::green}, all, {}, charter) == Refusal::marking);
  CHECK(check_exit(Exit::edl, {Tlp::green, Pap::green}, all, {"bleu"}, charter) == Refusal::none);
  CHECK(check_exit(Exit::export_, {Tlp::clear, Pap::red}, all, {}, charter) == Refusal::none);
  CHECK(check_exit(Exit::push, {Tlp::clear, Pap::clear}, all, {}, charter) ==
        Refusal::unknown_recipient);
  CHECK(check_exit(Exit::export_, {Tlp::clear, Pap::red}, {false, {"bleu"}, {}}, {}, charter) ==
        Refusal::not_in_audience);
}

TEST_CASE("exits and refusals have names") {
  for (int i = 0; i <= 6; ++i) CHECK(name_of(Exit(i)) != "unknown");
  for (int i = 0; i <= 4; ++i) CHECK(name_of(Refusal(i)) != "unknown");
}
