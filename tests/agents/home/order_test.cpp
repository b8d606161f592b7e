#include "agents/home/order.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace std::chrono_literals;

namespace {

constexpr WallTime now{1'790'000'000'000};
const std::map<std::string, std::string> arguments{{"incident", "i-1"}, {"reason", "done"}};

struct Rig {
  tests::SeededEntropy entropy{4};
  crypto::SigningKey root = crypto::SigningKey::make(entropy);
  crypto::SigningKey key = crypto::SigningKey::make(entropy);
  FederationId federation = entropy.make<FederationId>();
  crypto::Certificate certificate = crypto::certify(
      {crypto::CertificateKind::analyst, "bleu", "ana", key.public_key(), {},
       crypto::ExchangeKey::make(entropy).public_key(), 3, now - 24h, now + 24h},
      root, federation);
  Order order{"incident.release", "bleu", "ana", now, entropy.make<Order::Nonce>(), arguments};

  SignatureBytes sign(ByteView body) const {
    return key.sign(crypto::Label::order, federation, body);
  }
  std::string check(const Order& of, WallTime at = now) const {
    const auto body = encode_order(of).value();
    return check(body, sign(body), {certificate, federation, "incident.release", arguments, at});
  }
  static std::string check(ByteView body, const SignatureBytes& signature, const OrderCheck& c) {
    const auto checked = check_order(body, signature, c);
    return checked ? "good" : std::string(name_of(checked.error().code));
  }
};

std::string decoded(ByteView bytes) {
  const auto order = decode_order(bytes);
  return order ? "good" : std::string(name_of(order.error().code));
}

}  // namespace

TEST_CASE("an order is read back as it was written") {
  const Rig rig;
  const auto bytes = encode_order(rig.order);
  REQUIRE(bytes);
  CHECK(bytes->front() == 0x41);
  CHECK(decode_order(*bytes).value() == rig.order);
}

TEST_CASE("an order is only read from exactly the bytes that it is written to") {
  const Rig rig;
  const auto good = encode_order(rig.order).value();
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK(decoded(ByteView(good).first(length)) == "invalid");
  auto bytes = good;
  bytes.push_back(0);
  CHECK(decoded(bytes) == "invalid");
  bytes = good;
  bytes[0] = 0x42;
  CHECK(decoded(bytes) == "invalid");

  const auto swapped = [&](std::string_view from, std::string_view to) {
    auto out = good;
    const auto at = std::search(out.begin(), out.end(), from.begin(), from.end());
    REQUIRE(at != out.end());
    std::copy(to.begin(), to.end(), at);
    return decoded(out);
  };
  CHECK(swapped("incident\x03", "zncident\x03") == "invalid");  // No longer ascending.
  CHECK(decoded(Bytes(Order::bytes_max + 1)) == "too_large");
  auto never = rig.order;
  for (const auto ms : {std::int64_t(-1), std::numeric_limits<std::int64_t>::max()}) {
    never.issued.ms = ms;
    CHECK(decoded(encode_order(never).value()) == "invalid");
  }
}

TEST_CASE("an order over its bounds is not written") {
  const Rig rig;
  const auto code = [](const Order& order) {
    const auto bytes = encode_order(order);
    return bytes ? "good" : std::string(name_of(bytes.error().code));
  };
  auto order = rig.order;
  order.arguments.clear();
  for (std::size_t i = 0; i < Order::arguments_max; ++i)
    order.arguments["a" + std::to_string(i)] = "x";
  CHECK(code(order) == "good");
  order.arguments["one more"] = "x";
  CHECK(code(order) == "too_large");
  order.arguments = {{"a", std::string(Order::bytes_max, 'x')}};
  CHECK(code(order) == "too_large");
  order.arguments = {{std::string(256, 'a'), "x"}};
  CHECK(code(order) == "too_large");
  order = rig.order;
  order.verb = std::string(256, 'v');
  CHECK(code(order) == "too_large");
}

TEST_CASE("an order counts when its person signed it, for this verb and these arguments") {
  const Rig rig;
  CHECK(rig.check(rig.order) == "good");
  auto order = rig.order;
  order.verb = "incident.close";
  CHECK(rig.check(order) == "refused");
  order = rig.order;
  order.arguments["reason"] = "another";
  CHECK(rig.check(order) == "refused");
  order = rig.order;
  order.arguments.erase("reason");
  CHECK(rig.check(order) == "refused");
  order = rig.order;
  order.analyst = "bob";
  CHECK(rig.check(order) == "refused");
  order = rig.order;
  order.org = "delos";
  CHECK(rig.check(order) == "refused");
}

TEST_CASE("an order under another key, label or federation is not authentic") {
  Rig rig;
  const auto body = encode_order(rig.order).value();
  const OrderCheck check{rig.certificate, rig.federation, "incident.release", arguments, now};
  CHECK(Rig::check(body, rig.root.sign(crypto::Label::order, rig.federation, body), check) ==
        "unauthenticated");
  CHECK(Rig::check(body, rig.key.sign(crypto::Label::approval, rig.federation, body), check) ==
        "unauthenticated");
  CHECK(Rig::check(body, rig.key.sign(crypto::Label::order, {}, body), check) ==
        "unauthenticated");
  auto altered = body;
  altered.back() ^= 1;
  CHECK(Rig::check(altered, rig.sign(body), check) == "unauthenticated");
}

TEST_CASE("an order is fresh for five minutes either way, under a certificate that is valid") {
  const Rig rig;
  CHECK(rig.check(rig.order, now + Order::life) == "good");
  CHECK(rig.check(rig.order, now + Order::life + 1ms) == "expired");
  CHECK(rig.check(rig.order, now - Order::life) == "good");
  CHECK(rig.check(rig.order, now - Order::life - 1ms) == "expired");
  auto late = rig.order;
  late.issued = now + 25h;
  CHECK(rig.check(late, now + 25h) == "expired");
}
