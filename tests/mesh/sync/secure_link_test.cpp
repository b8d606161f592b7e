#include "mesh/sync/secure_link.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/linked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bytes_max = 1024 * 1024;

struct Rig : Linked {
  ~Rig() { memory.loop.destroy_tasks(); }

  using Outcome = std::optional<Result<Bytes>>;
  static Task<void> take(SecureLink& link, std::size_t max, Outcome& out) {
    auto received = co_await link.receive(max, 3s);
    out.emplace(std::move(received));
  }
  static Task<void> give(SecureLink& link, Bytes message) {
    const auto sent = co_await link.send(message);
    CHECK(sent);
  }
  void send(Bytes message) { memory.loop.spawn(give(*theirs, std::move(message))); }
  /// Not set when there is nothing yet.
  Outcome receive(std::size_t max = bytes_max) {
    Outcome out;
    memory.loop.spawn(take(*ours, max, out));
    memory.loop.settle();
    memory.loop.destroy_tasks();
    return out;
  }
  Errc error(std::size_t max = bytes_max) {
    const auto out = receive(max);
    REQUIRE(out.has_value());
    REQUIRE_FALSE(out->has_value());
    return out->error().code;
  }
};

}  // namespace

TEST_CASE("messages come out as they went in, whole, empty or larger than a frame") {
  Rig rig;
  for (const std::size_t size : {std::size_t(0), std::size_t(1), SecureLink::piece_max,
                                 SecureLink::piece_max + 1, 2 * SecureLink::piece_max + 77}) {
    Bytes message(size, 'm');
    if (size > 0) message.back() = 'e';
    rig.send(message);
    const auto got = rig.receive();
    REQUIRE(got.has_value());
    REQUIRE(got->has_value());
    CHECK(**got == message);
  }
}

TEST_CASE("what is on the wire does not show the message, and its bytes are counted") {
  Rig rig;
  const auto text = bytes_of("a secret that nobody reads");
  rig.send(Bytes(text.begin(), text.end()));
  CHECK(text_of(rig.to_us->bytes).find("secret") == std::string_view::npos);
  CHECK(rig.theirs->bytes_sent() == rig.to_us->bytes.size());
  CHECK(rig.to_us->bytes.size() == 2 + crypto::channel_overhead + 1 + text.size());
}

TEST_CASE("an altered frame ends the link for good") {
  Rig rig;
  rig.send(Bytes(10, 1));
  rig.to_us->bytes.back() ^= 1;
  CHECK(rig.error() == Errc::unauthenticated);
  rig.send(Bytes(10, 2));
  CHECK(rig.error() == Errc::unauthenticated);
}

TEST_CASE("a frame that comes twice is refused the second time") {
  Rig rig;
  rig.send(Bytes(10, 1));
  const auto copy = rig.to_us->bytes;
  REQUIRE(rig.receive()->has_value());
  rig.to_us->bytes = copy;
  CHECK(rig.error() == Errc::unauthenticated);
}

TEST_CASE("a message over its bound is given up before it is whole") {
  Rig rig;
  rig.send(Bytes(3 * SecureLink::piece_max, 1));
  CHECK(rig.error(SecureLink::piece_max + 10) == Errc::too_large);
  CHECK_FALSE(rig.to_us->bytes.empty());

  Rig other;
  other.send(Bytes(100, 1));
  const auto exact = other.receive(100);
  REQUIRE(exact.has_value());
  CHECK(exact->has_value());
}

TEST_CASE("a frame that does not say whether more follows is invalid") {
  for (const auto& plaintext : {Bytes{}, Bytes{2, 'x'}}) {
    Rig rig;
    crypto::Channel channel(Rig::key(2), Rig::key(1), {});
    rig.put_frame(channel, plaintext);
    CHECK(rig.error() == Errc::invalid);
  }
}

TEST_CASE("a link that stays silent times out, and one that was closed says so") {
  Rig rig;
  Rig::Outcome out;
  rig.memory.loop.spawn(Rig::take(*rig.ours, bytes_max, out));
  rig.memory.loop.advance(3s - 1ns);
  CHECK_FALSE(out.has_value());
  rig.memory.loop.advance(1ns);
  REQUIRE(out.has_value());
  CHECK(out->error().code == Errc::timeout);

  rig.theirs->close();
  CHECK(rig.error() == Errc::closed);
}
