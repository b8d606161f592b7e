// A World of one thread in memory for tests of shells: virtual time, byte pipes for streams, and
// files that a test writes. Nothing in it waits for the machine.
#pragma once

#include <deque>
#include <map>

#include "mesh/world/task_set.hpp"
#include "mesh/world/world.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

using namespace std::chrono_literals;

/// Runs what is due; time moves only when a test lets it.
class MemoryLoop final : public mesh::Loop, public mesh::Clock {
 public:
  void post(mesh::Job job) override { ready_.push_back(std::move(job)); }
  mesh::TimerId after(Duration delay, mesh::Job job) override {
    const auto id = ++timers_made_;
    timers_.emplace(std::pair(now_ + delay, id), std::move(job));
    return id;
  }
  void cancel(mesh::TimerId timer) override {
    std::erase_if(timers_, [&](const auto& entry) { return entry.first.second == timer; });
  }
  void spawn(mesh::Task<void> task) override { tasks_.spawn(std::move(task)); }
  mesh::Instant now() const override { return {now_}; }
  WallTime wall() const override { return WallTime{1'790'000'000'000} + now_; }

  /// Runs everything that can run without time passing.
  void settle() {
    for (;;) {
      if (!ready_.empty()) {
        auto job = std::move(ready_.front());
        ready_.pop_front();
        job();
      } else if (!timers_.empty() && timers_.begin()->first.first <= now_) {
        auto job = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        job();
      } else {
        return;
      }
    }
  }
  /// Lets `duration` pass, timer by timer.
  void advance(Duration duration) {
    const auto until = now_ + duration;
    for (settle(); !timers_.empty() && timers_.begin()->first.first <= until; settle())
      now_ = timers_.begin()->first.first;
    now_ = until;
    settle();
  }
  void destroy_tasks() { tasks_.clear(); }
  std::size_t tasks() const { return tasks_.size(); }

 private:
  Duration now_{};
  std::uint64_t timers_made_ = 0;
  std::deque<mesh::Job> ready_;
  std::map<std::pair<Duration, mesh::TimerId>, mesh::Job> timers_;
  mesh::TaskSet tasks_;
};

/// One direction of a stream.
struct Pipe {
  Bytes bytes;
  bool closed = false;
  std::unique_ptr<mesh::Event> changed;
};

class MemoryStream final : public mesh::Stream {
 public:
  MemoryStream(MemoryLoop& loop, std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out)
      : loop_(loop), in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { close(); }

  mesh::Task<Result<std::size_t>> read_some(MutableByteView out, Duration timeout) override {
    const auto in = in_;
    const auto deadline = loop_.now() + timeout;
    while (in->bytes.empty() && !in->closed) {
      const bool woken = co_await in->changed->wait(deadline - loop_.now());
      if (!woken) co_return fail(Errc::timeout, "nothing came");
    }
    if (in->bytes.empty()) co_return fail(Errc::closed, "the other end has gone");
    const auto count = std::min(out.size(), in->bytes.size());
    std::copy_n(in->bytes.begin(), count, out.begin());
    in->bytes.erase(in->bytes.begin(), in->bytes.begin() + std::ptrdiff_t(count));
    co_return count;
  }
  mesh::Task<Result<void>> write(ByteView bytes, Duration) override {
    if (out_->closed) co_return fail(Errc::closed, "the other end has gone");
    out_->bytes.insert(out_->bytes.end(), bytes.begin(), bytes.end());
    out_->changed->set();
    co_return Result<void>();
  }
  void close() override {
    for (auto& pipe : {in_, out_}) {
      pipe->closed = true;
      pipe->changed->set();
    }
  }
  mesh::Address remote() const override { return {"memory:1"}; }
  Result<mesh::PeerCredentials> credentials() const override {
    return fail(Errc::unsupported, "no Unix socket");
  }

 private:
  MemoryLoop& loop_;
  std::shared_ptr<Pipe> in_, out_;
};

/// The test's end of a stream: writes and reads without a coroutine.
struct Client {
  std::shared_ptr<Pipe> to, from;

  void send(std::string_view text) {
    const auto bytes = bytes_of(text);
    to->bytes.insert(to->bytes.end(), bytes.begin(), bytes.end());
    to->changed->set();
  }
  /// Says that no more will come; what was answered can still be read.
  void finish() {
    to->closed = true;
    to->changed->set();
  }
  std::string received() {
    std::string out(text_of(from->bytes));
    from->bytes.clear();
    return out;
  }
  bool closed() const { return from->closed; }
};

inline std::pair<std::unique_ptr<MemoryStream>, Client> stream_pair(MemoryLoop& loop) {
  const auto make = [&] {
    auto pipe = std::make_shared<Pipe>();
    pipe->changed = std::make_unique<mesh::Event>(loop);
    return pipe;
  };
  auto to = make(), from = make();
  return {std::make_unique<MemoryStream>(loop, to, from), Client{to, from}};
}

/// What a test put in for somebody who waits.
template <typename T>
struct Mailbox {
  explicit Mailbox(mesh::Loop& loop) : changed(loop) {}
  std::deque<T> queue;
  bool closed = false;
  mesh::Event changed;

  void put(T item) {
    queue.push_back(std::move(item));
    changed.set();
  }
  void close() {
    closed = true;
    changed.set();
  }
  static mesh::Task<Result<T>> take(std::shared_ptr<Mailbox> box) {
    while (box->queue.empty() && !box->closed) co_await box->changed.wait();
    if (box->queue.empty()) co_return fail(Errc::closed, "closed");
    auto item = std::move(box->queue.front());
    box->queue.pop_front();
    co_return item;
  }
};

using Arrivals = Mailbox<std::unique_ptr<mesh::Stream>>;
using Datagrams = Mailbox<mesh::Datagram>;

class MemoryListener final : public mesh::Listener {
 public:
  MemoryListener(std::shared_ptr<Arrivals> arrivals, mesh::Address at)
      : arrivals_(std::move(arrivals)), at_(std::move(at)) {}
  ~MemoryListener() override { close(); }
  mesh::Task<Result<std::unique_ptr<mesh::Stream>>> accept() override {
    return Arrivals::take(arrivals_);
  }
  mesh::Address address() const override { return at_; }
  void close() override { arrivals_->close(); }

 private:
  std::shared_ptr<Arrivals> arrivals_;
  mesh::Address at_;
};

class MemoryDatagrams final : public mesh::DatagramSocket {
 public:
  MemoryDatagrams(std::shared_ptr<Datagrams> datagrams, mesh::Address at)
      : datagrams_(std::move(datagrams)), at_(std::move(at)) {}
  ~MemoryDatagrams() override { close(); }
  mesh::Task<Result<mesh::Datagram>> receive() override { return Datagrams::take(datagrams_); }
  mesh::Address address() const override { return at_; }
  void close() override { datagrams_->close(); }

 private:
  std::shared_ptr<Datagrams> datagrams_;
  mesh::Address at_;
};

class MemoryNetwork final : public mesh::Network {
 public:
  explicit MemoryNetwork(MemoryLoop& loop) : loop_(loop) {}

  mesh::Task<Result<std::unique_ptr<mesh::Stream>>> connect(mesh::Address, Duration) override {
    co_return fail(Errc::unreachable, "tests use client()");
  }
  Result<std::unique_ptr<mesh::Listener>> listen(mesh::Address at) override {
    auto arrivals = std::make_shared<Arrivals>(loop_);
    arrivals_[at.text] = arrivals;
    return std::make_unique<MemoryListener>(arrivals, at);
  }
  Result<std::unique_ptr<mesh::DatagramSocket>> bind_datagrams(mesh::Address at) override {
    auto datagrams = std::make_shared<Datagrams>(loop_);
    datagrams_[at.text] = datagrams;
    return std::make_unique<MemoryDatagrams>(datagrams, at);
  }

  /// A client connected to whoever listens at `at`.
  Client client(const std::string& at) {
    auto [stream, client] = stream_pair(loop_);
    arrivals_.at(at)->put(std::move(stream));
    return client;
  }
  void datagram(const std::string& at, std::string_view text) {
    const auto bytes = bytes_of(text);
    datagrams_.at(at)->put({{"memory:2"}, Bytes(bytes.begin(), bytes.end())});
  }

 private:
  MemoryLoop& loop_;
  std::map<std::string, std::shared_ptr<Arrivals>> arrivals_;
  std::map<std::string, std::shared_ptr<Datagrams>> datagrams_;
};

/// Files by path; an open reader keeps its file when the path gets another one, as on a disk.
class MemoryDisk final : public mesh::Disk {
 public:
  using File = std::shared_ptr<Bytes>;
  std::map<std::string, File> files;

  void write(const std::string& path, std::string_view text) {
    files[path] = std::make_shared<Bytes>(bytes_of(text).begin(), bytes_of(text).end());
  }
  void append(const std::string& path, std::string_view text) {
    auto& file = files[path];
    if (!file) file = std::make_shared<Bytes>();
    file->insert(file->end(), bytes_of(text).begin(), bytes_of(text).end());
  }

  Result<Bytes> read(const mesh::Path& path, std::size_t) override {
    const auto found = files.find(path.string());
    if (found == files.end()) return fail(Errc::not_found, "no such file");
    return *found->second;
  }
  Result<std::unique_ptr<mesh::ReadFile>> open_read(const mesh::Path& path) override {
    const auto found = files.find(path.string());
    if (found == files.end()) return fail(Errc::not_found, "no such file");
    return std::make_unique<Reader>(found->second);
  }
  bool exists(const mesh::Path& path) override { return files.contains(path.string()); }
  Result<std::uint64_t> size(const mesh::Path& path) override {
    const auto found = files.find(path.string());
    if (found == files.end()) return fail(Errc::not_found, "no such file");
    return found->second->size();
  }
  Result<void> remove(const mesh::Path& path) override {
    files.erase(path.string());
    return {};
  }
  Result<void> replace(const mesh::Path& from, const mesh::Path& to) override {
    const auto found = files.find(from.string());
    if (found == files.end()) return fail(Errc::not_found, "no such file");
    auto file = std::move(found->second);
    files.erase(found);
    files[to.string()] = std::move(file);
    return {};
  }
  Result<void> write_atomic(const mesh::Path& path, ByteView bytes, mesh::FileMode) override {
    write(path.string(), text_of(bytes));
    return {};
  }
  Result<std::unique_ptr<mesh::AppendFile>> open_append(const mesh::Path&,
                                                        mesh::FileMode) override {
    return fail(Errc::unsupported, "read only");
  }
  Result<void> make_folders(const mesh::Path&, mesh::FileMode) override { return {}; }
  Result<std::vector<std::string>> list(const mesh::Path&) override {
    return fail(Errc::unsupported, "no folders");
  }
  Result<std::uint64_t> free_space(const mesh::Path&) override { return 1ull << 40; }
  Result<std::unique_ptr<mesh::AppendFile>> lock(const mesh::Path&) override {
    return fail(Errc::unsupported, "no locks");
  }

 private:
  struct Reader final : mesh::ReadFile {
    explicit Reader(File file) : file(std::move(file)) {}
    Result<std::size_t> read(MutableByteView out) override {
      if (at >= file->size()) return 0;
      const auto count = std::min(out.size(), file->size() - at);
      std::copy_n(file->begin() + std::ptrdiff_t(at), count, out.begin());
      at += count;
      return count;
    }
    File file;
    std::size_t at = 0;
  };
};

class NoWorkers final : public mesh::Workers {
 public:
  std::unique_ptr<mesh::Worker> make(std::string) override { return nullptr; }
  void run_all(std::vector<mesh::Job> jobs) override {
    for (auto& job : jobs) job();
  }
};

class NoProcesses final : public mesh::Processes {
 public:
  Result<std::unique_ptr<mesh::Child>> start(Options) override {
    return fail(Errc::unsupported, "no processes");
  }
  mesh::Path own_program() const override { return {}; }
  std::uint64_t rss_bytes() const override { return 0; }
  Duration cpu_time() const override { return {}; }
  std::uint32_t uid() const override { return 0; }
  void on_stop(mesh::Job) override {}
};

class QuietLog final : public mesh::Log {
 public:
  void write(mesh::Level, std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};

struct MemoryWorld {
  MemoryLoop loop;
  SeededEntropy entropy{1};
  MemoryDisk disk;
  MemoryNetwork network{loop};
  NoWorkers workers;
  NoProcesses processes;
  QuietLog log;
  mesh::World world{loop, entropy, loop, disk, network, workers, processes, log};
  ~MemoryWorld() { loop.destroy_tasks(); }
};

}  // namespace tocsin::tests
