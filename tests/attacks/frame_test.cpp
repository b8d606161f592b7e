// Hostile Cap'n Proto: refused before it costs more than twice its own size.
#include "mesh/wire/frame.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/catch.hpp"

namespace {
std::atomic<std::size_t> allocated{0};
}

// Counts what is asked for, so that a test can see an allocation that a lying length caused.
void* operator new(std::size_t bytes) {
  allocated += bytes;
  if (void* out = std::malloc(bytes)) return out;
  throw std::bad_alloc();
}
void operator delete(void* what) noexcept { std::free(what); }
void operator delete(void* what, std::size_t) noexcept { std::free(what); }

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::size_t spent_on_saying_why = 4096;

void put32(Bytes& out, std::uint64_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(std::uint8_t(value >> (8 * i)));
}
void put64(Bytes& out, std::uint64_t value) {
  put32(out, value);
  put32(out, value >> 32);
}

constexpr std::uint64_t struct_pointer(std::int64_t offset, std::uint64_t data, std::uint64_t pointers) {
  return (std::uint64_t(offset) << 2 & 0xffffffff) | data << 32 | pointers << 48;
}
constexpr std::uint64_t list_pointer(std::int64_t offset, std::uint64_t size, std::uint64_t count) {
  return (std::uint64_t(offset) << 2 & 0xffffffff) | 1 | size << 32 | count << 35;
}

// A frame of one segment with these words.
Bytes frame_of(const std::vector<std::uint64_t>& words) {
  Bytes out;
  put32(out, 0);
  put32(out, words.size());
  for (const auto word : words) put64(out, word);
  return out;
}

void check_refused(const Bytes& frame) {
  const auto before = allocated.load();
  const bool taken = decode(frame).has_value();
  const auto spent = allocated.load() - before;
  CHECK_FALSE(taken);
  CHECK(spent <= 2 * frame.size() + spent_on_saying_why);
}

// Root: a message with one pointer and the discriminant of `kind`.
std::vector<std::uint64_t> root(std::uint64_t kind) { return {struct_pointer(0, 2, 1), 0, kind}; }

}  // namespace

TEST_CASE("attack 21: lists that claim 500,000,000 elements are refused") {
  for (const std::uint64_t element_size : {0, 1, 2, 3, 4, 5, 6}) {
    auto words = root(6);  // certificates
    words[1] = 6;
    words.push_back(list_pointer(0, element_size, 500'000'000));
    words.push_back(0);
    check_refused(frame_of(words));
  }
  // Composite list of empty structs: the count costs no bytes in the frame.
  for (const std::uint64_t kind : {1, 2, 3}) {
    std::vector<std::uint64_t> words{struct_pointer(0, 2, 1), kind, 0, struct_pointer(0, 1, 1), 0};
    words.push_back(list_pointer(0, 7, 0));
    words.push_back(struct_pointer(500'000'000, 0, 0));
    check_refused(frame_of(words));
  }
}

TEST_CASE("attack 21: nesting 10,000 deep, and pointers that lead back, are refused") {
  std::vector<std::uint64_t> deep;
  for (int i = 0; i < 10'000; ++i) deep.push_back(struct_pointer(0, 0, 1));
  check_refused(frame_of(deep));
  check_refused(frame_of({struct_pointer(-1, 0, 1)}));
  // Heads → a list whose every head is the same: each costs traversal, none costs memory.
  std::vector<std::uint64_t> loop{struct_pointer(0, 2, 1), 1, 0, struct_pointer(0, 1, 1), 0,
                                  list_pointer(-3, 7, 60'000)};
  check_refused(frame_of(loop));
}

TEST_CASE("attack 21: many pointers to the same bytes do not multiply them") {
  constexpr std::uint64_t pointers = 200, data_words = crypto::certificate_bytes_max / 8;
  const auto kind_of_certificates = 6;
  std::vector<std::uint64_t> words{struct_pointer(0, 2, 1), kind_of_certificates, 0,
                                   list_pointer(0, 6, pointers)};
  for (std::uint64_t i = 0; i < pointers; ++i)
    words.push_back(list_pointer(std::int64_t(pointers - 1 - i), 2, data_words * 8));
  words.insert(words.end(), data_words, 0);
  check_refused(frame_of(words));
}

TEST_CASE("attack 21: segment tables that lie are refused") {
  for (const std::uint64_t count : {0xffffffffull, 1ull, 511ull, 0x7fffffffull}) {
    Bytes frame;
    put32(frame, count);
    for (int i = 0; i < 15; ++i) put32(frame, 0xffffffff);
    check_refused(frame);
  }
  for (const std::uint64_t words : {0ull, 1ull, 3ull, 0xffffffffull, 0x20000000ull}) {
    Bytes frame;
    put32(frame, 0);
    put32(frame, words);
    put64(frame, struct_pointer(0, 1, 0));
    put64(frame, 0);
    check_refused(frame);
  }
  Bytes two;  // Well formed, but for its second segment.
  for (const std::uint64_t half : {1, 4, 1, 0}) put32(two, half);
  for (const std::uint64_t word : {struct_pointer(0, 2, 1), std::uint64_t(7), std::uint64_t(7),
                                   std::uint64_t(0), std::uint64_t(0)})
    put64(two, word);
  check_refused(two);
  check_refused(frame_of({2 | 0xffffffffull << 32}));  // far pointer to a segment that is not
  check_refused(frame_of({3}));                        // capability
}

TEST_CASE("attack 21: packed, oversized, empty and unaligned frames are refused") {
  check_refused({});
  check_refused(Bytes(7));
  check_refused(Bytes(8));
  check_refused({0x10, 0x02, 0x40, 0x01, 0x11, 0x05, 0x01, 0x00});  // packed form of a message
  check_refused(Bytes(frame_bytes_max + 8));
  std::vector<std::uint64_t> large{struct_pointer(0, 2, 1), 7, 7};  // a ping, and far too much
  large.resize(frame_bytes_max / 8);
  check_refused(frame_of(large));
  const auto good = encode(Ping{7});
  REQUIRE(decode(good));
  for (std::size_t more = 1; more <= 16; ++more) {
    auto longer = good;
    longer.resize(longer.size() + more);
    check_refused(longer);
  }
}

TEST_CASE("attack 21: a message of an unknown kind is refused") {
  for (const std::uint64_t kind : {10, 11, 255, 65535}) check_refused(frame_of({struct_pointer(0, 2, 1), 0, kind, 0}));
  for (const std::uint64_t kind : {10, 11, 255, 65535}) check_refused(frame_of({struct_pointer(0, 2, 1), kind, 0, 0}));
}

TEST_CASE("attack 21: a list that is true but longer than a message may hold is refused") {
  const auto certificates = [](std::uint64_t count) {  // Each of no bytes.
    std::vector<std::uint64_t> words{struct_pointer(0, 2, 1), 6, 0, list_pointer(0, 6, count)};
    words.resize(words.size() + count);
    return frame_of(words);
  };
  CHECK(decode(certificates(frame_certificates_max)));
  check_refused(certificates(frame_certificates_max + 1));
}
