#include "agents/siem/bulk_framing.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "agents/http/json_check.hpp"

namespace tocsin::agents {

namespace {

namespace json = boost::json;

constexpr std::size_t action_bytes_max = 16 * 1024;

std::string text_or_json(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (const auto* text = value->if_string()) return std::string(*text);
  return value->is_null() ? std::string() : json::serialize(*value);
}

/// An object with one of the four actions as its only key; nothing for any other line.
std::optional<BulkItem> action_in(std::string_view line, std::string_view index) {
  if (line.size() > action_bytes_max) return {};
  json::error_code error;
  const auto value = json::parse(json::string_view(line.data(), line.size()), error);
  if (error || !value.is_object() || value.get_object().size() != 1) return {};
  const auto& [name, about] = *value.get_object().begin();
  if (name != "index" && name != "create" && name != "update" && name != "delete") return {};
  const auto* fields = about.if_object();
  if (fields == nullptr) return {};
  BulkItem item;
  item.action = std::string(name);
  item.index = text_or_json(*fields, "_index");
  if (item.index.empty()) item.index = index;
  item.id = text_or_json(*fields, "_id");
  return item;
}

void check_document(BulkItem& item, std::string_view document, std::size_t line, bool is_json) {
  item.document = document;
  if (item.action == "update") {
    item.refuse(400, "illegal_argument_exception", "events are only added: use index or create");
    return;
  }
  if (!is_json) return;
  const auto kind = check_json(document);
  if (kind && *kind == JsonKind::object) return;
  item.refuse(400, "document_parsing_exception",
              fmt::format("line {}: {}", line, kind ? "not a JSON object" : kind.error().message));
}

std::string as_json(std::string_view text) {
  return json::serialize(json::value(json::string_view(text.data(), text.size())));
}

}  // namespace

void BulkItem::refuse(int with_status, std::string error_type, std::string why) {
  status = with_status;
  type = std::move(error_type);
  reason = std::move(why);
}

Result<std::vector<BulkItem>> frame_bulk(std::string_view body, std::string_view index,
                                         bool documents_are_json) {
  const auto lines = lines_of(body);
  std::vector<BulkItem> items;
  bool any = false;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (items.size() == bulk_items_max)
      return fail(Errc::too_large, "more than {} items in one request", bulk_items_max);
    auto item = action_in(lines[at].text, index);
    if (!item) {
      items.emplace_back().index = index;
      items.back().refuse(400, "illegal_argument_exception",
                          fmt::format("malformed action line [{}]", lines[at].number));
      continue;
    }
    any = true;
    items.push_back(std::move(*item));
    auto& added = items.back();
    if (added.action == "delete") {
      added.refuse(400, "illegal_argument_exception", "events cannot be deleted");
    } else if (at + 1 == lines.size()) {
      added.refuse(400, "illegal_argument_exception",
                   fmt::format("the action on line {} has no document", lines[at].number));
    } else {
      ++at;
      check_document(added, lines[at].text, lines[at].number, documents_are_json);
    }
  }
  if (items.empty()) return fail(Errc::invalid, "request body is required");
  if (!any) return fail(Errc::invalid, "malformed action line [{}], expected an object with one "
                                       "of index, create, update, delete", lines[0].number);
  return items;
}

std::string write_bulk_answer(const std::vector<BulkItem>& items) {
  const bool errors = std::ranges::any_of(items, [](const auto& i) { return i.status >= 400; });
  std::string out = fmt::format(R"({{"took":1,"errors":{},"items":[)", errors);
  for (const auto& item : items) {
    if (&item != items.data()) out += ',';
    out += fmt::format(R"({{"{}":{{"_index":{},"_id":{},"status":{})", item.action,
                       as_json(item.index), item.id.empty() ? "null" : as_json(item.id), item.status);
    if (item.status >= 400)
      out += fmt::format(R"(,"error":{{"type":{},"reason":{}}})", as_json(item.type),
                         as_json(item.reason));
    else
      out += R"(,"_version":1,"result":"created","_seq_no":0,"_primary_term":1)"
             R"(,"_shards":{"total":1,"successful":1,"failed":0})";
    out += "}}";
  }
  out += "]}\n";
  return out;
}

}  // namespace tocsin::agents
