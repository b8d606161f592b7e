#include "mesh/store/windowed_store.hpp"


namespace tocsin::mesh {
namespace {

bool same_header(const Bytes& a, const Bytes& b) {
  if (a.size() < batch_header_bytes || b.size() < batch_header_bytes) return false;
  return std::equal(a.begin(), a.begin() + batch_header_bytes, b.begin());
}

}  // namespace

Result<std::unique_ptr<Store>> WindowedStore::open(World& world, std::shared_ptr<Medium> medium,
                                                   Mode mode) {
  const auto end = medium->end();
  if (!end) return std::unexpected(end.error());
  return std::unique_ptr<Store>(new WindowedStore(world, std::move(medium), mode, *end));
}

WindowedStore::WindowedStore(World& world, std::shared_ptr<Medium> medium, Mode mode, Place end)
    : world_(world), medium_(std::move(medium)), mode_(mode), end_(end), room_(medium_->room()) {
  if (mode_ == Mode::read_write) writer_ = world_.workers.make("store");
}

WindowedStore::~WindowedStore() {
  alive_.reset();
  while (writer_ && !poisoned_ && window_.waiting()) hand_to_writer();
}

std::uint64_t WindowedStore::append(StoredBatch batch, Durable done) {
  TOCSIN_ASSERT(batch.encoded && batch.encoded->size() <= batch_bytes_max);
  const auto cost = batch.encoded->size() + Window::batch_overhead;
  const bool promised = cost <= std::exchange(promised_, 0);
  if (auto error = refusal(promised ? 0 : cost))
    return answer_later(std::move(done), std::move(*error));

  auto existing = held(batch.log, batch.sequence);
  const bool rotten = !existing && existing.error().code == Errc::corrupt;
  if (rotten) existing = medium_->place_of(batch.log, batch.sequence);
  if (!existing) return answer_later(std::move(done), existing.error());

  BatchWrite write{{std::move(batch), end_}, {}};
  auto& added = write.placed.batch;
  if (*existing) {
    const auto& old = **existing;
    if (!rotten && !same_header(*old.batch.encoded, *added.encoded))
      return answer_later(std::move(done),
                          {Errc::fork, fmt::format("another batch {} of {} is in the store",
                                                   added.sequence, short_name(added.log))});
    const bool newly_readable = old.batch.readable == 0 && added.readable > 0;
    if (!rotten && !newly_readable) {
      add({{}, 0, std::move(done)});
      return old.place.first_ordinal;
    }
    if (newly_readable) {
      write.replaces = old.place;
    } else {
      write.placed.place = old.place;
      added.readable = old.batch.readable;
    }
  }
  added.first_ordinal = write.placed.place.first_ordinal;
  if (write.placed.place == end_) {
    end_.first_ordinal += added.readable;
    ++end_.arrival;
  }
  const auto first_ordinal = added.first_ordinal;
  add({std::move(write), cost, std::move(done)});
  return first_ordinal;
}

void WindowedStore::put(Bytes key, Bytes value, Durable done) {
  const auto cost = key.size() + value.size() + Window::fact_overhead;
  if (key.empty() || key.size() > key_bytes_max || value.size() > value_bytes_max) {
    answer_later(std::move(done),
                 {Errc::too_large, fmt::format("store: fact of {} and {} bytes, limits 1 to {} and "
                                               "{}",
                                               key.size(), value.size(), key_bytes_max,
                                               value_bytes_max)});
    return;
  }
  if (auto error = refusal(value.empty() ? 0 : cost, fact_reserve)) {
    answer_later(std::move(done), std::move(*error));
    return;
  }
  add({FactWrite{std::move(key), std::make_shared<const Bytes>(std::move(value))}, cost,
       std::move(done)});
}

void WindowedStore::drop(const LogKey& log, std::uint64_t sequence, Durable done) {
  std::optional<Error> error = refusal(0);
  auto existing = error ? Result<std::optional<PlacedBatch>>() : held(log, sequence);
  if (!existing)
    error = existing.error();
  else if (!error && !*existing)
    error = Error{Errc::not_found, fmt::format("store: there is no batch {} of {} to drop", sequence,
                                               short_name(log))};
  else if (!error && (*existing)->batch.readable == 0)
    error = Error{Errc::refused, fmt::format("store: batch {} of {} is carried for others",
                                             sequence, short_name(log))};
  if (error) {
    answer_later(std::move(done), std::move(*error));
    return;
  }
  auto placed = std::move(**existing);
  if (placed.batch.dropped()) return add({{}, 0, std::move(done)});
  const auto prefix = ByteView(*placed.batch.encoded).first(batch_prefix_bytes);
  placed.batch.encoded = std::make_shared<const Bytes>(prefix.begin(), prefix.end());
  add({BatchWrite{std::move(placed), {}}, batch_prefix_bytes + Window::batch_overhead,
       std::move(done)});
}

std::optional<Error> WindowedStore::refusal(std::size_t cost, std::size_t reserve) const {
  if (mode_ == Mode::read_only) return Error{Errc::refused, "store: open for reading only"};
  if (poisoned_) return poisoned_;
  if (cost > 0 && window_.bytes() + cost > room_ + reserve)
    return Error{Errc::full, "store: the space set aside for it is used up",
                 "run `tocsin store compact`, raise [store] size_max or free space on its disk"};
  return {};
}

Result<void> WindowedStore::promise(std::size_t batch_bytes, bool vital) {
  if (poisoned_ || mode_ == Mode::read_only) return {};
  const auto cost = batch_bytes + Window::batch_overhead;
  const auto reserve = vital ? vital_reserve : 0;
  if (refusal(cost, reserve)) look_at_room();
  if (auto error = refusal(cost, reserve)) {
    if (!vital) refused_ = cost;
    return std::unexpected(std::move(*error));
  }
  promised_ = cost;
  return {};
}

bool WindowedStore::out_of_room() {
  const auto fits = [this] { return !refusal(std::max(refused_, little_room)); };
  if (poisoned_ || mode_ == Mode::read_only) return false;
  if (!fits()) look_at_room();
  if (!fits()) return true;
  refused_ = 0;
  return false;
}

// Others may have freed space on the disk, and while nothing is taken no commit looks.
void WindowedStore::look_at_room() {
  const auto now = world_.clock.now();
  if (now - room_looked_at_ < look_again) return;
  room_looked_at_ = now;
  room_ = medium_->room();
}

std::uint64_t WindowedStore::answer_later(Durable done, Error error) {
  world_.loop.post([alive = std::weak_ptr(alive_), done = std::move(done),
                    error = std::move(error)]() mutable {
    if (alive.lock()) done(std::unexpected(std::move(error)));
  });
  return end_.first_ordinal;
}

// What is handed in during one turn of the loop shares a transaction.
void WindowedStore::add(Window::Item item) {
  window_.add(std::move(item));
  if (start_posted_) return;
  start_posted_ = true;
  world_.loop.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.lock()) return;
    start_posted_ = false;
    start_groups();
  });
}

// While a group is under way the next one gathers: the slower the disk, the larger the groups.
void WindowedStore::start_groups() {
  while (!poisoned_ && window_.waiting() && under_way_.size() < groups_max &&
         (under_way_.empty() || window_.waiting_bytes() >= Window::group_bytes_max))
    hand_to_writer();
}

void WindowedStore::hand_to_writer() {
  under_way_.push_back(window_.take());
  writer_->run([this, &loop = world_.loop, alive = std::weak_ptr(alive_), medium = medium_,
                writes = under_way_.back()] {
    auto written = writes.empty() ? Result<void>() : medium->write(writes);
    loop.post([this, alive, written = std::move(written)]() mutable {
      if (alive.lock()) settled(std::move(written));
    });
  });
}

void WindowedStore::settled(Result<void> written) {
  if (poisoned_) return;
  if (!written) return poison(written.error());
  medium_->committed(under_way_.front());
  under_way_.pop_front();
  auto group = window_.settle();
  room_ = medium_->room();
  start_groups();
  for (auto& item : group)
    if (item.done) item.done({});
  wake_waiters();
}

void WindowedStore::poison(const Error& error) {
  poisoned_ = error;
  poisoned_->code = Errc::io;  // Also of a disk that was full: whether it is on it nobody knows.
  poisoned_->message = fmt::format("store: not on disk, stopped for good: {}", error.message);
  world_.log.error("{}", poisoned_->message);
  under_way_.clear();
  auto all = window_.abandon();
  for (auto& item : all)
    if (item.done) item.done(std::unexpected(*poisoned_));
  wake_waiters();
}

// In the coroutine's frame, so that one destroyed while it waits leaves no trace.
struct WindowedStore::Waiter {
  Waiter(std::list<Event*>& among, Loop& loop) : list(among), event(loop) {
    at = list.insert(list.end(), &event);
  }
  Waiter(const Waiter&) = delete;
  ~Waiter() { list.erase(at); }
  std::list<Event*>& list;
  Event event;
  std::list<Event*>::iterator at;
};

Task<void> WindowedStore::wait_for_room(Room room) {
  Waiter waiter(waiters_, world_.loop);
  while (full(room) && !poisoned_) {
    auto room = waiter.event.wait();
    co_await room;
  }
}

void WindowedStore::wake_waiters() {
  if (full(Room::live) && !poisoned_) return;
  for (auto* waiter : waiters_) waiter->set();
}

Result<std::optional<PlacedBatch>> WindowedStore::held(const LogKey& log, std::uint64_t sequence) {
  if (const auto* pending = window_.find(log, sequence)) return *pending;
  return medium_->find(log, sequence);
}

Result<std::optional<StoredBatch>> WindowedStore::batch(const LogKey& log,
                                                        std::uint64_t sequence) {
  auto placed = held(log, sequence);
  if (!placed) return std::unexpected(placed.error());
  if (!*placed) return std::nullopt;
  return std::move((*placed)->batch);
}

Result<std::optional<StoredBatch>> WindowedStore::batch_of(std::uint64_t ordinal) {
  if (const auto* pending = window_.holding(ordinal)) return pending->batch;
  auto placed = medium_->holding(ordinal);
  if (!placed) return std::unexpected(placed.error());
  if (!*placed) return std::nullopt;
  return std::move((*placed)->batch);
}

Result<std::vector<StoredBatch>> WindowedStore::batches(const LogKey& log, std::uint64_t first,
                                                        std::size_t batches_max,
                                                        std::size_t bytes_max) {
  auto committed = medium_->range(log, first, batches_max, bytes_max);
  if (!committed) return std::unexpected(committed.error());
  std::vector<StoredBatch> out;
  std::size_t bytes = 0;
  auto next = committed->batches.begin();
  const auto* pending = window_.next(log, first);
  while (out.size() < batches_max && bytes < bytes_max) {
    const bool more = next != committed->batches.end();
    if (!more && (pending == nullptr || committed->cut)) break;
    if (pending != nullptr && (!more || pending->batch.sequence <= next->batch.sequence)) {
      if (more && pending->batch.sequence == next->batch.sequence) ++next;
      out.push_back(pending->batch);
      pending = window_.next(log, pending->batch.sequence + 1);
    } else {
      out.push_back(std::move(next->batch));
      ++next;
    }
    bytes += out.back().encoded->size();
  }
  return out;
}

bool WindowedStore::look_at(const Medium::Chunk& chunk, const Each& each) const {
  for (const auto& placed : chunk.batches) {
    // What the writer committed meanwhile still stands in the window, and comes from there.
    if (window_.find(placed.batch.log, placed.batch.sequence) != nullptr) continue;
    if (!each(placed.batch)) return false;
  }
  return true;
}

Result<void> WindowedStore::scan(const std::function<bool(const StoredBatch&)>& each) {
  std::vector<std::pair<LogKey, std::uint64_t>> rotten;
  auto read = medium_->chunk(Place{});
  bool more = true;
  while (more) {
    if (!read) return std::unexpected(read.error());
    const auto chunk = std::move(*read);
    rotten.insert(rotten.end(), chunk.corrupt.begin(), chunk.corrupt.end());
    // The next chunk is read while this one is looked at.
    std::vector<Job> jobs;
    jobs.push_back([&] { more = look_at(chunk, each); });
    if (chunk.next) jobs.push_back([&] { read = medium_->chunk(*chunk.next); });
    world_.workers.run_all(std::move(jobs));
    if (!more) return {};
    more = chunk.next.has_value();
  }
  for (const auto& placed : window_.batches())
    if (!each(placed.batch)) return {};
  if (rotten.empty()) return {};
  const auto& [log, sequence] = rotten.front();
  return fail(Errc::corrupt, "store: batch {} of {} does not match its checksum ({} such)", sequence,
              short_name(log), rotten.size());
}

Result<std::optional<Bytes>> WindowedStore::get(ByteView key) {
  if (const auto* pending = window_.fact(key)) {
    if (pending->empty()) return std::nullopt;
    return *pending;
  }
  if (key.empty() || key.size() > key_bytes_max) return std::nullopt;
  return medium_->fact(key);
}

Result<std::vector<std::pair<Bytes, Bytes>>> WindowedStore::facts(ByteView prefix) {
  auto committed = medium_->facts(prefix);
  if (!committed) return std::unexpected(committed.error());
  std::map<Bytes, Bytes> merged;
  for (auto& [key, value] : *committed) merged.insert_or_assign(std::move(key), std::move(value));
  const Bytes first(prefix.begin(), prefix.end());
  for (auto at = window_.facts().lower_bound(first); at != window_.facts().end(); ++at) {
    if (!std::ranges::equal(ByteView(at->first).first(std::min(prefix.size(), at->first.size())),
                            prefix))
      break;
    if (at->second->empty()) merged.erase(at->first);
    else merged.insert_or_assign(at->first, *at->second);
  }
  std::vector<std::pair<Bytes, Bytes>> out;
  for (auto& [key, value] : merged) out.emplace_back(key, std::move(value));
  return out;
}

}  // namespace tocsin::mesh
