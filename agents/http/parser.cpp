#include "agents/http/parser.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>

namespace tocsin::agents {

namespace http = boost::beast::http;

struct HttpParser::State {
  http::request_parser<http::vector_body<std::uint8_t>> parser;
};

namespace {

HttpFault fault_of(const boost::beast::error_code& error) {
  if (error == http::error::header_limit) return {431, "the request's header is too large"};
  if (error == http::error::body_limit) return {413, "the request's body is too large"};
  if (error == http::error::bad_version) return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  return {400, "bad request: " + error.message()};
}

/// An absolute target loses its scheme and host.
std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : target.substr(slash);
}

}  // namespace

HttpParser::HttpParser(std::size_t header_max, std::size_t body_max)
    : header_max_(header_max), body_max_(body_max) {
  reset();
}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

void HttpParser::reset() {
  state_ = std::make_unique<State>();
  state_->parser.header_limit(std::uint32_t(header_max_));
  state_->parser.body_limit(body_max_);
  state_->parser.eager(true);
  begun_ = false;
}

std::expected<std::size_t, HttpFault> HttpParser::feed(ByteView input) {
  std::size_t taken = 0;
  if (!begun_)  // Some clients send an empty line after a body. Source: RFC 9112, 2.2.
    while (taken < input.size() && (input[taken] == '\r' || input[taken] == '\n')) ++taken;

  auto& parser = state_->parser;
  while (!parser.is_done() && taken < input.size()) {
    begun_ = true;
    const auto rest = input.subspan(taken);
    boost::beast::error_code error;
    const auto used = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    taken += used;
    if (error == http::error::need_more) {
      // Unfinished lines of a header or chunk wait in the caller's buffer, and must end.
      if (used == 0 && rest.size() > header_max_)
        return std::unexpected(HttpFault{431, "a line of the request is too large"});
      break;
    }
    if (error) return std::unexpected(fault_of(error));
    if (used == 0) break;
  }
  return taken;
}

bool HttpParser::begun() const { return begun_; }
bool HttpParser::head_done() const { return state_->parser.is_header_done(); }
bool HttpParser::done() const { return state_->parser.is_done(); }
std::size_t HttpParser::body_bytes() const { return state_->parser.get().body().size(); }

bool HttpParser::expects_continue() const {
  if (!head_done() || done()) return false;
  const auto& request = state_->parser.get();
  return request.version() >= 11 &&
         boost::beast::iequals(request[http::field::expect], "100-continue");
}

std::expected<HttpRequest, HttpFault> HttpParser::take() {
  TOCSIN_ASSERT(done());
  const bool keep_alive = state_->parser.keep_alive();
  auto message = state_->parser.release();
  reset();

  HttpRequest out;
  out.keep_alive = keep_alive;
  out.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto origin = origin_form(target);
  const auto question = origin.find('?');
  auto path = percent_decode(origin.substr(0, question));
  if (!path) return std::unexpected(HttpFault{400, path.error().message});
  out.path = std::move(*path);
  if (question != std::string_view::npos) out.query = origin.substr(question + 1);
  for (const auto& field : message)
    out.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  out.body = std::move(message.body());
  return out;
}

}  // namespace tocsin::agents
