#include "playbooks/act/warninglist.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace tocsin::playbooks {
namespace {

constexpr std::size_t entry_bytes_max = 2048;

/// `www.example.net` as `net.example.www.`: names below another one begin with it.
std::string reversed(std::string_view name) {
  std::string out;
  out.reserve(name.size() + 1);
  while (true) {
    const auto dot = name.rfind('.');
    out += dot == name.npos ? name : name.substr(dot + 1);
    out += '.';
    if (dot == name.npos) return out;
    name = name.substr(0, dot);
  }
}

Result<ListType> list_type_from(std::string_view name) {
  if (name == "cidr") return ListType::cidr;
  if (name == "hostname") return ListType::hostname;
  if (name == "string") return ListType::string;
  if (name == "substring") return ListType::substring;
  if (name == "regex")
    return std::unexpected(Error{Errc::unsupported, "lists of type regex are not offered",
                                 "leave this list out, or use one of type hostname"});
  return fail(Errc::invalid, "type is '{}'; expected cidr, hostname, string or substring",
              name.substr(0, 40));
}

}  // namespace

std::string_view name_of(ListType type) {
  switch (type) {
    case ListType::cidr: return "cidr";
    case ListType::hostname: return "hostname";
    case ListType::string: return "string";
    case ListType::substring: return "substring";
  }
  TOCSIN_ASSERT(false);
  return {};
}

Result<Warninglist> Warninglist::read(std::string_view name, std::string_view json) {
  if (json.size() > warninglist_bytes_max)
    return fail(Errc::too_large, "warninglist {}: {} bytes, limit {}", name, json.size(),
                warninglist_bytes_max);
  boost::json::error_code error;
  boost::json::monotonic_resource arena;
  const auto document = boost::json::parse({json.data(), json.size()}, error, &arena,
                                           {.max_depth = 8});
  if (error || !document.is_object())
    return fail(Errc::invalid, "warninglist {}: {}", name,
                error ? error.message() : "not a JSON object");
  const auto& object = document.get_object();
  const auto* type = object.if_contains("type");
  const auto* list = object.if_contains("list");
  if (!type || !type->is_string() || !list || !list->is_array())
    return fail(Errc::invalid, "warninglist {}: needs a text `type` and an array `list`", name);

  const auto list_type = list_type_from(std::string_view(type->get_string()));
  if (!list_type)
    return fail(list_type.error().code, "warninglist {}: {}", name, list_type.error().message);
  const auto limit = *list_type == ListType::substring ? substring_entries_max
                                                       : warninglist_entries_max;
  if (list->get_array().size() > limit)
    return fail(Errc::too_large, "warninglist {}: {} entries, limit {}", name,
                list->get_array().size(), limit);

  Warninglist out;
  out.name_ = name;
  out.type_ = *list_type;
  for (const auto& entry : list->get_array())
    if (!entry.is_string() || !out.take(std::string_view(entry.get_string()))) ++out.rejected_;
  out.seal();
  return out;
}

bool Warninglist::take(std::string_view entry) {
  if (entry.empty() || entry.size() > entry_bytes_max) return false;
  if (type_ == ListType::cidr) {
    const auto prefix = parse_prefix(entry);
    if (!prefix) return false;
    prefixes_.add(*prefix);
    ++entries_;
    return true;
  }
  auto text = lower_case(entry);
  if (type_ == ListType::hostname) {
    const auto first = text.find_first_not_of('.');
    if (first == text.npos) return false;
    text = reversed(url_host(std::string_view(text).substr(first)));
  }
  // The list as bytes is smaller than 4 GiB: warninglist_bytes_max.
  spans_.emplace_back(std::uint32_t(text_.size()), std::uint16_t(text.size()));
  text_ += text;
  ++entries_;
  return true;
}

std::string_view Warninglist::value_at(std::size_t index) const {
  return std::string_view(text_).substr(spans_[index].first, spans_[index].second);
}

void Warninglist::seal() {
  prefixes_.seal();
  const std::string_view text = text_;
  std::sort(spans_.begin(), spans_.end(), [text](const auto& a, const auto& b) {
    return text.substr(a.first, a.second) < text.substr(b.first, b.second);
  });
}

std::size_t Warninglist::lower_bound(std::string_view value) const {
  const std::string_view text = text_;
  return std::size_t(std::lower_bound(spans_.begin(), spans_.end(), value,
                                      [text](const auto& span, std::string_view wanted) {
                                        return text.substr(span.first, span.second) < wanted;
                                      }) -
                     spans_.begin());
}

bool Warninglist::holds(std::string_view value) const {
  const auto at = lower_bound(value);
  return at < spans_.size() && value_at(at) == value;
}

std::optional<ListHit> Warninglist::find_name(std::string_view name) const {
  const auto wanted = reversed(name);
  for (auto end = wanted.find('.'); end != wanted.npos; end = wanted.find('.', end + 1)) {
    const auto parent = std::string_view(wanted).substr(0, end + 1);
    if (!holds(parent)) continue;
    const bool below = parent.size() < wanted.size();
    return ListHit{std::string(name.substr(name.size() + 1 - parent.size())), below};
  }
  const auto at = lower_bound(wanted);
  if (at == spans_.size() || !value_at(at).starts_with(wanted)) return std::nullopt;
  auto entry = reversed(value_at(at).substr(0, value_at(at).size() - 1));
  entry.pop_back();
  return ListHit{std::move(entry), false};
}

std::optional<ListHit> Warninglist::find_text(std::string_view value) const {
  if (type_ == ListType::string)
    return holds(value) ? std::optional(ListHit{std::string(value), false}) : std::nullopt;
  for (std::size_t i = 0; i < spans_.size(); ++i)
    if (value.find(value_at(i)) != value.npos) return ListHit{std::string(value_at(i)), false};
  return std::nullopt;
}

std::optional<ListHit> Warninglist::find(const BlockTarget& target) const {
  const auto value = lower_case(target.value);
  const auto host = target.type == mesh::IndicatorType::url ? url_host(value) : value;
  switch (type_) {
    case ListType::cidr: {
      const auto prefix = parse_prefix(host);
      const auto* entry = prefix ? prefixes_.overlap(*prefix) : nullptr;
      return entry ? std::optional(ListHit{to_text(*entry), false}) : std::nullopt;
    }
    case ListType::hostname:
      return parse_prefix(host) ? std::nullopt : find_name(host);
    case ListType::string:
    case ListType::substring: {
      const auto hit = find_text(host);
      return hit || host == value ? hit : find_text(value);
    }
  }
  TOCSIN_ASSERT(false);
  return std::nullopt;
}

}  // namespace tocsin::playbooks
