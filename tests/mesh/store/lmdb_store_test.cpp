#include <cstdlib>
#include <fstream>

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mesh/store/window.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Answers;
using tests::made_batch;
using tests::made_log;

namespace {

struct Rig {
  RealWorld real;
  tests::ScratchFolder folder;
  Path path = folder.path() / "store";
  std::unique_ptr<Store> store;
  Answers answers{real};

  void open(std::uint64_t size_max = 1ull << 30) {
    store.reset();
    auto opened = open_lmdb_store(real.world(), {path, size_max});
    REQUIRE(opened);
    store = std::move(*opened);
  }
};

// Changes one byte of the file `data.mdb` where `needle` stands.
void rot(const Path& file, ByteView needle) {
  std::fstream data(file, std::ios::in | std::ios::out | std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(data)), {});
  const auto at = all.find(std::string(text_of(needle)));
  REQUIRE(at != std::string::npos);
  data.clear();
  data.seekp(std::streamoff(at));
  data.put(char(all[at] ^ 1));
}

}  // namespace

TEST_CASE("what was answered is there after the store is opened again") {
  Rig rig;
  rig.open();
  const auto log = made_log(1);
  rig.store->append(made_batch(log, 1, 4, 1000, 7), rig.answers.next());
  rig.store->put({1, 2}, {3}, rig.answers.next());
  CHECK(rig.store->batch(log, 1)->has_value());
  rig.answers.wait_all();
  CHECK(rig.answers.all_good());
  CHECK(rig.answers.order == std::vector<std::size_t>{0, 1});
  rig.open();
  CHECK(rig.store->ordinals() == 4);
  CHECK(rig.store->batch_of(3)->value().sequence == 1);
  CHECK(**rig.store->get(Bytes{1, 2}) == Bytes{3});
  CHECK_FALSE(rig.store->get(Bytes{1})->has_value());
}

TEST_CASE("files of the store belong to the user alone") {
  Rig rig;
  rig.open();
  for (const auto& entry : std::filesystem::directory_iterator(rig.path)) {
    struct stat status{};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a second opening is refused, and says why") {
  Rig rig;
  rig.open();
  const auto second = open_lmdb_store(rig.real.world(), {rig.path, 1ull << 30});
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::refused);
  CHECK(second.error().message.find("open in another agent") != std::string::npos);
}

TEST_CASE("a store at its limit refuses and loses nothing") {
  Rig rig;
  rig.open(2 * 1024 * 1024);
  const auto log = made_log(1);
  std::uint64_t taken = 0;
  for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) {
    rig.store->append(made_batch(log, sequence, 1, 100'000, sequence), rig.answers.next());
    rig.answers.wait_all();
    if (!rig.answers.results.back()) break;
    taken = sequence;
  }
  CHECK(rig.answers.results.back().error().code == Errc::full);
  CHECK(taken >= 5);
  CHECK(taken < 21);
  CHECK(rig.store->ordinals() == taken);
  rig.open(64 * 1024 * 1024);
  for (std::uint64_t sequence = 1; sequence <= taken; ++sequence)
    CHECK(rig.store->batch(log, sequence)->has_value());
  rig.store->append(made_batch(log, taken + 1, 1, 100'000, 9), rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.results.back());
}

TEST_CASE("a rotten batch is named, the others are read, and a new copy mends it") {
  Rig rig;
  rig.open();
  const auto log = made_log(1);
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence)
    rig.store->append(made_batch(log, sequence, 2, 20'000, sequence), rig.answers.next());
  rig.answers.wait_all();
  rig.store.reset();
  const auto second = made_batch(log, 2, 2, 20'000, 2);
  rot(rig.path / "data.mdb", ByteView(*second.encoded).subspan(9000, 64));
  rig.open();

  const auto read = rig.store->batch(log, 2);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::corrupt);
  CHECK(read.error().message.find("batch 2 of " + short_name(log)) != std::string::npos);
  CHECK(rig.store->batch_of(2).error().code == Errc::corrupt);
  CHECK(rig.store->batches(log, 1, 10, 1 << 20)->size() == 1);
  CHECK(rig.store->batches(log, 2, 10, 1 << 20).error().code == Errc::corrupt);
  std::vector<std::uint64_t> seen;
  const auto scanned = rig.store->scan([&](const StoredBatch& batch) {
    seen.push_back(batch.sequence);
    return true;
  });
  CHECK(scanned.error().code == Errc::corrupt);
  CHECK(seen == std::vector<std::uint64_t>{1, 3});

  rig.store->append(second, rig.answers.next());
  rig.answers.wait_all();
  CHECK(rig.answers.results.back());
  CHECK(rig.store->ordinals() == 6);
  CHECK(rig.store->batch_of(2)->value().sequence == 2);
  CHECK(rig.store->scan([](const StoredBatch&) { return true; }));
}

TEST_CASE("a store of another format is refused") {
  Rig rig;
  rig.open();
  rig.store.reset();
  rot(rig.path / "data.mdb", bytes_of("tocsin store 1"));
  CHECK(open_lmdb_store(rig.real.world(), {rig.path, 1ull << 30}).error().code ==
        Errc::unsupported);
}

TEST_CASE("a reader where no agent ever ran says so") {
  Rig rig;
  CHECK(open_lmdb_reader(rig.real.world(), {rig.path}).error().code == Errc::not_found);
}

TEST_CASE("another process reads the store while it is written, and cannot write") {
  tests::ScratchFolder folder;
  const Path path = folder.path() / "store";
  int to_child[2], to_parent[2];
  REQUIRE(::pipe(to_child) == 0);
  REQUIRE(::pipe(to_parent) == 0);
  const auto log = made_log(1);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    char go = 0;
    if (::read(to_child[0], &go, 1) != 1) ::_exit(9);
    RealWorld real;
    auto reader = open_lmdb_reader(real.world(), {path});
    if (!reader || !(*reader)->batch(log, 1)->has_value()) ::_exit(1);
    Answers refused(real);
    (*reader)->append(made_batch(log, 2, 1, 100, 2), refused.next());
    (*reader)->put({1}, {1}, refused.next());
    refused.wait_all();
    for (const auto& result : refused.results)
      if (result || result.error().code != Errc::refused) ::_exit(2);
    if (::write(to_parent[1], "r", 1) != 1 || ::read(to_child[0], &go, 1) != 1) ::_exit(9);
    ::_exit((*reader)->batch(log, 2)->has_value() ? 0 : 3);
  }
  RealWorld real;
  auto store = open_lmdb_store(real.world(), {path, 1ull << 30});
  REQUIRE(store);
  Answers answers(real);
  (*store)->append(made_batch(log, 1, 1, 100, 1), answers.next());
  answers.wait_all();
  REQUIRE(::write(to_child[1], "g", 1) == 1);
  char ready = 0;
  REQUIRE(::read(to_parent[0], &ready, 1) == 1);
  (*store)->append(made_batch(log, 2, 1, 100, 2), answers.next());
  answers.wait_all();
  REQUIRE(::write(to_child[1], "g", 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a process that is killed while it writes loses nothing that was answered") {
  for (int round = 0; round < 8; ++round) {
    tests::ScratchFolder folder;
    const Path path = folder.path() / "store";
    int acks[2];
    REQUIRE(::pipe(acks) == 0);
    const auto log = made_log(1);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      RealWorld real;
      auto store = open_lmdb_store(real.world(), {path, 1ull << 30});
      if (!store) ::_exit(1);
      for (std::uint64_t sequence = 1;; ++sequence) {
        (*store)->append(made_batch(log, sequence, 2, 500, sequence), [&, sequence](Result<void> r) {
          if (!r || ::write(acks[1], &sequence, sizeof sequence) != sizeof sequence) ::_exit(2);
          real.stop();
        });
        if (sequence % 3 == 0) (*store)->drop(log, sequence, [](Result<void>) {});
        if (sequence % 7 == 0) real.run();
      }
    }
    ::close(acks[1]);
    std::uint64_t answered = 0, sequence = 0;
    while (answered < 50u + 40u * unsigned(round) &&
           ::read(acks[0], &sequence, sizeof sequence) == sizeof sequence)
      answered = sequence;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(acks[0], &sequence, sizeof sequence) == sizeof sequence) answered = sequence;
    ::close(acks[0]);

    RealWorld real;
    auto store = open_lmdb_store(real.world(), {path, 1ull << 30});
    REQUIRE(store);
    CHECK(answered >= 50);
    for (std::uint64_t s = 1; s <= answered; ++s) {
      const auto found = (*store)->batch(log, s);
      REQUIRE(found);
      REQUIRE(*found);
      REQUIRE((*found)->first_ordinal == 2 * (s - 1));
      const auto whole = made_batch(log, s, 2, 500, s);
      const auto bytes = s % 3 == 0 && (*found)->dropped() ? batch_prefix_bytes
                                                           : whole.encoded->size();
      REQUIRE(std::ranges::equal(*(*found)->encoded, ByteView(*whole.encoded).first(bytes)));
    }
  }
}

TEST_CASE("the space of what is dropped is written to again, and the file hardly grows") {
  Rig rig;
  rig.open();
  const auto log = made_log(1, LogClass::indicator);
  const char* wanted = std::getenv("TOCSIN_BATCHES");  // For a measurement.
  const std::uint64_t count = wanted ? std::strtoull(wanted, nullptr, 10) : 300;
  const auto fill = [&](std::uint64_t first) {
    for (auto n = first; n < first + count; ++n) {
      while (rig.store->full()) rig.answers.wait_all();
      rig.store->append(made_batch(log, n, 256, 30'000, n), rig.answers.next());
    }
    rig.answers.wait_all();
  };
  fill(1);
  const auto once = rig.store->bytes_on_disk();
  CHECK(rig.store->bytes_free() < once / 10);
  for (std::uint64_t n = 1; n <= count; ++n) rig.store->drop(log, n, rig.answers.next());
  rig.answers.wait_all();
  rig.open();  // Nothing of it is in memory only.
  CHECK(rig.store->bytes_on_disk() <= once * 11 / 10);
  CHECK(rig.store->bytes_free() > once * 8 / 10);
  fill(count + 1);
  CHECK(rig.answers.all_good());
  // The first transaction after a drop cannot yet use what that freed.
  CHECK(rig.store->bytes_on_disk() < once * 11 / 10 + Window::group_bytes_max);
  CHECK(rig.store->batch(log, 1)->value().dropped());
  CHECK_FALSE(rig.store->batch(log, count + 1)->value().dropped());
  CHECK(rig.store->ordinals() == 2 * count * 256);
  if (wanted)
    fmt::print("{} batches: {} bytes, after dropping them and as many new ones {} bytes\n", count, once,
               rig.store->bytes_on_disk());
}

TEST_CASE("a store that was full takes new batches once old ones were dropped") {
  Rig rig;
  rig.open(4 << 20);
  const auto log = made_log(1);
  std::uint64_t held = 0;
  for (bool full = false; !full;) {
    rig.store->append(made_batch(log, held + 1, 1, 100'000, held), rig.answers.next());
    rig.answers.wait_all();
    full = !rig.answers.results.back();
    if (!full) ++held;
    REQUIRE(held < 200);
  }
  CHECK(rig.answers.results.back().error().code == Errc::full);
  for (std::uint64_t n = 1; n <= held; ++n) rig.store->drop(log, n, rig.answers.next());
  rig.answers.wait_all();
  rig.answers.start_over();
  for (std::uint64_t n = 1; n <= held / 2; ++n) {
    rig.store->append(made_batch(log, held + n, 1, 100'000, held + n), rig.answers.next());
    rig.answers.wait_all();
  }
  CHECK(rig.answers.all_good());
  CHECK(rig.store->bytes_on_disk() < 6 << 20);
}
