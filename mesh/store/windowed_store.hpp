// The Store contract over any medium: the window in front of it, group commit on one writer
// thread, and answers in the order handed in.
#pragma once

#include <list>

#include "mesh/store/window.hpp"

namespace tocsin::mesh {

class WindowedStore final : public Store {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };
  /// Errors: those of Medium::end().
  static Result<std::unique_ptr<Store>> open(World& world, std::shared_ptr<Medium> medium,
                                             Mode mode);
  ~WindowedStore() override;

  std::uint64_t append(StoredBatch batch, Durable done) override;
  void put(Bytes key, Bytes value, Durable done) override;
  void drop(const LogKey& log, std::uint64_t sequence, Durable done) override;
  bool full(Room room = Room::bulk) const override {
    return window_.bytes() >= window_max + (room == Room::live ? live_reserve : 0);
  }
  Task<void> wait_for_room(Room room = Room::bulk) override;
  Result<void> promise(std::size_t batch_bytes, bool vital = false) override;
  bool out_of_room() override;
  Result<std::optional<StoredBatch>> batch(const LogKey& log, std::uint64_t sequence) override;
  Result<std::optional<StoredBatch>> batch_of(std::uint64_t ordinal) override;
  Result<std::vector<StoredBatch>> batches(const LogKey& log, std::uint64_t first,
                                           std::size_t batches_max,
                                           std::size_t bytes_max) override;
  Result<void> scan(const std::function<bool(const StoredBatch&)>& each) override;
  Result<std::optional<Bytes>> get(ByteView key) override;
  Result<std::vector<std::pair<Bytes, Bytes>>> facts(ByteView prefix) override;
  std::uint64_t ordinals() const override { return end_.first_ordinal; }
  std::uint64_t bytes_on_disk() const override { return medium_->bytes_used(); }
  std::uint64_t bytes_free() const override { return medium_->bytes_free(); }

  /// Facts find so much more room than batches: a full store still notes what compaction must.
  static constexpr std::size_t fact_reserve = 4 * 1024 * 1024;
  static constexpr std::size_t vital_reserve = fact_reserve / 2;
  static constexpr std::size_t little_room = 8 * 1024;  ///< less is none
  static constexpr Duration look_again = std::chrono::seconds(1);
  static constexpr std::size_t key_bytes_max = 400;
  static constexpr std::size_t value_bytes_max = 1024 * 1024;
  static constexpr std::size_t groups_max = 2;  ///< in the writer's hands at a time

 private:
  struct Waiter;
  WindowedStore(World& world, std::shared_ptr<Medium> medium, Mode mode, Place end);

  std::optional<Error> refusal(std::size_t cost, std::size_t reserve = 0) const;
  void look_at_room();
  std::uint64_t answer_later(Durable done, Error error);
  void add(Window::Item item);
  void start_groups();
  void hand_to_writer();
  void settled(Result<void> written);
  void poison(const Error& error);
  void wake_waiters();
  using Each = std::function<bool(const StoredBatch&)>;
  bool look_at(const Medium::Chunk& chunk, const Each& each) const;
  Result<std::optional<PlacedBatch>> held(const LogKey& log, std::uint64_t sequence);

  World& world_;
  std::shared_ptr<Medium> medium_;
  Mode mode_;
  Place end_;
  std::uint64_t room_;
  Instant room_looked_at_{};
  std::size_t promised_ = 0;  ///< to the next append
  std::size_t refused_ = 0;   ///< what did not fit when it was last asked for
  Window window_;
  std::deque<Writes> under_way_;
  std::optional<Error> poisoned_;
  bool start_posted_ = false;
  std::list<Event*> waiters_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<Worker> writer_;  // last: its thread ends before the rest goes
};

}  // namespace tocsin::mesh
