#include "mesh/sync/retention.hpp"

#include <set>

#include "mesh/sync/retraction.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::int64_t hour = 3'600'000;
const WallTime now{1'790'000'000'000};

RecordHeader header(RecordKind kind) { return {kind, {Tlp::green, Pap::green}, now, 7}; }

Bytes indicator(std::string_view value, WallTime expires) {
  IndicatorBody body;
  body.type = IndicatorType::domain;
  body.value = value;
  body.expires = {expires.ms / 1000 * 1000};
  return encode_indicator(header(RecordKind::indicator), body);
}
Bytes note() {
  return std::move(FieldWriter(header(RecordKind::note)).text(1, "a case")).take();
}

struct Known {
  std::map<Digest, std::uint32_t> ends;
  std::map<Digest, WallTime> retracted;
  std::set<Digest> moved;

  std::optional<WallTime> end(const std::vector<Bytes>& records) const {
    std::vector<RecordView> views;
    for (const auto& record : records) views.push_back(view_record(record).value());
    return end_of(views, {[this](const Digest& id) -> std::optional<std::uint32_t> {
                            const auto at = ends.find(id);
                            if (at == ends.end()) return std::nullopt;
                            return at->second;
                          },
                          [this](const RecordView& record) -> std::optional<WallTime> {
                            const auto at = retracted.find(record.id());
                            if (at == retracted.end()) return std::nullopt;
                            return at->second;
                          },
                          [this](const RecordView& r) { return moved.contains(r.id()); }});
  }
};

}  // namespace

TEST_CASE("a batch of indicators ends with the last of them") {
  Known known;
  const auto early = indicator("a.example", now + std::chrono::hours(1));
  const auto late = indicator("b.example", now + std::chrono::hours(5));
  CHECK(known.end({early, late})->ms == now.ms / 1000 * 1000 + 5 * hour);
  CHECK(known.end({late, early})->ms == now.ms / 1000 * 1000 + 5 * hour);
}

TEST_CASE("a retracted indicator ends when it was retracted, or before when it expired before") {
  Known known;
  const auto one = indicator("a.example", now + std::chrono::hours(50));
  const auto id = view_record(one)->id();
  known.retracted[id] = now + std::chrono::hours(2);
  CHECK(known.end({one}) == now + std::chrono::hours(2));
  known.retracted[id] = now + std::chrono::hours(70);
  CHECK(known.end({one})->ms == now.ms / 1000 * 1000 + 50 * hour);
}

TEST_CASE("what refers to an indicator outlives it by a week, and stays while its end is unknown") {
  Known known;
  const auto target = view_record(indicator("a.example", now))->id();
  const auto retraction =
      encode_retraction(header(RecordKind::retraction), {target, "wrong", {}, {}, {}}).value();
  const auto receipt = encode_receipt(header(RecordKind::receipt), {Digest{}, target, true, {}});
  const auto dispute =
      encode_dispute(header(RecordKind::dispute), {target, "ours"}).value();
  const auto sighting =
      std::move(FieldWriter(header(RecordKind::sighting)).fixed(1, target)).take();
  for (const auto& record : {retraction, receipt, dispute, sighting}) {
    CHECK_FALSE(known.end({record}));
    known.ends[target] = std::uint32_t(now.ms / 1000);
    CHECK(known.end({record})->ms == now.ms / 1000 * 1000 + 7 * 24 * hour);
    known.ends.clear();
  }
}

TEST_CASE("cases, decisions and trust stay, and so does a batch with one of them") {
  Known known;
  CHECK_FALSE(known.end({note()}));
  CHECK_FALSE(known.end({indicator("a.example", now), note()}));
  for (const auto kind :
       {RecordKind::incident, RecordKind::playbook, RecordKind::run_event, RecordKind::approval,
        RecordKind::effect, RecordKind::impact, RecordKind::repair, RecordKind::drill,
        RecordKind::certificate, RecordKind::revocation, RecordKind::witness,
        RecordKind::checkpoint, RecordKind::scope_key, RecordKind::sealed_note,
        RecordKind::release})
    CHECK(life_of(view_record(FieldWriter(header(kind)).take()).value()).life == Life::stays);
}

TEST_CASE("a record that lives on in a newer batch holds nothing back") {
  Known known;
  const auto gone = indicator("a.example", now);
  const auto live = indicator("b.example", now + std::chrono::hours(500));
  known.moved.insert(view_record(live)->id());
  CHECK(known.end({gone, live})->ms == now.ms / 1000 * 1000);
}
