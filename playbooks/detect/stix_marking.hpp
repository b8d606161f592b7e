// The markings of STIX objects: TLP 1 and 2, PAP and statements.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "mesh/wire/marking.hpp"

namespace tocsin::playbooks {

struct SourceMarking {
  std::optional<mesh::Tlp> tlp;
  std::optional<mesh::Pap> pap;
  /// Keeps what both permit.
  void narrow(const SourceMarking& other);
};

/// The id of the published TLP 2.0 marking definition. Source: OASIS STIX TLP 2.0 extension.
std::string_view tlp_definition_id(mesh::Tlp tlp);
inline constexpr std::string_view tlp_extension_id =
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

class StixMarkings {
 public:
  /// Knows the published definitions from the start.
  StixMarkings();
  void define(const boost::json::object& marking_definition);
  /// The intersection of all that `object` refers to, granular markings included.
  /// Errors: marking (classified, or a definition that is not known).
  Result<SourceMarking> of(const boost::json::object& object) const;

  static constexpr std::size_t definitions_max = 4096;

 private:
  std::map<std::string, Result<SourceMarking>, std::less<>> definitions_;
};

}  // namespace tocsin::playbooks
