#include "crypto/strict_json.hpp"

#include <boost/json/parser.hpp>

namespace tocsin::crypto {
namespace {

const boost::json::array empty_list;

}  // namespace

Result<boost::json::value> parse_signed_json(std::string_view text, std::size_t bytes_max,
                                             std::string_view what) {
  if (text.size() > bytes_max)
    return fail(Errc::too_large, "{}: {} bytes, limit {}", what, text.size(), bytes_max);
  boost::json::parse_options options;
  options.max_depth = signed_json_depth_max;
  boost::json::parser parser({}, options);
  boost::json::error_code error;
  const auto read = parser.write(text.data(), text.size(), error);
  if (error)
    return fail(Errc::invalid, "{}: not JSON at byte {}: {}", what, read,
                error.message());
  return parser.release();
}

bool is_plain_text(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

StrictFields::StrictFields(const boost::json::value& value, std::string where)
    : object_(value.if_object()), where_(std::move(where)) {
  if (!object_) reject(Error{Errc::invalid, where_ + ": must be an object"});
}

const boost::json::value* StrictFields::take(std::string_view key) {
  if (failed()) return nullptr;
  taken_.push_back(key);
  const auto* found = object_->if_contains(key);
  if (!found) reject(key, "is missing");
  return found;
}

std::string StrictFields::text(std::string_view key, std::size_t bytes_max,
                               bool may_be_empty) {
  const auto found = raw_text(key);
  if (failed() || (may_be_empty && found.empty())) return {};
  if (is_plain_text(found, bytes_max)) return std::string(found);
  reject(key, fmt::format("must be text of 1 to {} bytes without control characters",
                          bytes_max));
  return {};
}

std::string_view StrictFields::raw_text(std::string_view key) {
  const auto* found = take(key);
  if (!found) return {};
  if (const auto* text = found->if_string()) return {text->data(), text->size()};
  reject(key, "must be a string");
  return {};
}

std::int64_t StrictFields::number(std::string_view key, std::int64_t min,
                                  std::int64_t max) {
  const auto* found = take(key);
  if (!found) return 0;
  const auto* number = found->if_int64();
  if (number && *number >= min && *number <= max) return *number;
  reject(key, fmt::format("must be a whole number from {} to {}", min, max));
  return 0;
}

bool StrictFields::flag(std::string_view key) {
  const auto* found = take(key);
  if (!found) return false;
  if (const auto* flag = found->if_bool()) return *flag;
  reject(key, "must be true or false");
  return false;
}

bool StrictFields::has(std::string_view key) const {
  return object_ && object_->contains(key);
}

const boost::json::array& StrictFields::list(std::string_view key,
                                             std::size_t count_max) {
  const auto* found = take(key);
  if (!found) return empty_list;
  const auto* list = found->if_array();
  if (list && list->size() <= count_max) return *list;
  reject(key, list ? fmt::format("has {} entries, limit {}", list->size(), count_max)
                   : "must be an array");
  return empty_list;
}

void StrictFields::reject(std::string_view key, std::string_view why) {
  reject(Error{Errc::invalid, fmt::format("{}: '{}' {}", where_, key, why)});
}

void StrictFields::reject(Error error) {
  if (!error_) error_ = std::move(error);
}

Result<void> StrictFields::finish() {
  if (!error_)
    for (const auto& field : *object_)
      if (std::find(taken_.begin(), taken_.end(), std::string_view(field.key())) ==
          taken_.end())
        return fail(Errc::invalid, "{}: unknown key '{}'", where_,
                    std::string(field.key()));
  if (error_) return std::unexpected(*error_);
  return {};
}

}  // namespace tocsin::crypto
