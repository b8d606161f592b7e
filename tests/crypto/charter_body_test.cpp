#include "crypto/charter_body.hpp"

#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

struct Sample : tests::SampleFederation {
  CharterBody made = make_charter(body())->body;
  std::string text = write_charter_body(made);

  std::string fault() const {
    const auto good = check_charter_body(made);
    return good ? "" : good.error().message;
  }
  std::string fault_of(std::string_view from, std::string_view to) const {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    const auto read = read_charter_body(std::string(text).replace(at, from.size(), to));
    return read ? "" : read.error().message;
  }
};

}  // namespace

TEST_CASE_METHOD(Sample, "the body of a charter reads back as it was written") {
  const auto read = read_charter_body(text);
  REQUIRE(read);
  CHECK(write_charter_body(*read) == text);
  CHECK(read->members.size() == 3);
  CHECK(read->members[1].agents[0].signing == bleu.signing.public_key());
  CHECK(read->created == made.created);
  CHECK(read->expires == made.expires);
  CHECK_FALSE(read->exercise);
  CHECK(read->policies[0].local_ttl_max == std::chrono::hours(1));
}

TEST_CASE_METHOD(
    Sample, "the default policies ask two operators to block, one to undo and release") {
  REQUIRE(made.policies.size() == 3);
  CHECK(made.policies[0].action_class == "block");
  CHECK(made.policies[0].orgs_distinct == 2);
  CHECK(made.policies[0].local_orgs_distinct == 1);
  CHECK(made.policies[0].org_role == OrgRole::operator_);
  CHECK(made.policies[0].analyst_role == AnalystRole::approver);
  CHECK(made.policies[1].action_class == "undo");
  CHECK(made.policies[1].orgs_distinct == 1);
  CHECK(made.policies[2].action_class == "release");
  CHECK(made.policies[2].orgs_distinct == 1);
  CHECK(default_policies({delos.card, bsi.card})[0].orgs_distinct == 1);
  CHECK(default_policies({bsi.card}).empty());
}

TEST_CASE_METHOD(Sample,
                 "a threshold of zero, or beyond the members of its role, is refused") {
  auto& block = made.policies[0];
  SECTION("zero") {
    block.orgs_distinct = 0;
    CHECK(fault() ==
          "charter: policy 'block': 'orgs_distinct' is 0, must be from 1 to the 2 "
          "members with role operator");
    CHECK(fault_of("\"orgs_distinct\":2", "\"orgs_distinct\":0") ==
          "charter: policies[0]: 'orgs_distinct' must be a whole number from 1 to 64");
  }
  SECTION("three of two") { block.orgs_distinct = 3; }
  SECTION("two of one authority") { block.org_role = OrgRole::authority; }
  SECTION("one of no vendor") {
    block.org_role = OrgRole::vendor;
    block.orgs_distinct = 1;
  }
  SECTION("local zero") { block.local_orgs_distinct = 0; }
  SECTION("local above all") { block.local_orgs_distinct = 3; }
  SECTION("no life") { block.local_ttl_max = Duration(0); }
  SECTION("too long a life") { block.local_ttl_max = std::chrono::days(31); }
  SECTION("twice") { made.policies.push_back(block); }
  CHECK_FALSE(fault().empty());
}

TEST_CASE_METHOD(Sample, "members are told apart by name and by every key") {
  SECTION("none") { made.members.clear(); }
  SECTION("too many") { made.members.resize(members_max + 1, made.members[0]); }
  SECTION("same name") { made.members[1].org = "delos"; }
  SECTION("same root") { made.members[1].root = made.members[0].root; }
  SECTION("another's root as recovery") {
    made.members[1].recovery = made.members[0].root;
  }
  SECTION("another's agent key") {
    made.members[1].agents[0].signing = made.members[0].agents[0].signing;
  }
  SECTION("root as agent key") {
    made.members[0].agents[0].signing = made.members[0].root;
  }
  CHECK_FALSE(fault().empty());
}

TEST_CASE_METHOD(Sample, "a fault in a charter's body is named") {
  CHECK(fault_of("\"exercise\":false", "\"exercise\":0") ==
        "charter: 'exercise' must be true or false");
  CHECK(fault_of("\"exercise\":false", "\"exercise\":false,\"x\":1") ==
        "charter: unknown key 'x'");
  CHECK(fault_of("\"exercise\":false,", "") == "charter: 'exercise' is missing");
  CHECK(fault_of("\"org\":\"bleu\"", "\"org\":7") ==
        "charter: members[1]: 'org' must be a string");
  CHECK(fault_of("\"version\":1", "\"version\":2") ==
        "charter: version 2: 'previous' must be the digest of the version before it");
  CHECK(fault_of("\"amend_members\":2", "\"amend_members\":1") ==
        "charter: 'amend_members' is 1, must be from 2 to 3");
  CHECK(fault_of("\"amend_operators\":1", "\"amend_operators\":3") ==
        "charter: 'amend_operators' is 3, must be from 0 to 2");
  CHECK(fault_of("\"lost_max\":1", "\"lost_max\":2") ==
        "charter: 'lost_max' is 2, must be from 0 to 1");
  CHECK(fault_of("\"lost\":[]", "\"lost\":[\"acn\"]") ==
        "charter: 'lost' names 'acn', who is no member");
  CHECK(fault_of("\"lost\":[]", "\"lost\":[1]") == "charter: 'lost' must hold strings only");
  CHECK(fault_of("Z\"", "\"").starts_with("charter: 'created' '"));
  made.expires = WallTime{std::int64_t{1} << 60};
  CHECK(fault() == "charter: 'expires' is after the year 9999");
  made.expires = made.created;
  CHECK(fault() == "charter: 'expires' is not after 'created'");
}

TEST_CASE_METHOD(Sample, "a body that two readers could read differently is refused") {
  const std::string form = "charter: the body is not in the one form that is signed";
  CHECK(fault_of("\"exercise\":false", "\"exercise\":true,\"exercise\":false") == form);
  CHECK(fault_of("\"exercise\":false", "\"exercise\": false") == form);
  CHECK(fault_of("\"org\":\"bleu\"", "\"org\":\"\\u0062leu\"") == form);
}
