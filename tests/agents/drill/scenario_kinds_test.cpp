#include <set>

#include "agents/drill/scenario.hpp"

#include "tests/catch.hpp"

using namespace tocsin::agents::drill;

namespace {

template <typename Kind>
void check_kinds(Kind last, const std::set<std::string_view>& common) {
  std::set<std::string_view> names;
  for (int i = 0; i <= int(last); ++i) {
    const auto kind = Kind(i);
    const auto name = name_of(kind);
    INFO(name);
    CHECK(names.insert(name).second);
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    std::set<std::string_view> keys;
    for (const auto& field : fields_of(kind)) {
      CHECK(keys.insert(field.key).second);
      CHECK_FALSE(common.contains(field.key));
    }
  }
}

bool needs(const std::vector<Field>& fields, std::string_view key, Meaning meaning) {
  for (const auto& field : fields)
    if (field.key == key) return field.needed && field.meaning == meaning;
  return false;
}

}  // namespace

TEST_CASE("every kind has a name and fields of its own, none of which hides a common one") {
  check_kinds(InjectKind::damage_assess, {"kind", "text", "after"});
  check_kinds(ExpectationKind::damage, {"kind", "text", "within", "measures", "of"});
}

TEST_CASE("phases are named in the order in which an incident goes through them") {
  std::string all;
  for (std::size_t i = 0; i < phases_count; ++i) all += std::string(name_of(Phase(i))) + " ";
  CHECK(all == "detect share decide contain restore ");
}

TEST_CASE("what names something gives the name that others need") {
  CHECK(needs(fields_of(InjectKind::ioc_add), "name", Meaning::new_indicator));
  CHECK(needs(fields_of(InjectKind::ioc_retract), "indicator", Meaning::indicator));
  CHECK(needs(fields_of(InjectKind::playbook_import), "name", Meaning::new_playbook));
  CHECK(needs(fields_of(InjectKind::playbook_run), "playbook", Meaning::playbook));
  CHECK(needs(fields_of(InjectKind::playbook_run), "name", Meaning::new_run));
  CHECK(needs(fields_of(InjectKind::approve), "run", Meaning::run));
  CHECK(needs(fields_of(ExpectationKind::waits), "run", Meaning::run));
}

TEST_CASE("all that opens a file says so, so that it is looked for below the scenario's folder") {
  for (int i = 0; i <= int(InjectKind::damage_assess); ++i)
    for (const auto& field : fields_of(InjectKind(i)))
      CHECK((field.key == "file") == (field.meaning == Meaning::file));
}

TEST_CASE("events come in four ways with the same fields") {
  const auto* first = &fields_of(InjectKind::syslog);
  for (const auto kind : {InjectKind::ndjson, InjectKind::bulk, InjectKind::hec})
    CHECK(&fields_of(kind) == first);
  CHECK(needs(*first, "lines", Meaning::texts));
}
