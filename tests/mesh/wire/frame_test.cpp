#include "mesh/wire/frame.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

// As much of a batch id as is sent.
Digest head_id(Entropy& entropy) {
  Digest out;
  const auto id = entropy.make<Digest>();
  std::copy(id.data.begin(), id.data.begin() + head_id_bytes, out.data.begin());
  return out;
}

std::vector<Message> one_of_each() {
  tests::SeededEntropy entropy(5);
  const LogKey open{entropy.make<AgentId>(), 7, {}, LogClass::urgent};
  const LogKey scoped{entropy.make<AgentId>(), ~0ull, entropy.make<ScopeId>(), LogClass::control};
  tests::Author author;
  const auto batch = author.sign({author.indicator("a.example")});
  const Bytes prefix(batch.encoded.begin(), batch.encoded.begin() + batch_prefix_bytes);
  return {
      Hello{1, {1'795'000'000'000}, head_id(entropy), "delos.example:7600", 1,
            entropy.make<HeadsBasis>(), head_id(entropy)},
      Hello{1, {1'795'000'000'000}, head_id(entropy), "", 0, entropy.make<HeadsBasis>(), {}},
      Hello{},
      Heads{{{open, 9, 2, head_id(entropy), {{11, 11}, {13, 20}}}, {scoped, 0, 0, {}, {{2, 5}}}}, true},
      HeadsDelta{entropy.make<HeadsBasis>(), Bytes(300, 7)},
      HeadsDelta{},
      Heads{},
      Pull{4, {{open, {1, 1}}, {scoped, {3, ~0ull}}}},
      PullEnd{4, {{open, {1, 7}}}},
      BatchMessage{batch.encoded, true},
      ForkProof{prefix, prefix},
      Certificates{{Bytes(320, 1), Bytes(), Bytes(7, 2)}},
      Ping{1}, Pong{~0ull},
      Flow{1, ~0ull, 3}, Flow{},
      Bye{ByeReason::violation, "two batches for one sequence"},
      Routes{}, Routes{true, {"bleu", "sncf"}, {{std::min(open.agent, scoped.agent), true},
                                      {std::max(open.agent, scoped.agent), false}}},
      Probe{open.agent, ~0ull, Probe::Answer::alive},
      SketchAsk{entropy.make<SketchKey>(), 256, 2048},
      Sketch{entropy.make<SketchKey>(), 256, 40'000, {{entropy.make<Digest>(), 7, -3}, {{}, ~0ull, 1}}},
      Sketch{},
      PlacesAsk{entropy.make<SketchKey>(), {entropy.make<Digest>(), entropy.make<Digest>()}},
      Places{entropy.make<SketchKey>(), {{open, 1, entropy.make<Digest>()}, {scoped, ~0ull, entropy.make<Digest>()}}},
  };
}

}  // namespace

TEST_CASE("every message reads back as it was written, aligned or not") {
  for (const auto& message : one_of_each()) {
    const auto bytes = encode(message);
    const auto read = decode(bytes);
    REQUIRE(read);
    CHECK(*read == message);
    Bytes shifted(1);
    shifted.insert(shifted.end(), bytes.begin(), bytes.end());
    const auto again = decode(ByteView(shifted).subspan(1));
    REQUIRE(again);
    CHECK(*again == message);
  }
}

TEST_CASE("the largest messages fit a frame") {
  tests::SeededEntropy entropy(6);
  Heads heads;
  Pull pull;
  LogHead head{{entropy.make<AgentId>(), 1, entropy.make<ScopeId>(), LogClass::case_}, 5, 5,
               head_id(entropy), {}};
  for (std::uint64_t i = 0; i < head_ranges_max; ++i) head.ranges.push_back({10 * i + 7, 10 * i + 8});
  heads.logs.assign(frame_logs_max, head);
  pull.ranges.assign(frame_ranges_max, {head.key, {1, 2}});
  const BatchMessage batch{Bytes(batch_bytes_max, 1), false};
  const Certificates certificates{std::vector<Bytes>(frame_certificates_max, Bytes(320))};
  for (const auto& message : {Message(heads), Message(pull), Message(batch), Message(certificates)}) {
    const auto bytes = encode(message);
    CHECK(bytes.size() <= frame_bytes_max);
    CHECK(*decode(bytes) == message);
  }
}

TEST_CASE("a batch message made with one copy is the same message") {
  const Bytes encoded(3001, 9);
  CHECK(*decode(encode_batch_message(encoded, true)) == Message(BatchMessage{encoded, true}));
}

TEST_CASE("reasons have names") {
  for (int i = 1; i <= 6; ++i) CHECK(name_of(ByeReason(i)) != "unknown");
}
