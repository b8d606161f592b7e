#include "playbooks/runs/json_reader.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t shown_bytes_max = 80;
constexpr std::int64_t milliseconds_max = 30ll * 24 * 3600 * 1000;

std::string below(const std::string& path, std::string_view key) {
  return fmt::format("{}/{}", path, key.substr(0, shown_bytes_max));
}

}  // namespace

void JsonReader::problem(std::string path, std::string text) {
  if (problems_.size() < playbook_problems_max)
    problems_.push_back({std::move(path), std::move(text)});
}

std::string JsonReader::text(const boost::json::object& in, const std::string& path,
                             std::string_view key, bool required) {
  const auto* value = in.if_contains(key);
  if (!value) {
    if (required) problem(below(path, key), "is missing");
    return {};
  }
  if (!value->is_string()) {
    problem(below(path, key), "is not text");
    return {};
  }
  if (required && value->get_string().empty()) problem(below(path, key), "is empty");
  return std::string(value->get_string());
}

const boost::json::object* JsonReader::object(const boost::json::object& in,
                                              const std::string& path, std::string_view key,
                                              bool required) {
  const auto* value = in.if_contains(key);
  if (!value && required) problem(below(path, key), "is missing");
  if (value && !value->is_object()) problem(below(path, key), "is not an object");
  return value && value->is_object() ? &value->get_object() : nullptr;
}

std::vector<std::string> JsonReader::texts(const boost::json::object& in, const std::string& path,
                                           std::string_view key, bool required) {
  std::vector<std::string> out;
  const auto* value = in.if_contains(key);
  if (!value && required) problem(below(path, key), "is missing");
  if (value && !value->is_array()) problem(below(path, key), "is not an array");
  if (!value || !value->is_array()) return out;
  for (const auto& entry : value->get_array()) {
    if (entry.is_string())
      out.emplace_back(entry.get_string());
    else
      problem(below(path, key), "holds something that is not text");
  }
  return out;
}

bool JsonReader::boolean(const boost::json::object& in, const std::string& path,
                         std::string_view key) {
  const auto* value = in.if_contains(key);
  if (value && !value->is_bool()) problem(below(path, key), "is neither true nor false");
  return value && value->is_bool() && value->get_bool();
}

Duration JsonReader::milliseconds(const boost::json::object& in, const std::string& path,
                                  std::string_view key) {
  const auto* value = in.if_contains(key);
  if (!value) return {};
  const auto number = value->is_int64() ? value->get_int64() : 0;
  if (number < 1 || number > milliseconds_max) {
    problem(below(path, key), fmt::format("is not from 1 to {} milliseconds", milliseconds_max));
    return {};
  }
  return std::chrono::milliseconds(number);
}

void JsonReader::only(const boost::json::object& in, const std::string& path,
                      const std::set<std::string_view>& keys) {
  for (const auto& [key, value] : in)
    if (!keys.contains(std::string_view(key.data(), key.size())))
      problem(below(path, std::string_view(key.data(), key.size())),
              "is not known in CACAO 2.0 at this place");
}

}  // namespace tocsin::playbooks
