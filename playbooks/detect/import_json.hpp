// Walks large JSON documents object by object, so that memory follows one object and not the
// whole.
#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "playbooks/detect/import.hpp"

namespace tocsin::playbooks {

/// A JSON text with room behind it for the parser, its nesting checked once.
class JsonText {
 public:
  /// Takes `text` over. Errors: too_large (import_json_bytes_max), invalid (nested deeper than
  /// import_depth_max).
  static Result<JsonText> make(std::string text);
  std::string_view view() const { return std::string_view(text_).substr(0, size_); }
  std::size_t allocated() const { return text_.size(); }

  static constexpr std::size_t padding = 64;

 private:
  std::string text_;
  std::size_t size_ = 0;
};

inline constexpr std::size_t import_object_bytes_max = 16u << 20;

/// STIX: each member of `objects` of a bundle or envelope, or of an array, or the one object.
/// Errors: invalid, and what `each` returned.
using EachObject = std::function<Result<void>(const boost::json::object&)>;
Result<void> each_stix_object(const JsonText& text, const EachObject& each);

/// MISP: each attribute and object of each event, with the tags of its event.
struct MispVisitor {
  std::function<Result<void>(const boost::json::object& event_facts)> event;
  EachObject attribute;
  EachObject object;
};
/// The facts of an event are `uuid`, `info` and `Tag`; they come before its attributes.
/// Errors: as above.
Result<void> each_misp_object(const JsonText& text, const MispVisitor& visitor);

/// Empty when absent or no string. Lifetime: that of `object`.
std::string_view text_at(const boost::json::object& object, std::string_view key);

Result<void> import_stix(const JsonText& text, const ImportSink& sink);
Result<void> import_misp(const JsonText& text, const ImportSink& sink);

}  // namespace tocsin::playbooks
