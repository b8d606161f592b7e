#include "agents/cli/charter_document.hpp"

#include "crypto/charter_chain.hpp"
#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

using namespace tocsin;
using agents::cli::change_lines;
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

TEST_CASE("a version says whom it adds and removes, and how much of the latter counts") {
  tests::SampleFederation sample;
  const auto first = crypto::make_charter(sample.body()).value();
  CHECK(change_lines(first).empty());
  CHECK(charter_document(first, tests::sample_start).at("added").as_array().empty());

  auto body = first.body;
  const auto bleu = body.members[1];
  body.members.erase(body.members.begin() + 1);
  body.amend = {};
  body.policies.clear();
  const auto silent = crypto::amend_charter(first, body).value();
  CHECK(change_lines(silent) ==
        "version 2 removes bleu, and nothing that it signed counts any more\n");
  body.removed = {{"bleu", {crypto::LastBatch{}}}};
  const auto second = crypto::amend_charter(first, body).value();
  CHECK(change_lines(second) == "version 2 removes bleu: the last batches of 1 logs are named, and "
                                "nothing after them counts\n");

  body.members.push_back(bleu);
  body.removed.clear();
  const auto third = crypto::amend_charter(second, body).value();
  CHECK(change_lines(third) == "version 3 adds bleu\n");
  CHECK(charter_document(third, tests::sample_start).at("added") == boost::json::array{"bleu"});
}
