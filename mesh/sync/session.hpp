// One encrypted connection with a peer: reads and writes its messages until either side leaves,
// errs or falls silent.
#pragma once

#include <deque>

#include "mesh/sync/exchange.hpp"
#include "mesh/sync/push_gate.hpp"
#include "mesh/sync/secure_link.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::mesh {

class Session;

/// Who decides what the messages of sessions mean.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  /// Completes when the next message may be read: the back-pressure of the store.
  virtual Task<void> ready(const Session& session) = 0;
  /// Completes when the message that was read may be worked on.
  virtual Task<void> turn(const Session& session) = 0;
  /// Errors end the session as a violation, and count against the peer.
  virtual Result<void> on_message(Session& session, Message message) = 0;
  /// The next frame of bulk answers, when nothing more urgent is to be written. Errors: io.
  virtual Result<std::optional<Bytes>> next_answer(Session& session) = 0;
  /// A handshake showed this certificate, which was checked.
  virtual void on_certificate(const crypto::Certificate& certificate) = 0;
  virtual void on_up(const std::shared_ptr<Session>& session) = 0;
  virtual void on_down(Session& session, const Error& why) = 0;
};

/// Shared by the coroutine that reads and the one that writes.
class Session {
 public:
  struct Facts {
    AgentId agent;
    std::string org, name;
    PublicKey channel;
    Purpose purpose{};
    bool dialled = false;
    std::string address;  ///< where it was dialled, or where it came from
    bool next_secret = false;  ///< made with the next secret of the pair
  };
  Session(World& world, SecureLink link, Facts facts);

  static constexpr Duration ping_every = std::chrono::seconds(1);
  static constexpr Duration silence_max = std::chrono::seconds(3);
  static constexpr std::size_t queue_bytes_max = PushGate::alarm_bytes_max;
  /// Nobody is overdue before; else half as long again as the way there and back.
  static constexpr Duration answer_min = std::chrono::milliseconds(50);

  /// Queues a message. False when the queue is full: the caller leaves it to anti-entropy.
  /// False where too much waits. A vector of heads goes on once its first part was taken.
  bool send(const Message& message);
  /// Queues a batch. Urgent ones go first, and a ping after them; others are refused while the
  /// peer reads too slowly, because it can pull them.
  bool send_batch(ByteView encoded, bool urgent);
  /// Measures the round trip.
  void ping();
  /// The bulk answers have more to give.
  void wake() { wake_.set(); }
  /// Says goodbye after what is being written, then closes.
  void leave(ByeReason reason);
  void close();

  /// Reads and hands over messages until the end; returns why. `first` is a message that was
  /// read before.
  Task<Error> read(SessionHost& host, std::optional<Bytes> first);
  Task<void> write(SessionHost& host);

  const Facts& facts() const { return facts_; }
  Duration rtt() const { return rtt_; }
  Instant since() const { return since_; }
  Instant heard() const { return heard_; }
  /// When the peer should have answered after the first urgent batch that it has not confirmed;
  /// nothing while there is none, or the round trip is not known.
  std::optional<Instant> answer_due() const;
  /// True from then on, unless something still waits to be written.
  bool overdue(Instant now) const;
  bool closed() const { return closed_; }
  bool heads_only() const { return gate_.heads_only(); }
  std::uint64_t bytes_sent() const { return link_.bytes_sent(); }

 private:
  Result<void> take(SessionHost& host, ByteView frame);
  std::optional<Bytes> pick(SessionHost& host);
  void tell_mode();
  void await_answer();
  void answered(Instant to);

  World& world_;
  SecureLink link_;
  Facts facts_;
  Event wake_;
  std::deque<Bytes> first_, rest_;
  bool heads_begun_ = false, heads_go_ = false;  ///< a vector of heads is being queued
  std::size_t queued_ = 0;
  PushGate gate_;
  Instant since_, heard_;
  Duration rtt_{};
  std::optional<Instant> asked_;  ///< when the ping was sent that is not answered
  bool pushed_since_ = false;
  std::optional<ByeReason> leaving_;
  std::optional<std::string> said_bye_;
  bool closed_ = false;
};

}  // namespace tocsin::mesh
