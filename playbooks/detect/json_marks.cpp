#include "playbooks/detect/json_marks.hpp"

#include <algorithm>

#include <simdjson.h>

namespace tocsin::playbooks {
namespace {

constexpr std::size_t capacity_min = 16 * 1024;  // Bytes of JSON; grows when a text is longer.

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::unexpected<Error> broken(simdjson::error_code code) {
  return fail(Errc::invalid, "not JSON ({})", simdjson::error_message(code));
}

}  // namespace

static_assert(JsonMarks::padding >= simdjson::SIMDJSON_PADDING);

struct JsonMarks::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  simdjson::ondemand::parser strings;

  simdjson::error_code make_room(std::size_t size) {
    if (stage && size < stage->capacity()) return simdjson::SUCCESS;
    const std::size_t capacity = std::max(capacity_min, 2 * size);
    if (stage) return stage->allocate(capacity, 1);
    return simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1,
                                                                                   stage);
  }
};

JsonMarks::JsonMarks() : parser_(std::make_unique<Parser>()) {}
JsonMarks::~JsonMarks() = default;

Result<std::span<const std::uint32_t>> JsonMarks::find(std::string_view json) {
  if (json.empty()) return broken(simdjson::EMPTY);
  if (const auto error = parser_->make_room(json.size())) return broken(error);
  auto& stage = *parser_->stage;
  if (const auto error =
          stage.stage1(bytes_of(json), json.size(), simdjson::stage1_mode::regular))
    return broken(error);
  return std::span<const std::uint32_t>(stage.structural_indexes.get(),
                                        stage.n_structural_indexes);
}

std::optional<std::string> JsonMarks::unescape(std::string_view token) const {
  auto& strings = parser_->strings;
  if (strings.capacity() == 0 && strings.allocate(padding) != simdjson::SUCCESS) return {};
  std::string out(token.size() + padding, '\0');  // Written in whole vectors.
  auto* to = reinterpret_cast<std::uint8_t*>(out.data());
  std::string_view plain;
  if (strings.unescape({bytes_of(token)}, to).get(plain) != simdjson::SUCCESS)
    return {};
  out.resize(plain.size());
  return out;
}

}  // namespace tocsin::playbooks
