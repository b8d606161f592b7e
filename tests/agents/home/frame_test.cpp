#include "agents/home/frame.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

struct Rig {
  MemoryWorld memory;
  std::pair<std::unique_ptr<MemoryStream>, Client> ends = stream_pair(memory.loop);
  Client& other = ends.second;
  std::optional<Result<std::string>> got;
  std::optional<Result<void>> sent;
  ~Rig() { memory.loop.destroy_tasks(); }

  static mesh::Task<void> take(Rig& rig) {
    auto task = agents::read_frame(*rig.ends.first, 5s, 5s);
    auto read = co_await std::move(task);
    rig.got.emplace(std::move(read));
  }
  static mesh::Task<void> give(Rig& rig, std::string text) {
    auto task = agents::write_frame(*rig.ends.first, std::move(text), 5s);
    auto written = co_await std::move(task);
    rig.sent.emplace(std::move(written));
  }
  void read() {
    memory.loop.spawn(take(*this));
    memory.loop.settle();
  }
  std::string read_code() const {
    return !got ? "waiting" : *got ? **got : std::string(name_of(got->error().code));
  }
};

}  // namespace

TEST_CASE("a frame is its length in four little-endian bytes and its text") {
  Rig rig;
  rig.memory.loop.spawn(Rig::give(rig, "hello"));
  rig.memory.loop.settle();
  REQUIRE(rig.sent.has_value());
  CHECK(rig.other.received() == std::string("\5\0\0\0hello", 9));
  rig.other.send(std::string("\5\0\0\0he", 6));
  rig.read();
  CHECK(rig.read_code() == "waiting");
  rig.other.send("llo");
  rig.memory.loop.settle();
  CHECK(rig.read_code() == "hello");
}

TEST_CASE("a frame may be empty") {
  Rig rig;
  rig.other.send(std::string(4, '\0'));
  rig.read();
  CHECK(rig.read_code() == "");
}

TEST_CASE("a frame over the limit is refused by its length alone, on both sides") {
  Rig rig;
  rig.other.send("\xff\xff\xff\xff");
  rig.read();
  CHECK(rig.read_code() == "too_large");
  rig.memory.loop.spawn(Rig::give(rig, std::string(agents::local_frame_bytes_max + 1, 'x')));
  rig.memory.loop.settle();
  REQUIRE(rig.sent.has_value());
  CHECK(rig.sent->error().code == Errc::too_large);
  CHECK(rig.other.received().empty());
}

TEST_CASE("an end between two frames or within one is closed, and silence is a time-out") {
  for (const auto& begun : {std::string(), std::string("\5\0\0\0he", 6)}) {
    Rig rig;
    rig.other.send(begun);
    rig.other.finish();
    rig.read();
    CHECK(rig.read_code() == "closed");
  }
  Rig rig;
  rig.read();
  rig.memory.loop.advance(5s - 1ms);
  CHECK(rig.read_code() == "waiting");
  rig.memory.loop.advance(1ms);
  CHECK(rig.read_code() == "timeout");
}

TEST_CASE("what is not well-formed UTF-8 is replaced on its way out") {
  Rig rig;
  rig.memory.loop.spawn(Rig::give(rig, "a\xff" "b"));
  rig.memory.loop.settle();
  CHECK(rig.other.received() == std::string("\5\0\0\0a\xef\xbf\xbd" "b", 9));
}

TEST_CASE("who announces a frame and sends none of it is given up after the time-out") {
  Rig rig;
  rig.other.send("\xff\xff\xff\x03x");
  rig.read();
  rig.memory.loop.advance(5s);
  CHECK(rig.read_code() == "timeout");
}
