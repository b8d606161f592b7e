#include "agents/siem/http_intake.hpp"

#include <algorithm>

#include "agents/http/gzip.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

/// In a time that does not tell how much of it was right.
bool same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= unsigned(static_cast<unsigned char>(a[i]) ^
                           static_cast<unsigned char>(b.empty() ? 0 : b[i % b.size()]));
  return difference == 0;
}

std::string password_in(std::string_view basic) {
  const auto decoded = from_base64(basic);
  if (!decoded) return {};
  const auto text = text_of(*decoded);
  const auto colon = text.find(':');
  return colon == std::string_view::npos ? std::string() : std::string(text.substr(colon + 1));
}

class HttpInput final : public Input {
 public:
  HttpInput(std::shared_ptr<Intake> intake, std::unique_ptr<HttpServer> server)
      : intake_(std::move(intake)), server_(std::move(server)) {}
  ~HttpInput() override { intake_->stopped = true; }

  InputStatus status() const override {
    auto out = intake_->status;
    const auto& counters = server_->counters();
    for (const auto& [status, count] : counters.faults) {
      out.rejected += count;
      out.reasons[fmt::format("http {}", status)] += count;
    }
    if (counters.refused_connections > 0)
      out.reasons["too many connections"] += counters.refused_connections;
    return out;
  }

 private:
  std::shared_ptr<Intake> intake_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace

TokenCheck check_token(const HttpRequest& request, std::string_view token) {
  if (token.empty()) return TokenCheck::good;
  const auto given = request.header("Authorization");
  if (given.empty()) {
    const auto parameter = request.parameter("token");
    if (parameter.empty()) return TokenCheck::missing;
    return same_secret(parameter, token) ? TokenCheck::good : TokenCheck::wrong;
  }
  const auto space = given.find(' ');
  if (space == std::string_view::npos) return TokenCheck::malformed;
  const auto scheme = lowered(given.substr(0, space));
  const auto begin = given.find_first_not_of(' ', space);
  if (begin == std::string_view::npos) return TokenCheck::malformed;
  const auto value = given.substr(begin);
  if (scheme == "basic")
    return same_secret(password_in(value), token) ? TokenCheck::good : TokenCheck::wrong;
  if (scheme != "splunk" && scheme != "bearer" && scheme != "apikey") return TokenCheck::malformed;
  return same_secret(value, token) ? TokenCheck::good : TokenCheck::wrong;
}

// Some senders begin their text as Windows editors begin files.
void drop_mark(HttpRequest& request) {
  if (text_of(request.body).starts_with("\xef\xbb\xbf"))
    request.body.erase(request.body.begin(), request.body.begin() + 3);
}

Result<void> unpack_body(HttpRequest& request, std::size_t inflated_max) {
  const auto encoding = lowered(request.header("Content-Encoding"));
  if (encoding.empty() || encoding == "identity") {
    drop_mark(request);
    return {};
  }
  if (encoding != "gzip" && encoding != "x-gzip" && encoding != "deflate")
    return fail(Errc::unsupported, "Content-Encoding {} is not taken; send gzip or none",
                encoding.substr(0, 32));
  auto plain = unpack_gzip(request.body, inflated_max);
  if (!plain) return within("request body", std::move(plain.error()));
  request.body = std::move(*plain);
  drop_mark(request);
  return {};
}

int status_of(const Error& error) {
  if (error.code == Errc::too_large) return 413;
  if (error.code == Errc::unsupported) return 415;
  if (error.code == Errc::full || error.code == Errc::closed || error.code == Errc::io) return 503;
  return 400;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> out;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(blanks) != std::string_view::npos) out.push_back({number, line});
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

Result<std::unique_ptr<Input>> listen_http(std::shared_ptr<Intake> intake,
                                           std::shared_ptr<HttpHandler> handler) {
  HttpLimits limits;
  limits.body_max = intake->config.body_max;
  limits.bodies_max = std::max(limits.bodies_max, limits.body_max);
  limits.connections_max = input_connections_max;
  auto server = HttpServer::listen(intake->world, {intake->config.listen}, std::move(handler),
                                   limits);
  if (!server) return std::unexpected(std::move(server.error()));
  intake->status.listen = (*server)->address().text;
  return std::make_unique<HttpInput>(std::move(intake), std::move(*server));
}

}  // namespace tocsin::agents
