#include "crypto/handshake.hpp"

#include "tests/crypto/given_entropy.hpp"
#include "tests/crypto/handshake_sample.hpp"
#include "tests/document_vectors.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::HandshakeSample;

namespace {

Errc refusal(HandshakeSample& sample, Initiator::Options options) {
  const auto initiator = Initiator::make(std::move(options), sample.entropy).value();
  const auto answer = sample.answer(initiator.message1());
  REQUIRE_FALSE(answer);
  return answer.error().code;
}

}  // namespace

TEST_CASE(
    "two agents find the same channel, and each the other's certificate and greeting") {
  HandshakeSample sample;
  auto options = sample.options();
  options.greeting = {sample.members.body().created, 1};
  auto initiator = Initiator::make(options, sample.entropy).value();
  CHECK(initiator.message1().size() <= handshake_message_max);
  auto answer = sample.answer(initiator.message1()).value();
  CHECK(answer.peer.body.org == "delos");
  CHECK(answer.greeting.timestamp == tests::sample_start);
  CHECK(answer.greeting.purpose == 1);
  auto outcome = initiator.finish(answer.message2, sample.check()).value();
  CHECK(outcome.peer.body.org == "bleu");
  CHECK(outcome.channel.handshake_hash() == answer.channel.handshake_hash());

  Bytes sealed, opened;
  outcome.channel.seal(bytes_of("to bleu"), sealed);
  REQUIRE(answer.channel.open(sealed, opened));
  CHECK(text_of(opened) == "to bleu");
  sealed.clear();
  answer.channel.seal(bytes_of("to delos"), sealed);
  REQUIRE(outcome.channel.open(sealed, opened));
  CHECK(text_of(opened) == "to delos");
}

TEST_CASE("a responder takes the next pair secret as well, and no third") {
  HandshakeSample sample;
  auto options = sample.options();
  options.psk = sample.next_psk;
  auto initiator = Initiator::make(options, sample.entropy).value();
  const auto answer = sample.answer(initiator.message1());
  REQUIRE(answer);
  CHECK(initiator.finish(answer->message2, sample.check()));
  options.psk = SecretKey{{99}};
  CHECK(refusal(sample, options) == Errc::unauthenticated);
}

TEST_CASE("a handshake meant for another agent or federation is refused") {
  HandshakeSample sample;
  auto options = sample.options();
  options.responder_channel = sample.members.bsi.channel.public_key();
  CHECK(refusal(sample, options) == Errc::unauthenticated);
  auto foreign = sample.options();
  foreign.own.federation = FederationId{{1}};
  CHECK(refusal(sample, foreign) == Errc::unauthenticated);
}

TEST_CASE("a certificate binds its agent, its organisation and its time") {
  HandshakeSample sample;
  auto options = sample.options();
  auto body = sample.members.delos.agent_body();
  body.channel = sample.members.bsi.channel.public_key();
  body = tests::proven(body, sample.members.delos.signing);
  options.own.certificate = certify(body, sample.members.delos.root, sample.federation);
  CHECK(Initiator::make(options, sample.entropy).error().code == Errc::invalid);

  // A liar's own code would not check: the body says one thing, the signed bytes another.
  options.own.certificate.body.channel = sample.members.delos.channel.public_key();
  CHECK(refusal(sample, options) == Errc::refused);

  body = sample.members.delos.agent_body();
  body.org = "stranger";
  options.own.certificate = certify(body, sample.members.delos.root, sample.federation);
  CHECK(refusal(sample, options) == Errc::refused);

  body = sample.members.delos.agent_body();
  body.not_before = tests::sample_start + std::chrono::hours(1);
  options.own.certificate = certify(body, sample.members.delos.root, sample.federation);
  CHECK(refusal(sample, options) == Errc::expired);
}

TEST_CASE("a member who speaks with another pair's secret is refused") {
  HandshakeSample sample;
  const Initiator::Options options{sample.identity(sample.members.bsi),
                                   sample.members.bleu.channel.public_key(),
                                   sample.psk,
                                   {tests::sample_start, 0}};
  CHECK(refusal(sample, options) == Errc::refused);
}

TEST_CASE("an initiator refuses an answer with a certificate for another key") {
  HandshakeSample sample;
  auto initiator = Initiator::make(sample.options(), sample.entropy).value();
  auto liar = sample.identity(sample.members.bleu);
  liar.certificate = sample.identity(sample.members.bsi).certificate;
  const auto answer = respond(liar, sample.secrets(), initiator.message1(),
                              sample.check(), sample.entropy);
  REQUIRE(answer);
  CHECK(initiator.finish(answer->message2, sample.check()).error().code == Errc::refused);
  CHECK(initiator.finish(answer->message2, sample.check()).error().code == Errc::usage);
}

TEST_CASE("an unknown purpose and a message of no possible size are refused") {
  HandshakeSample sample;
  auto options = sample.options();
  options.greeting.purpose = 5;
  CHECK(refusal(sample, options) == Errc::invalid);
  CHECK(sample.answer({}).error().code == Errc::invalid);
  CHECK(sample.answer(Bytes(handshake_message_max + 1)).error().code == Errc::invalid);
  CHECK(sample.answer(Bytes(handshake_message_max)).error().code ==
        Errc::unauthenticated);
}

namespace {

constexpr std::string_view document = "handshake.md";

/// One side of the document's example.
struct DocumentedSide {
  ExchangeKey channel;
  tests::GivenEntropy ephemeral;
  PublicKey root;
  Certificate certificate;

  explicit DocumentedSide(const std::string& side, const FederationId& federation)
      : channel(ExchangeKey::from_secret(
                    tests::document_bytes(document, side + "_channel_secret"))
                    .value()),
        ephemeral(tests::document_bytes(document, side + "_ephemeral_secret")),
        root(tests::document_fixed<PublicKey>(document, side + "_root")),
        certificate(
            read_certificate(tests::document_bytes(document, side + "_certificate"), root,
                             federation)
                .value()) {
    CHECK(channel.public_key() ==
          tests::document_fixed<PublicKey>(document, side + "_channel_public"));
  }
  OwnIdentity identity(const FederationId& federation) const {
    return {channel, certificate, federation};
  }
};

void check_next(Channel& from, Channel& to, std::string_view plain,
                std::string_view name) {
  Bytes sealed, opened;
  from.seal(bytes_of(plain), sealed);
  if (!name.empty())
    CHECK(to_hex(sealed) == to_hex(tests::document_bytes(document, name)));
  REQUIRE(to.open(sealed, opened));
  REQUIRE(text_of(opened) == plain);
}

}  // namespace

TEST_CASE("the handshake document's example is what this code says") {
  const auto federation = tests::document_fixed<FederationId>(document, "federation");
  const auto psk = tests::document_fixed<SecretKey>(document, "pair_secret");
  DocumentedSide delos("initiator", federation), bleu("responder", federation);
  auto initiator = Initiator::make({delos.identity(federation),
                                    bleu.channel.public_key(),
                                    psk,
                                    {WallTime{1790000001234}, 0}},
                                   delos.ephemeral)
                       .value();
  const auto message1 = tests::document_bytes(document, "message1");
  CHECK(to_hex(initiator.message1()) == to_hex(message1));

  const auto root_of_delos = [&](ByteView c) {
    return read_certificate(c, delos.root, federation);
  };
  const auto root_of_bleu = [&](ByteView c) {
    return read_certificate(c, bleu.root, federation);
  };
  const PairSecrets secrets{"delos", psk, std::nullopt};
  auto answer = respond(bleu.identity(federation), {&secrets, 1}, message1, root_of_delos,
                        bleu.ephemeral)
                    .value();
  CHECK(to_hex(answer.message2) == to_hex(tests::document_bytes(document, "message2")));
  auto outcome = initiator.finish(answer.message2, root_of_bleu).value();
  CHECK(outcome.channel.handshake_hash() ==
        tests::document_fixed<Digest>(document, "handshake_hash"));

  check_next(outcome.channel, answer.channel, "first", "transport_first");
  check_next(answer.channel, outcome.channel, "reply", "transport_reply");
  for (int i = 0; i < 998; ++i) check_next(outcome.channel, answer.channel, "x", "");
  check_next(outcome.channel, answer.channel, "x", "transport_thousandth");
  check_next(outcome.channel, answer.channel, "after", "transport_after_rekey");
}
