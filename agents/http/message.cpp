#include "agents/http/message.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace tocsin::agents {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

bool equal_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// What a handler puts into a header must not end it.
std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return out;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equal_any_case(key, name)) return value;
  return {};
}

std::string HttpRequest::parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name) {
      if (equals == std::string_view::npos) return {};
      auto value = percent_decode(pair.substr(equals + 1));
      return value ? std::move(*value) : std::string();
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return {};
}

HttpResponse http_json(int status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}

HttpResponse http_error(int status, std::string_view code, std::string_view message) {
  const boost::json::object body{{"error", {{"code", code}, {"message", message}}}};
  return http_json(status, boost::json::serialize(body) + "\n");
}

std::string_view reason_of(int status) {
  struct Known {
    int status;
    std::string_view reason;
  };
  static constexpr Known known[] = {
      {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
      {304, "Not Modified"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
      {404, "Not Found"}, {405, "Method Not Allowed"}, {408, "Request Timeout"},
      {411, "Length Required"}, {413, "Content Too Large"}, {415, "Unsupported Media Type"},
      {417, "Expectation Failed"}, {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"},
      {501, "Not Implemented"}, {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"}};
  for (const auto& entry : known)
    if (entry.status == status) return entry.reason;
  return "Status";
}

std::string write_response(const HttpResponse& response, bool keep_alive, bool head_only) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    out += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n",
                       one_line(response.content_type), response.body.size());
  }
  out += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  for (const auto& [name, value] : response.headers)
    out += fmt::format("{}: {}\r\n", one_line(name), one_line(value));
  out += "\r\n";
  if (!head_only && !bodiless) out += response.body;
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 3 <= text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 3 <= text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return fail(Errc::invalid, "'%' without two hex digits");
    if (high == 0 && low == 0) return fail(Errc::invalid, "a NUL in a path or parameter");
    out += char(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace tocsin::agents
