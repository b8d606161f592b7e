#include "mesh/wire/record.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const WallTime now{1'795'000'000'123};
const RecordHeader header{RecordKind::indicator, {Tlp::green, Pap::amber}, now, 0x1122334455667788};
const IndicatorBody body{IndicatorType::domain, 80, {1'800'000'000'000}, "c2.example", {"c2", "apt"}};

Bytes sample() { return encode_indicator(header, body); }

}  // namespace

TEST_CASE("an indicator reads back as it was written, and encodes to the same bytes") {
  const auto bytes = sample();
  const auto record = view_record(bytes);
  REQUIRE(record);
  CHECK(record->header.kind == RecordKind::indicator);
  CHECK(record->header.marking == header.marking);
  CHECK(record->header.created == now);
  CHECK(record->header.author == header.author);
  const auto read = view_indicator(*record);
  REQUIRE(read);
  CHECK(read->value == "c2.example");
  CHECK(read->labels == std::vector<std::string_view>{"c2", "apt"});
  CHECK(read->confidence == 80);
  CHECK(read->expires == body.expires);
  CHECK(encode_indicator(record->header, *read) == bytes);
  const auto key = indicator_key(*record);
  CHECK(key.type == IndicatorType::domain);
  CHECK(key.value == "c2.example");
  CHECK(key.expires_s == 1'800'000'000);
}

TEST_CASE("a common indicator record fits one block of the hash") {
  CHECK(sample().size() <= 126);
}

TEST_CASE("whatever bytes parse as an indicator encode to themselves") {
  tests::SeededEntropy entropy(3);
  int parsed = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = sample();
    const auto number = entropy.number();
    for (unsigned flips = 0; flips < 1 + number % 3; ++flips) {
      const auto where = entropy.number();
      bytes[where % bytes.size()] = std::uint8_t(where >> 32);
    }
    if (number % 5 == 0) bytes.resize((number >> 8) % (bytes.size() + 4));
    const auto record = view_record(bytes);
    if (!record) continue;
    CHECK(check_record(*record).has_value() ==
          (record->header.kind == RecordKind::indicator ? view_indicator(*record).has_value()
                                                        : FieldReader::make(*record).has_value()));
    const auto read = view_indicator(*record);
    if (!read) continue;
    ++parsed;
    REQUIRE(encode_indicator(record->header, *read) == bytes);
  }
  CHECK(parsed > 1000);
}

TEST_CASE("a record with an unknown version, kind or marking is refused") {
  for (const auto& [at, good] : {std::pair{0, 1}, {1, 26}, {2, 5}, {3, 4}}) {
    for (int value = 0; value < 256; ++value) {
      auto bytes = sample();
      bytes[std::size_t(at)] = std::uint8_t(value);
      const bool wrap = at == 1 && value == int(RecordKind::scope_wrap);
      const bool fits = (value >= 1 && value <= good) || wrap;
      CHECK(view_record(bytes).has_value() == fits);
    }
  }
  auto bytes = sample();
  bytes[11] = 0x80;  // before 1970
  CHECK(view_record(bytes).error().code == Errc::invalid);
  CHECK(view_record(Bytes(19, 1)).error().code == Errc::invalid);
  CHECK(view_record(Bytes(record_bytes_max + 1, 1)).error().code == Errc::too_large);
}

TEST_CASE("an indicator's value is clean text of 1 to 4,096 bytes") {
  const auto with = [](std::string_view value, IndicatorType type = IndicatorType::url) {
    auto changed = body;
    changed.value = value;
    changed.type = type;
    const auto bytes = encode_indicator(header, changed);
    return view_indicator(*view_record(bytes)).has_value();
  };
  CHECK(with("https://a.example/\xc3\xa9"));
  CHECK_FALSE(with(""));
  CHECK(with(std::string(4096, 'a')));
  CHECK_FALSE(with("a\nb"));
  CHECK_FALSE(with("a\x1b[2J"));
  CHECK_FALSE(with("a\xff"));
  CHECK(with("[a:b = 1]\n AND c", IndicatorType::pattern));
}

TEST_CASE("labels beyond their bounds, and bytes behind them, are refused") {
  auto bytes = sample();
  bytes.push_back(0);
  CHECK_FALSE(view_indicator(*view_record(bytes)));
  bytes = sample();
  bytes[record_header_bytes + 1] = 101;  // confidence
  CHECK_FALSE(view_indicator(*view_record(bytes)));
  const std::string long_label(65, 'x');
  auto changed = body;
  changed.labels = {long_label};
  bytes = encode_indicator(header, changed);
  CHECK_FALSE(view_indicator(*view_record(bytes)));
  CHECK_FALSE(check_record(*view_record(bytes)));
}

TEST_CASE("fields are read by tag, repeat, and stand in ascending order") {
  auto note = header;
  note.kind = RecordKind::note;
  FieldWriter writer(note);
  writer.text(1, "title").number(2, 77).text(5, "a").text(5, "b").fixed(9, Digest{});
  const auto bytes = std::move(writer).take();
  const auto record = view_record(bytes);
  REQUIRE(check_record(*record));
  const auto fields = FieldReader::make(*record);
  REQUIRE(fields);
  CHECK(fields->text(1) == "title");
  CHECK(fields->number(2) == 77);
  CHECK(fields->number(1) == 0);
  CHECK(fields->all(5).size() == 2);
  CHECK(fields->has(9));
  CHECK_FALSE(fields->has(3));
  CHECK(fields->bytes(3).empty());
  CHECK(fields->fixed<Digest>(9).is_zero());

  for (std::size_t size = record_header_bytes + 1; size < bytes.size(); ++size) {
    const auto cut = view_record(ByteView(bytes).first(size));
    const bool at_end_of_field = size == 30 || size == 43 || size == 49 || size == 55;
    CHECK(FieldReader::make(*cut).has_value() == at_end_of_field);
  }
  auto swapped = bytes;
  swapped[record_header_bytes] = 3;  // tag 3 before tag 2
  CHECK(FieldReader::make(*view_record(swapped)).error().code == Errc::invalid);
}

TEST_CASE("more fields than there may be are refused before they are kept") {
  auto note = header;
  note.kind = RecordKind::note;
  FieldWriter writer(note);
  for (std::size_t i = 0; i <= FieldReader::fields_max; ++i) writer.text(1, "");
  const auto bytes = std::move(writer).take();
  CHECK(FieldReader::make(*view_record(bytes)).error().code == Errc::too_large);
}

TEST_CASE("kinds and types have stable names") {
  CHECK(name_of(RecordKind::indicator) == "indicator");
  CHECK(name_of(RecordKind::release) == "release");
  CHECK(name_of(RecordKind::forks) == "forks");
  CHECK(name_of(RecordKind(28)) == "unknown");
  for (int i = 1; i <= 10; ++i)
    CHECK(*indicator_type_from(name_of(IndicatorType(i))) == IndicatorType(i));
  CHECK(indicator_type_from("ip").error().code == Errc::invalid);
}
