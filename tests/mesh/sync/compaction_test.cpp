#include "mesh/sync/compaction.hpp"

#include "mesh/sync/retraction.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::made_log;

namespace {

const WallTime start{1'790'000'000'000};
WallTime after(int hours) { return start + std::chrono::hours(hours); }

Bytes indicator(std::string_view value, WallTime expires) {
  IndicatorBody body;
  body.type = IndicatorType::domain;
  body.value = value;
  body.expires = expires;
  return encode_indicator({RecordKind::indicator, {Tlp::green, Pap::green}, start, 7}, body);
}
Bytes retraction(const Digest& target, WallTime at) {
  return encode_retraction({RecordKind::retraction, {Tlp::green, Pap::green}, at, 7},
                           {target, "wrong", {}, {}, {}})
      .value();
}

struct Book {
  CompactionBook book;
  LogKey log = made_log(1);
  void note(std::uint64_t sequence, const std::vector<Bytes>& records, bool frozen = false) {
    std::vector<RecordView> views;
    for (const auto& record : records) views.push_back(view_record(record).value());
    book.note({log, sequence}, 1000, "delos", frozen, views);
  }
  std::vector<std::uint64_t> due(WallTime now) {
    std::vector<std::uint64_t> out;
    for (const auto& name : book.due(now)) out.push_back(name.sequence);
    return out;
  }
};

}  // namespace

TEST_CASE("a batch is due when the last of its indicators has expired") {
  Book book;
  book.note(2, {indicator("a", after(5)), indicator("b", after(9))});
  book.note(1, {indicator("c", after(3))});
  CHECK(book.due(after(2)).empty());
  CHECK(book.due(after(3)) == std::vector<std::uint64_t>{1});
  CHECK(book.due(after(9)) == std::vector<std::uint64_t>{1, 2});
  CHECK(book.book.droppable_bytes(after(8)) == 1000);
  book.book.note_stub({book.log, 1});
  CHECK(book.due(after(9)) == std::vector<std::uint64_t>{2});
  CHECK(book.book.stubs() == 1);
  CHECK(book.book.is_stub({book.log, 1}));
  CHECK_FALSE(book.book.is_stub({book.log, 2}));
}

TEST_CASE("a batch that holds a case is never due") {
  Book book;
  const auto note =
      std::move(FieldWriter({RecordKind::note, {Tlp::green, Pap::green}, start, 7}).text(1, "x"))
          .take();
  book.note(1, {indicator("a", after(1)), note});
  CHECK(book.due(after(100'000)).empty());
  CHECK(book.book.droppable_bytes(after(100'000)) == 0);
}

TEST_CASE("what was looked at waits for the end that was found") {
  Book book;
  book.note(1, {indicator("a", after(1))});
  book.book.look_again({book.log, 1}, after(30));
  CHECK(book.due(after(29)).empty());
  CHECK(book.due(after(30)).size() == 1);
  book.book.touch({book.log, 1});
  CHECK(book.due(after(0)).size() == 1);
  book.book.look_again({book.log, 1}, after(30));
  CHECK(book.due(after(0)).empty());
}

TEST_CASE("only the author's organisation ends an indicator, and no forked log does") {
  Book book;
  const auto target = view_record(indicator("a", after(50)))->id();
  CHECK_FALSE(book.book.any_retracted());
  book.note(1, {retraction(target, after(2))}, true);
  CHECK_FALSE(book.book.retracted_at(target, "delos"));
  book.note(2, {retraction(target, after(4))});
  book.note(3, {retraction(target, after(3))});
  CHECK(book.book.retracted_at(target, "delos") == after(3));
  CHECK_FALSE(book.book.retracted_at(target, "bleu"));
  CHECK(book.book.is_followed(target));
  CHECK_FALSE(book.book.is_followed(view_record(indicator("b", after(1)))->id()));
  CHECK(book.book.take_retracted() == std::vector<Digest>{target, target});
  CHECK(book.book.take_retracted().empty());
}

TEST_CASE("a log has so many holes that a newcomer can keep what lies between them") {
  Book book;
  for (std::uint64_t n = 1; n <= CompactionBook::holes_max; ++n)
    book.book.note_stub({book.log, 10 * n});
  CHECK_FALSE(book.book.leaves_few_holes({book.log, 5}, 0));
  CHECK(book.book.leaves_few_holes({book.log, 11}, 0));
  CHECK(book.book.leaves_few_holes({book.log, 9}, 0));
  CHECK(book.book.leaves_few_holes({book.log, 5}, 5));
  CHECK(book.book.leaves_few_holes({book.log, 35}, 25));
  book.book.note_stub({book.log, 11});
  CHECK_FALSE(book.book.leaves_few_holes({book.log, 5}, 0));
}
