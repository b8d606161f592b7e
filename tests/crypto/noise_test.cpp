#include "crypto/noise.hpp"

#include <boost/json.hpp>

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"
#include "tests/crypto/given_entropy.hpp"
#include "tests/seeded_entropy.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::GivenEntropy;
namespace json = boost::json;

namespace {

Bytes hex_at(const json::object& in, std::string_view key) {
  const auto* found = in.if_contains(key);
  return found == nullptr ? Bytes{} : from_hex(found->as_string()).value();
}

noise::Key key_from(ByteView bytes) {
  noise::Key out{};
  REQUIRE(bytes.size() == out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

struct Side {
  std::optional<ExchangeKey> own;
  Bytes prologue;
  GivenEntropy entropy;
  std::optional<noise::Handshake> handshake;
};

Side side_of(const json::object& vector, bool initiator) {
  const std::string prefix = initiator ? "init_" : "resp_";
  const std::string_view name = vector.at("protocol_name").as_string();
  const auto pattern = name.substr(6, name.find('_', 6) - 6);
  Side side{{},
            hex_at(vector, prefix + "prologue"),
            GivenEntropy(hex_at(vector, prefix + "ephemeral")),
            {}};
  if (const auto own = hex_at(vector, prefix + "static"); !own.empty())
    side.own = ExchangeKey::from_secret(own).value();
  noise::Options options;
  options.pattern = pattern;
  options.hash = name.ends_with("SHA256") ? noise::Hash::sha256 : noise::Hash::blake2b;
  options.initiator = initiator;
  options.prologue = side.prologue;
  options.own = side.own ? &*side.own : nullptr;
  if (const auto remote = hex_at(vector, "init_remote_static");
      initiator && !remote.empty())
    options.remote = PublicKey::from(remote).value();
  if (const auto* psks = vector.if_contains(prefix + "psks"))
    options.psk = key_from(from_hex(psks->as_array().at(0).as_string()).value());
  side.handshake = noise::Handshake::make(options).value();
  return side;
}

/// The handshake part of a vector; the number of messages that it took.
std::size_t shake_hands(const json::array& messages, Side& initiator, Side& responder) {
  std::size_t at = 0;
  for (; !initiator.handshake->finished(); ++at) {
    auto& from = at % 2 == 0 ? initiator : responder;
    auto& to = at % 2 == 0 ? responder : initiator;
    const auto payload = hex_at(messages[at].as_object(), "payload");
    Bytes message;
    REQUIRE(from.handshake->write(payload, message, from.entropy));
    CHECK(to_hex(message) == messages[at].at("ciphertext").as_string());
    CHECK(to.handshake->read(message).value() == payload);
  }
  CHECK(responder.handshake->finished());
  return at;
}

void check_vector(const json::object& vector) {
  // The handshake points to the key that its side holds, so sides do not move.
  Side initiator = side_of(vector, true), responder = side_of(vector, false);
  const auto& messages = vector.at("messages").as_array();
  const auto used = shake_hands(messages, initiator, responder);
  CHECK(to_hex(initiator.handshake->hash()) == vector.at("handshake_hash").as_string());
  CHECK(to_hex(responder.handshake->hash()) == vector.at("handshake_hash").as_string());

  const auto keys = initiator.handshake->split();
  CHECK(keys == responder.handshake->split());
  std::uint64_t sent[2] = {0, 0};
  for (auto at = used; at < messages.size(); ++at) {
    const bool one_way = used == 1;
    const int direction = one_way ? 0 : int(at % 2);
    Bytes sealed;
    noise::encrypt(direction == 0 ? keys.first : keys.second, sent[direction]++, {},
                   hex_at(messages[at].as_object(), "payload"), sealed);
    CHECK(to_hex(sealed) == messages[at].at("ciphertext").as_string());
  }
}

}  // namespace

TEST_CASE("every Noise vector of another implementation gives the same bytes") {
  const auto text =
      tests::read_text(tests::source_root() / "tests" / "vectors" / "noise.json");
  const auto vectors = json::parse(text).at("vectors").as_array();
  CHECK(vectors.size() == 12);
  for (const auto& vector : vectors) {
    INFO(vector.at("protocol_name").as_string());
    check_vector(vector.as_object());
  }
}

TEST_CASE("a handshake wants the keys that its pattern names") {
  tests::SeededEntropy entropy(1);
  const auto own = ExchangeKey::make(entropy);
  noise::Options options;
  options.initiator = true;
  options.pattern = "KK";
  CHECK(noise::Handshake::make(options).error().code == Errc::unsupported);
  options.pattern = "IK";
  CHECK(noise::Handshake::make(options).error().code == Errc::usage);
  options.own = &own;
  CHECK(noise::Handshake::make(options).error().code == Errc::usage);
  options.remote = own.public_key();
  CHECK(noise::Handshake::make(options));
  options.pattern = "IKpsk2";
  CHECK(noise::Handshake::make(options).error().code == Errc::usage);
  options.pattern = "XX";
  CHECK(noise::Handshake::make(options).error().code == Errc::usage);
}

TEST_CASE("a handshake refuses turns out of order, cut messages and low-order keys") {
  tests::SeededEntropy entropy(1);
  const auto own = ExchangeKey::make(entropy);
  noise::Options options;
  options.pattern = "XX";
  options.own = &own;
  auto responder = noise::Handshake::make(options).value();
  options.initiator = true;
  auto initiator = noise::Handshake::make(options).value();
  Bytes message;
  CHECK(responder.write({}, message, entropy).error().code == Errc::usage);
  CHECK(initiator.read(Bytes(32)).error().code == Errc::usage);
  CHECK(responder.read(Bytes(31)).error().code == Errc::invalid);
  auto second = noise::Handshake::make({.pattern = "XX", .own = &own}).value();
  REQUIRE(second.read(Bytes(32, 0)));
  CHECK(second.write({}, message, entropy).error().code == Errc::unauthenticated);
}
