// Reads fields of the local interface's answers and of files that others wrote: what is
// missing or of another type is empty or zero.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace tocsin::agents {

std::string text_in(const boost::json::object& object, std::string_view key);
/// The strings of an array.
std::vector<std::string> texts_in(const boost::json::object& object,
                                  std::string_view key);
std::int64_t number_in(const boost::json::object& object, std::string_view key);
/// The objects of an array. Lifetime: `object` outlives them.
std::vector<const boost::json::object*> objects_in(const boost::json::object& object,
                                                   std::string_view key);

}  // namespace tocsin::agents
