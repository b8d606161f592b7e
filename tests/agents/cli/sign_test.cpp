#include "agents/cli/sign.hpp"

#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;

TEST_CASE("a signed body verifies under its label and federation, and under no other") {
  tests::Federation federation;
  const auto home = agents::read_home(federation.world().disk, federation.home("delos"));
  REQUIRE(home);
  const auto& person = federation.person("delos");
  const auto body = bytes_of("stop everything");
  const auto args = signed_arguments(person, *home, crypto::Label::order, body);
  CHECK(args.at("analyst") == "duty");
  const auto order = from_base64(tests::text_of_key(args, "order"));
  const auto raw = from_base64(tests::text_of_key(args, "signature"));
  REQUIRE(order);
  REQUIRE(raw);
  CHECK(text_of(*order) == "stop everything");
  const auto signature = SignatureBytes::from(*raw);
  REQUIRE(signature);
  const auto& key = person.certificate.body.signing;
  const auto& id = home->charter->federation;
  CHECK(crypto::verify(crypto::Label::order, id, *order, key, *signature));
  CHECK_FALSE(crypto::verify(crypto::Label::approval, id, *order, key, *signature));
  CHECK_FALSE(crypto::verify(crypto::Label::order, FederationId(), *order, key, *signature));
  const auto other = bytes_of("start everything");
  CHECK_FALSE(crypto::verify(crypto::Label::order, id, other, key, *signature));
}

TEST_CASE("an id of another length or alphabet is refused, naming what it should have been") {
  const auto good = id_from<Digest>("digest", to_base32(Digest()));
  REQUIRE(good);
  CHECK(*good == Digest());
  for (const auto* text : {"", "abcd", "not base32!"}) {
    const auto bad = id_from<Digest>("digest", text);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message.starts_with("digest: "));
  }
}

TEST_CASE("the only person of a key folder signs without being named; of two, one must be") {
  tests::Federation federation;
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  federation.start("delos");
  const auto id =
      tests::text_of_key(line.document("ioc add ipv4 192.0.2.7 --tlp green"), "id");
  REQUIRE(line.run(fmt::format("analyst new erika --role analyst --root-dir {}-root",
                               federation.home("delos").string()))
              .exit == 0);
  const auto words = "ioc retract " + id + " --why honeypot";
  const auto which = line.error(words, 2);
  const auto text = tests::text_of_key(which, "message") + tests::text_of_key(which, "hint");
  CHECK(text.find("erika") != std::string::npos);
  CHECK(text.find("duty") != std::string::npos);
  CHECK(line.run(words + " --as erika").exit == 0);
}
