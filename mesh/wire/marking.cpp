#include "mesh/wire/marking.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace tocsin::mesh {
namespace {

// What each TLP colour permits. Sets, so that a derived record is an intersection.
enum : std::uint8_t {
  to_public = 1, to_members = 2, to_operators = 4, to_named_orgs = 8, to_named_persons = 16
};
struct TlpPermissions { Tlp tlp; std::string_view name; std::uint8_t permits; };
constexpr std::array<TlpPermissions, 5> tlp_table{{
    {Tlp::clear, "clear",
     to_public | to_members | to_operators | to_named_orgs | to_named_persons},
    {Tlp::green, "green", to_members | to_operators | to_named_orgs | to_named_persons},
    {Tlp::amber, "amber", to_operators | to_named_orgs | to_named_persons},
    {Tlp::amber_strict, "amber+strict", to_named_orgs | to_named_persons},
    {Tlp::red, "red", to_named_persons},
}};

// What each PAP colour permits to be done with a value.
enum : std::uint8_t { may_watch = 1, may_look_up = 2, may_contain = 4, may_engage = 8 };
struct PapPermissions { Pap pap; std::string_view name; std::uint8_t permits; };
constexpr std::array<PapPermissions, 4> pap_table{{
    {Pap::clear, "clear", may_watch | may_look_up | may_contain | may_engage},
    {Pap::green, "green", may_watch | may_look_up | may_contain},
    {Pap::amber, "amber", may_watch | may_look_up},
    {Pap::red, "red", may_watch},
}};

// Unknown wire values permit nothing.
std::uint8_t permits(Tlp tlp) {
  for (const auto& row : tlp_table)
    if (row.tlp == tlp) return row.permits;
  return 0;
}
std::uint8_t permits(Pap pap) {
  for (const auto& row : pap_table)
    if (row.pap == pap) return row.permits;
  return 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

std::string colour_of(std::string_view text, std::string_view scheme) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  auto colour = lower(text);
  if (colour.starts_with(scheme)) colour.erase(0, scheme.size());
  return colour == "white" ? "clear" : colour;
}

bool holds(const std::vector<std::string>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

std::string_view org_of(std::string_view person) { return person.substr(0, person.find('/')); }

void sort_distinct(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::vector<std::string> shared(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

std::string_view name_of(Tlp tlp) {
  for (const auto& row : tlp_table)
    if (row.tlp == tlp) return row.name;
  return "unknown";
}

std::string_view name_of(Pap pap) {
  for (const auto& row : pap_table)
    if (row.pap == pap) return row.name;
  return "unknown";
}

Result<Tlp> tlp_from(std::string_view text) {
  if (const auto open = refuse_classified(text); !open) return std::unexpected(open.error());
  const auto colour = colour_of(text, "tlp:");
  for (const auto& row : tlp_table)
    if (row.name == colour) return row.tlp;
  return std::unexpected(Error{Errc::invalid, fmt::format("'{:.40}' is no TLP 2.0 marking", text),
                               "use clear, green, amber, amber+strict or red"});
}

Result<Pap> pap_from(std::string_view text) {
  if (const auto open = refuse_classified(text); !open) return std::unexpected(open.error());
  const auto colour = colour_of(text, "pap:");
  for (const auto& row : pap_table)
    if (row.name == colour) return row.pap;
  return std::unexpected(Error{Errc::invalid, fmt::format("'{:.40}' is no PAP marking", text),
                               "use clear, green, amber or red"});
}

bool may_block(Marking marking) {
  return (permits(marking.pap) & may_contain) != 0 && permits(marking.tlp) != 0;
}

bool may_match(Marking marking) {
  return (permits(marking.tlp) & to_named_orgs) != 0 && (permits(marking.pap) & may_watch) != 0;
}

Marking intersect(Marking a, Marking b) {
  const auto tlp = std::uint8_t(permits(a.tlp) & permits(b.tlp));
  const auto pap = std::uint8_t(permits(a.pap) & permits(b.pap));
  Marking out{Tlp::red, Pap::red};
  for (const auto& row : tlp_table)
    if (row.permits == tlp) out.tlp = row.tlp;
  for (const auto& row : pap_table)
    if (row.permits == pap) out.pap = row.pap;
  return out;
}

bool Audience::includes(std::string_view org) const {
  if (org.empty()) return false;
  if (all_members || holds(orgs, org)) return true;
  return std::any_of(persons.begin(), persons.end(),
                     [&](const std::string& person) { return org_of(person) == org; });
}

Audience intersect(const Audience& a, const Audience& b) {
  if (a.all_members) return b;
  if (b.all_members) return a;
  Audience out{false, shared(a.orgs, b.orgs), shared(a.persons, b.persons)};
  // A named person stays where the other side admits the person's whole organisation. One that
  // names persons admits none: the organisation that it lists is its author's.
  if (b.persons.empty())
    for (const auto& person : a.persons)
      if (holds(b.orgs, org_of(person))) out.persons.push_back(person);
  if (a.persons.empty())
    for (const auto& person : b.persons)
      if (holds(a.orgs, org_of(person))) out.persons.push_back(person);
  sort_distinct(out.persons);
  return out;
}

}  // namespace tocsin::mesh
