// What an HTTP request and its answer are to those who handle them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mesh/world/network.hpp"

namespace tocsin::agents {

struct HttpRequest {
  std::string method;  ///< as sent: "GET", "POST", ...
  std::string path;    ///< percent-decoded, without the query
  std::string query;   ///< as sent, without '?'
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;          ///< chunks joined; still as its Content-Encoding says
  mesh::Address remote;
  bool keep_alive = true;

  /// The first header of this name (any case); empty when absent.
  std::string_view header(std::string_view name) const;
  /// The percent-decoded value of a query parameter; empty when absent.
  std::string parameter(std::string_view name) const;
  std::string_view text() const { return text_of(body); }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};
/// `{"error": {"code", "message"}}` with the status.
HttpResponse http_error(int status, std::string_view code, std::string_view message);
HttpResponse http_json(int status, std::string body);

std::string_view reason_of(int status);
/// Head and body as sent; the head keeps its length when `head_only`, as HEAD asks.
std::string write_response(const HttpResponse& response, bool keep_alive, bool head_only);

/// Errors: invalid ('%' without two hex digits, a NUL).
Result<std::string> percent_decode(std::string_view text);

}  // namespace tocsin::agents
