// A compromised agent: it holds a member's true keys, speaks the protocol by hand, says what a test
// tells it to, and keeps whatever it is told.
#pragma once

#include "mesh/sync/session.hpp"
#include "tests/attacks/sim_rig.hpp"

namespace tocsin::tests {

class HostileAgent {
 public:
  /// One connection. It answers pings, so that silence does not end it.
  struct Line {
    explicit Line(mesh::Loop& loop) : wake(loop) {}
    std::vector<mesh::Message> heard;
    std::deque<Bytes> to_send;
    mesh::Event wake;
    std::optional<mesh::SecureLink> link;
    bool up = false, ended = false;
  };

  HostileAgent(SimRig& rig, std::size_t index)
      : rig_(rig), world_(rig.machine(index).world()), index_(index),
        options_(rig.federation.options(index)) {}
  ~HostileAgent() { rig_.machine(index_).crash(); }
  HostileAgent(const HostileAgent&) = delete;

  /// A connection to `peer`, once its handshake is done. `said` is the time in its greeting.
  Line& dial(std::size_t peer, mesh::Purpose purpose = mesh::Purpose::live,
             std::optional<WallTime> said = std::nullopt) {
    last_ = std::max(rig_.universe.wall(), last_ + std::chrono::milliseconds(1));
    auto& line = *lines_.emplace_back(std::make_unique<Line>(world_.loop));
    world_.loop.spawn(talk(*this, line, peer, {said.value_or(last_), std::uint8_t(purpose)}));
    REQUIRE(rig_.until([&] { return line.up || line.ended; }));
    return line;
  }
  /// From now on `certificate` is what it shows to whom it dials.
  void show(crypto::Certificate certificate) {
    options_.certificates = {std::move(certificate)};
  }
  void say(Line& line, const mesh::Message& message) {
    line.to_send.push_back(mesh::encode(message));
    line.wake.set();
  }

  /// Of this agent, in its epoch 1.
  mesh::LogKey log() const {
    return {rig_.federation.agents[index_].id, 1, {}, mesh::LogClass::case_};
  }
  Bytes note(std::string_view text, std::uint64_t author) const {
    mesh::FieldWriter fields({mesh::RecordKind::note,
                              {mesh::Tlp::green, mesh::Pap::green},
                              rig_.universe.wall(), author});
    fields.text(1, text);
    return std::move(fields).take();
  }
  /// One note, signed with this agent's own key whatever `log` says.
  mesh::Batch sign(const mesh::LogKey& log, std::string_view text, WallTime time,
                   std::uint64_t sequence = 1, Digest previous = {},
                   const crypto::SecretKey* scope_key = nullptr) {
    return sign(log, std::vector<Bytes>{note(text, log.agent.prefix())}, time, sequence, previous,
                scope_key);
  }
  mesh::Batch sign(const mesh::LogKey& log, const std::vector<Bytes>& records, WallTime time,
                   std::uint64_t sequence = 1, Digest previous = {},
                   const crypto::SecretKey* scope_key = nullptr) {
    auto batch = mesh::sign_batch({log, sequence, time, previous, records}, options_.signing,
                                  rig_.federation.charter.federation, scope_key,
                                  rig_.federation.entropy());
    REQUIRE(batch);
    return std::move(*batch);
  }

  /// Every batch that it was given on any line.
  std::vector<mesh::Batch> batches() const {
    std::vector<mesh::Batch> out;
    for (const auto& line : lines_)
      for (const auto& message : line->heard)
        if (const auto* batch = std::get_if<mesh::BatchMessage>(&message))
          out.push_back(mesh::parse_batch(batch->encoded).value());
    return out;
  }
  /// Every log that it was shown to exist: by heads, or by a batch.
  std::set<mesh::LogKey> logs_seen() const {
    std::set<mesh::LogKey> out;
    for (const auto& batch : batches()) out.insert(batch.header.log);
    for (const auto& line : lines_)
      for (const auto& message : line->heard)
        if (const auto* heads = std::get_if<mesh::Heads>(&message))
          for (const auto& head : heads->logs) out.insert(head.key);
    return out;
  }

 private:
  static mesh::Task<void> talk(HostileAgent& self, Line& line, std::size_t peer,
                               crypto::Greeting greeting) {
    co_await self.shake_hands(line, peer, greeting);
    if (!line.up) {
      line.ended = true;
      co_return;
    }
    self.say(line, mesh::Hello{.time = self.rig_.universe.wall()});
    self.world_.loop.spawn(write(line));
    while (!line.ended) {
      const auto frame =
          co_await line.link->receive(mesh::frame_bytes_max, std::chrono::minutes(10));
      if (!frame) break;
      auto message = mesh::decode(*frame);
      TOCSIN_ASSERT(message.has_value());
      if (const auto* ping = std::get_if<mesh::Ping>(&*message))
        self.say(line, mesh::Pong{ping->nonce});
      else
        line.heard.push_back(std::move(*message));
    }
    line.ended = true;
    line.wake.set();
  }

  static mesh::Task<void> write(Line& line) {
    while (!line.ended) {
      if (line.to_send.empty()) {
        co_await line.wake.wait();
        continue;
      }
      const Bytes frame = std::move(line.to_send.front());
      line.to_send.pop_front();
      const auto sent = co_await line.link->send(frame);
      if (!sent) line.ended = true;
    }
  }

  mesh::Task<void> shake_hands(Line& line, std::size_t peer, crypto::Greeting greeting) {
    constexpr Duration patience = std::chrono::seconds(10);
    const auto& to = rig_.federation.agents[peer];
    mesh::Address address = rig_.address(peer);
    auto stream = co_await world_.network.connect(std::move(address), patience);
    if (!stream) co_return;
    auto reader = std::make_unique<mesh::StreamReader>(**stream);
    const auto pair = std::find_if(options_.secrets.begin(), options_.secrets.end(),
                                   [&](const auto& one) { return one.peer_org == to.org; });
    const auto& federation = rig_.federation.charter.federation;
    crypto::Initiator::Options options{
        {options_.channel, options_.certificates.front(), federation}, to.channel,
        pair->current, greeting};
    auto initiator = crypto::Initiator::make(std::move(options), world_.entropy).value();
    ByteWriter message1;
    message1.u16(std::uint16_t(initiator.message1().size()));
    message1.raw(initiator.message1());
    const Bytes framed = std::move(message1).take();
    const auto written = co_await (*stream)->write(framed, patience);
    if (!written) co_return;
    const auto prefix = co_await reader->read_exactly(2, patience);
    if (!prefix) co_return;
    const auto length = std::size_t((*prefix)[0] | (*prefix)[1] << 8);
    const auto message2 = co_await reader->read_exactly(length, patience);
    if (!message2) co_return;
    const crypto::CheckCertificate believe = [&](ByteView encoded) {
      auto body = crypto::peek_certificate(encoded);
      return Result<crypto::Certificate>(
          crypto::Certificate{*body, Bytes(encoded.begin(), encoded.end())});
    };
    auto outcome = initiator.finish(*message2, believe);
    if (!outcome) co_return;
    line.link.emplace(std::move(*stream), std::move(reader), std::move(outcome->channel));
    line.up = true;
  }

  SimRig& rig_;
  mesh::World& world_;
  std::size_t index_;
  mesh::NodeOptions options_;
  WallTime last_;
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace tocsin::tests
