#include "agents/cli/charter_document.hpp"

#include "crypto/charter_chain.hpp"
#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using agents::cli::charter_document;

TEST_CASE("a charter is shown with its rule, who is lost or gone, and what is missing") {
  tests::SampleFederation sample;
  auto first = crypto::make_charter(sample.body()).value();
  for (const auto* org : {&sample.delos, &sample.bleu, &sample.bsi})
    REQUIRE(crypto::sign_charter(first, org->card.org, org->root));
  const auto whole = charter_document(first, tests::sample_start);
  CHECK(whole.at("missing").is_null());
  CHECK(whole.at("former").as_array().empty());
  CHECK(whole.at("amend").at("members") == 2);
  CHECK(whole.at("members").at(1).at("lost") == false);

  auto body = first.body;
  body.members.erase(body.members.begin() + 1);
  body.amend = {};
  body.policies.clear();
  const auto second = crypto::amend_charter(first, body);
  REQUIRE(second);
  const auto shown = charter_document(*second, tests::sample_start);
  CHECK(shown.at("version") == 2);
  CHECK(shown.at("former") == boost::json::array{"bleu"});
  CHECK(shown.at("missing").is_string());
}
