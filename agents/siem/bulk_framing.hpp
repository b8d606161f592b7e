// Reads the lines of an Elasticsearch bulk request: actions and their documents.
#pragma once

#include "agents/siem/http_intake.hpp"

namespace tocsin::agents {

/// One action with what became of it so far. Lifetime of `document`: that of the body.
struct BulkItem {
  std::string action = "index";  ///< index, create, update, delete
  std::string index, id;
  std::string_view document;
  int status = 201;    ///< 201 until somebody objects
  std::string type;    ///< of the error, as Elasticsearch names it
  std::string reason;

  void refuse(int with_status, std::string error_type, std::string why);
};

inline constexpr std::size_t bulk_items_max = 1'000'000;

/// The items of `body`; `index` is the path's. A line that is no action costs one item with its
/// line number, and reading goes on with the next line. Documents must be JSON objects where
/// `documents_are_json`. Errors: invalid (no action at all), too_large.
Result<std::vector<BulkItem>> frame_bulk(std::string_view body, std::string_view index,
                                         bool documents_are_json);

/// The answer: `took`, `errors`, `items[]`.
std::string write_bulk_answer(const std::vector<BulkItem>& items);

}  // namespace tocsin::agents
