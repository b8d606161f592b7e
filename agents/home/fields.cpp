#include "agents/home/fields.hpp"

namespace tocsin::agents {

namespace json = boost::json;

std::string text_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::vector<std::string> texts_in(const json::object& object, std::string_view key) {
  std::vector<std::string> out;
  const auto* list = object.if_contains(key);
  if (!list || !list->is_array()) return out;
  for (const auto& each : list->as_array())
    if (each.is_string()) out.emplace_back(each.as_string());
  return out;
}

std::int64_t number_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value) return 0;
  if (value->is_int64()) return value->as_int64();
  if (value->is_uint64()) return std::int64_t(value->as_uint64());
  return 0;
}

std::vector<const json::object*> objects_in(const json::object& object,
                                            std::string_view key) {
  std::vector<const json::object*> out;
  const auto* list = object.if_contains(key);
  if (!list || !list->is_array()) return out;
  for (const auto& each : list->as_array())
    if (each.is_object()) out.push_back(&each.as_object());
  return out;
}

}  // namespace tocsin::agents
