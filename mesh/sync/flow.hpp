// Says how many bytes of batches may be under way on one bulk connection: its receiver grants
// what the link holds and what it can take in, and its sender keeps to that.
#pragma once

#include <array>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// What is counted apart, so that a long log of one kind never starves another. Control logs
/// count with the urgent ones.
enum class Share : std::uint8_t { urgent, cases, indicators };
inline constexpr std::size_t shares = 3;
inline constexpr Share all_shares[shares] = {Share::urgent, Share::cases, Share::indicators};
Share share_of(LogClass log_class);

/// Credit that all connections of one agent share beyond the least that each of them has.
class CreditPool {
 public:
  explicit CreditPool(std::size_t bytes_max) : left_(bytes_max) {}
  CreditPool(const CreditPool&) = delete;
  /// As much of `wanted` as is left.
  std::size_t take(std::size_t wanted);
  void give_back(std::size_t bytes) { left_ += bytes; }
  std::size_t left() const { return left_; }

 private:
  std::size_t left_;
};

/// The shortest of the times that were measured of late: longer ones include queues.
class Shortest {
 public:
  void note(Duration time, Instant now);
  /// Zero before the first one.
  Duration value() const;
  static constexpr Duration keep = std::chrono::seconds(5);  ///< at least, at most twice as long

 private:
  std::optional<Duration> before_, lately_;
  Instant since_;
};

/// How much one share may have under way: twice of what was made safe in one round, the time that
/// a byte is under way. So it doubles until the link or the reader is the limit, and falls when
/// the reader is slow.
class CreditWindow {
 public:
  /// Of each share from the beginning of a connection, granted without a word.
  static constexpr std::size_t bytes_min = 64 * 1024;
  static constexpr std::size_t bytes_max = 16 * 1024 * 1024;
  /// Rounds are never shorter, since loops and disks that are busy have pauses of their own.
  static constexpr Duration round_min = std::chrono::milliseconds(100);
  static constexpr Duration round_max = std::chrono::seconds(2);

  /// Lifetime: `pool` outlives it.
  explicit CreditWindow(CreditPool& pool) : pool_(pool) {}
  CreditWindow(const CreditWindow&) = delete;
  ~CreditWindow() { pool_.give_back(bytes_ - bytes_min); }

  /// `bytes` are safe; `loop` is the time from granting credit to its next use up, without queues.
  void consumed(std::size_t bytes, Instant now, Duration loop);
  std::size_t bytes() const { return bytes_; }

 private:
  void aim(std::size_t target);

  CreditPool& pool_;
  std::size_t bytes_ = bytes_min;
  std::size_t round_bytes_ = 0;
  std::optional<Instant> round_;  ///< when it began
};

/// The receiver's side of one connection.
class FlowIn {
 public:
  explicit FlowIn(CreditPool& pool) : parts_{Part(pool), Part(pool), Part(pool)} {}

  /// A batch has come. Errors: refused (it was begun with nothing left of its share).
  Result<void> arrived(Share share, std::size_t bytes);
  /// It is on disk, or of no use, and takes no room any more; `took` since it came.
  void consumed(Share share, std::size_t bytes, Instant now, Duration took);
  void on_rtt(Duration rtt, Instant now);
  Duration rtt() const { return rtt_.value(); }
  /// What is to be said to the sender, once a quarter of a window has gathered.
  std::optional<Flow> due();
  std::size_t window(Share share) const { return part(share).window.bytes(); }
  std::size_t window() const;
  /// Of the batches of late; nothing before the first one.
  std::optional<std::size_t> mean_batch(Share share) const;

 private:
  struct Part {
    explicit Part(CreditPool& pool) : window(pool) {}
    CreditWindow window;
    std::uint64_t arrived = 0, consumed = 0, granted = CreditWindow::bytes_min;
    std::size_t mean = 0;
  };
  Part& part(Share share) { return parts_[std::size_t(share)]; }
  const Part& part(Share share) const { return parts_[std::size_t(share)]; }

  std::array<Part, shares> parts_;
  Shortest rtt_, took_;
};

/// The sender's side of one connection. A batch may be begun while anything is left of its share,
/// so that the largest batch passes the smallest window.
class FlowOut {
 public:
  bool may(Share share) const { return part(share).sent < part(share).limit; }
  void sent(Share share, std::size_t bytes) { part(share).sent += bytes; }
  /// Errors: invalid (less than was granted before).
  Result<void> on_flow(const Flow& flow);

 private:
  struct Part {
    std::uint64_t sent = 0, limit = CreditWindow::bytes_min;
  };
  Part& part(Share share) { return parts_[std::size_t(share)]; }
  const Part& part(Share share) const { return parts_[std::size_t(share)]; }

  std::array<Part, shares> parts_;
};

/// How many bulk connections with one peer are of use, 1 to `lanes_max`: on a long link, where one
/// lost packet slows a connection down for many round trips, and for a large backlog.
std::size_t lanes_wanted(std::uint64_t backlog_bytes, Duration rtt, std::size_t lanes_max);

}  // namespace tocsin::mesh
