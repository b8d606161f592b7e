// The fields that an organisation's card and its entry in a charter have in common.
#pragma once

#include <boost/json/object.hpp>

#include "crypto/identity.hpp"
#include "crypto/strict_json.hpp"

namespace tocsin::crypto {

/// org, name, country, role, root, recovery, agents, own: in this order.
boost::json::object card_object(const Card& card);
/// Takes those fields and checks them; faults stay in `fields`.
Card take_card(StrictFields& fields);

}  // namespace tocsin::crypto
