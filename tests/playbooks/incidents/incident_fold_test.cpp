#include "playbooks/incidents/incident_fold.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/incidents/incident_samples.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

struct Fold {
  std::vector<IncidentEntry> entries;
  template <typename What>
  void add(std::int64_t ms, const What& what) {
    const auto record = sent(ms, what);
    const auto view = mesh::view_record(record.bytes).value();
    entries.push_back({{ms}, view.id(), "delos", decode_incident(view).value()});
  }
  Incident incident() const {
    std::vector<const IncidentEntry*> all;
    for (const auto& entry : entries) all.push_back(&entry);
    return fold_incident(all);
  }
};

}  // namespace

TEST_CASE("the later change wins, whatever came first") {
  Fold fold;
  auto late = change_of(1, IncidentOperation::assign), early = late;
  late.text = "delos/late";
  early.text = "delos/early";
  fold.add(30, late);
  fold.add(20, early);
  fold.add(10, opening_of(1, 10));
  CHECK(fold.incident().assignee == "delos/late");
}

TEST_CASE("a close holds until a reopening or a newer sighting") {
  Fold fold;
  fold.add(10, opening_of(1, 10));
  fold.add(20, change_of(1, IncidentOperation::acknowledge));
  CHECK(fold.incident().state == IncidentState::acknowledged);
  fold.add(30, change_of(1, IncidentOperation::close));
  CHECK(fold.incident().state == IncidentState::closed);
  fold.add(25, change_of(1, IncidentOperation::reopen));
  CHECK(fold.incident().state == IncidentState::closed);

  auto reopened = fold;
  reopened.add(40, change_of(1, IncidentOperation::reopen));
  CHECK(reopened.incident().state == IncidentState::open);
  auto seen_again = fold;
  seen_again.add(50, opening_of(1, 31));
  CHECK(seen_again.incident().state == IncidentState::open);
  auto old_news = fold;
  old_news.add(50, opening_of(1, 29));
  CHECK(old_news.incident().state == IncidentState::closed);
}
