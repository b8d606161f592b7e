// What members share about their joint work: sightings, incidents, damage, runs, playbooks.
#include "playbooks/damage/impact_records.hpp"
#include "playbooks/detect/sighting_record.hpp"
#include "playbooks/incidents/incident_records.hpp"
#include "playbooks/runs/document.hpp"
#include "playbooks/runs/run_record.hpp"
#include "tests/fuzz/targets.hpp"

namespace tocsin::fuzz {
namespace {

using namespace playbooks;

bool any_record(ByteView input) {
  const auto view = mesh::view_record(input);
  if (!view || !mesh::check_record(*view)) return false;
  bool taken = false;
  const auto header = view->header;
  if (const auto sighting = view_sighting(*view)) {
    const auto again = encode_sighting(header, *sighting);
    TOCSIN_ASSERT(view_sighting(*mesh::view_record(again)).has_value());
    taken = true;
  }
  taken |= decode_incident(*view).has_value();
  taken |= decode_impact(*view).has_value();
  taken |= decode_repair(*view).has_value();
  taken |= decode_playbook(*view).has_value();
  taken |= decode_approval(*view).has_value();
  taken |= decode_order(*view).has_value();
  taken |= decode_start(*view, AgentId{{1}}).has_value();
  if (const auto event = decode_event(*view)) {
    const auto again = encode_event(header, *event);
    TOCSIN_ASSERT(decode_event(*mesh::view_record(again)).has_value());
    taken = true;
  }
  return taken;
}

// What a person signs reads in one way only.
template <typename Decode, typename Encode>
bool signed_body(ByteView input, Decode decode, Encode encode) {
  const auto body = decode(input);
  if (!body) return false;
  const Bytes again = encode(*body);
  TOCSIN_ASSERT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  return true;
}

}  // namespace

bool joint(ByteView input) {
  if (input.empty()) return false;
  const auto rest = input.subspan(1);
  switch (input[0]) {
    case 0: return any_record(rest);
    case 1: return check_playbook(text_of(rest)).has_value();
    case 2: return signed_body(rest, decode_approval_body, encode_approval_body);
    case 3: return signed_body(rest, decode_standing_body, encode_standing_body);
    case 4: return signed_body(rest, decode_order_body, encode_order_body);
    case 5: return signed_body(rest, decode_release_order, encode_release_order);
    default: return false;
  }
}

}  // namespace tocsin::fuzz
