// A sink that remembers what it was given, and can refuse or hold back.
#pragma once

#include "agents/siem/intake.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::tests {

class RecordingSink final : public agents::EventSink {
 public:
  std::vector<std::string> events, hosts;
  std::vector<std::optional<WallTime>> times;
  std::string refuse;              ///< events that contain this are rejected
  std::optional<Error> failing;    ///< every call fails with this
  std::size_t taken_before_failing = std::size_t(-1);
  mesh::Event* gate = nullptr;
  std::size_t portion_max = 0;

  mesh::Task<Result<std::vector<agents::Rejection>>> take(
      std::span<const agents::RawEvent> given) override {
    if (gate != nullptr) co_await gate->wait();
    if (failing && events.size() >= taken_before_failing_or_zero())
      co_return std::unexpected(*failing);
    portion_max = std::max(portion_max, given.size());
    std::vector<agents::Rejection> out;
    for (std::size_t i = 0; i < given.size(); ++i) {
      std::string text(text_of(given[i].bytes));
      if (!refuse.empty() && text.find(refuse) != std::string::npos) {
        out.push_back({i, "refused"});
        continue;
      }
      events.push_back(std::move(text));
      hosts.emplace_back(given[i].host);
      times.push_back(given[i].time);
    }
    co_return out;
  }

 private:
  std::size_t taken_before_failing_or_zero() const {
    return taken_before_failing == std::size_t(-1) ? 0 : taken_before_failing;
  }
};

/// An input of one kind in a World in memory.
struct InputFixture {
  MemoryWorld memory;
  RecordingSink sink;
  agents::InputConfig config;
  std::unique_ptr<agents::Input> input;

  explicit InputFixture(agents::InputKind kind) {
    config.kind = kind;
    config.listen = "127.0.0.1:1";
  }
  void start() {
    auto started = agents::start_input(memory.world, config, sink);
    TOCSIN_ASSERT(started.has_value());
    input = std::move(*started);
    memory.loop.settle();
  }
  Client connect() {
    if (!input) start();
    return memory.network.client(config.listen);
  }
  /// One request on a connection of its own; the whole answer.
  std::string ask(std::string_view line, std::string_view body, std::string_view headers = {}) {
    auto client = connect();
    client.send(fmt::format("{} HTTP/1.1\r\nHost: h\r\n{}Content-Length: {}\r\n\r\n", line,
                            headers, body.size()));
    client.send(body);
    memory.loop.settle();
    return client.received();
  }
};

}  // namespace tocsin::tests
