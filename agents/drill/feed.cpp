#include "agents/drill/feed.hpp"

#include <algorithm>

#include "crypto/bytes.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr std::size_t answer_bytes_max = 1 << 20;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string post(std::string_view path, std::string_view type, std::string_view headers,
                 std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {}\r\n{}"
                     "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                     path, type, headers, body.size(), body);
}

mesh::Task<Result<std::string>> read_to_end(mesh::Stream& stream) {
  std::string out;
  Bytes part(16 * 1024);
  while (out.size() < answer_bytes_max) {
    const auto count = co_await stream.read_some(part, feed_wait_max);
    if (!count && count.error().code == Errc::closed) co_return out;
    if (!count) co_return std::unexpected(count.error());
    out.append(text_of(ByteView(part).first(*count)));
  }
  co_return fail(Errc::too_large, "answer: over {} bytes", answer_bytes_max);
}

// Sends one request and gives the whole answer, which must have status 200.
mesh::Task<Result<std::string>> request(mesh::Network& network, mesh::Address to,
                                        std::string bytes) {
  const auto name = to.text;
  auto stream = co_await network.connect(std::move(to), feed_wait_max);
  if (!stream) co_return within(name, stream.error());
  const auto sent = co_await (*stream)->write(bytes_of(bytes), feed_wait_max);
  if (!sent) co_return within(name, sent.error());
  auto answer = co_await read_to_end(**stream);
  if (!answer) co_return within(name, answer.error());
  const auto status = status_of(*answer);
  if (!status) co_return within(name, status.error());
  if (*status != 200) co_return fail(Errc::refused, "{} answered {}", name, *status);
  co_return answer;
}

}  // namespace

std::vector<std::string> feed_lines(const std::vector<std::string>& lines, std::size_t repeat,
                                    WallTime now) {
  std::vector<std::string> out;
  const auto stamp = mesh::to_rfc3339(now);
  for (std::size_t n = 1; n <= std::max<std::size_t>(repeat, 1); ++n)
    for (const auto& line : lines) {
      if (out.size() == feed_lines_max) return out;
      out.push_back(replaced(replaced(line, "{now}", stamp), "{n}", std::to_string(n)));
    }
  return out;
}

std::string feed_bytes(InjectKind kind, const std::vector<std::string>& lines) {
  std::string body;
  if (kind == InjectKind::syslog) {
    for (const auto& line : lines) body += fmt::format("{} {}", line.size(), line);
    return body;
  }
  for (const auto& line : lines) {
    if (kind == InjectKind::bulk) body += "{\"create\":{\"_index\":\"events\"}}\n";
    body += kind == InjectKind::hec ? fmt::format("{{\"event\":{}}}\n", line) : line + "\n";
  }
  if (kind == InjectKind::bulk) return post("/_bulk", "application/x-ndjson", "", body);
  if (kind == InjectKind::hec)
    return post("/services/collector/event", "application/json",
                "Authorization: Splunk 00000000-0000-0000-0000-000000000000\r\n", body);
  TOCSIN_ASSERT(kind == InjectKind::ndjson);
  return post("/", "application/x-ndjson", "", body);
}

Result<int> status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12)
    return fail(Errc::invalid, "no HTTP answer");
  int status = 0;
  for (const char c : answer.substr(9, 3)) {
    if (c < '0' || c > '9') return fail(Errc::invalid, "no HTTP status");
    status = status * 10 + (c - '0');
  }
  return status;
}

mesh::Task<Result<void>> feed(mesh::Network& network, mesh::Address to, InjectKind kind,
                              std::vector<std::string> lines) {
  auto bytes = feed_bytes(kind, lines);
  if (kind != InjectKind::syslog) {
    const auto answer = co_await request(network, std::move(to), std::move(bytes));
    if (!answer) co_return std::unexpected(answer.error());
    if (kind == InjectKind::bulk && answer->find("\"errors\":false") == std::string::npos)
      co_return fail(Errc::refused, "the bulk input rejected a document");
    co_return Result<void>{};
  }
  auto stream = co_await network.connect(std::move(to), feed_wait_max);
  if (!stream) co_return std::unexpected(stream.error());
  auto sent = co_await (*stream)->write(bytes_of(bytes), feed_wait_max);
  co_return sent;
}

mesh::Task<Result<std::string>> fetch(mesh::Network& network, mesh::Address from,
                                      std::string path) {
  auto bytes = fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  auto answer = co_await request(network, std::move(from), std::move(bytes));
  if (!answer) co_return answer;
  const auto body = answer->find("\r\n\r\n");
  co_return body == std::string::npos ? std::string() : answer->substr(body + 4);
}

}  // namespace tocsin::agents::drill
