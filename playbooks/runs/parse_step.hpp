// Reads one workflow step, its commands, and variables.
#pragma once

#include "playbooks/runs/json_reader.hpp"

namespace tocsin::playbooks {

/// Nothing if its type is not offered; that is a problem. `agents`: agent id → organisation.
std::optional<Step> read_step(JsonReader& reader, const std::string& id,
                              const boost::json::value& value,
                              const std::map<std::string, std::string>& agents);

/// Nothing if it cannot be used; that is a problem. `path` ends with '/'.
std::optional<Variable> read_variable(JsonReader& reader, const std::string& path,
                                      std::string_view name, const boost::json::value& value);

}  // namespace tocsin::playbooks
