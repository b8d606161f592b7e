#include "agents/home/frame.hpp"

#include "tests/mesh/world/connected.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace std::chrono_literals;

namespace {

struct Line {
  mesh::RealWorld machine;
  std::unique_ptr<mesh::Listener> listener =
      machine.world().network.listen({"127.0.0.1:0"}).value();
  tests::Pair ends = machine.complete(tests::connected(machine.world(), *listener));

  Result<std::string> crossed(std::string text) {
    return machine.complete(cross(*ends.client, *ends.server, std::move(text)));
  }
  Result<std::string> read() { return machine.complete(read_frame(*ends.server, 100ms, 100ms)); }
  Result<void> write(Bytes bytes) {
    return machine.complete(ends.client->write(bytes, 5s));
  }

 private:
  static mesh::Task<Result<std::string>> cross(mesh::Stream& from, mesh::Stream& to,
                                               std::string text) {
    auto writing = write_frame(from, std::move(text), 5s);
    const auto written = co_await std::move(writing);
    if (!written) co_return std::unexpected(written.error());
    auto reading = read_frame(to, 5s, 5s);
    co_return co_await std::move(reading);
  }
};

}  // namespace

TEST_CASE("a frame arrives as it was written, empty ones too") {
  Line line;
  for (const auto& text : {std::string(), std::string("{}"), std::string(3000, 'x')})
    CHECK(line.crossed(text) == text);
}

TEST_CASE("what is not well-formed UTF-8 is replaced on its way out") {
  Line line;
  CHECK(line.crossed("a\xff" "b") == "a\xef\xbf\xbd" "b");
}

TEST_CASE("a frame over the limit is refused by its length alone") {
  Line line;
  REQUIRE(line.write({0x01, 0x00, 0x00, 0x04}));
  CHECK(line.read().error().code == Errc::too_large);
}

TEST_CASE("who announces a frame and sends none is given up after the time-out") {
  Line line;
  REQUIRE(line.write({0xff, 0xff, 0xff, 0x03, 'x'}));
  CHECK(line.read().error().code == Errc::timeout);
}
