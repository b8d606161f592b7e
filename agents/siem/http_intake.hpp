// What the inputs over HTTP have in common: the token, unpacked bodies, lines, and the server.
#pragma once

#include "agents/http/server.hpp"
#include "agents/siem/intake.hpp"

namespace tocsin::agents {

enum class TokenCheck { good, missing, malformed, wrong };
/// `Authorization: Splunk|Bearer|ApiKey TOKEN`, or Basic with the token as password, or the query
/// parameter `token`. Always good where no token is configured.
TokenCheck check_token(const HttpRequest& request, std::string_view token);

/// The body without its Content-Encoding (gzip, deflate, identity), in place. Errors: too_large,
/// invalid, unsupported (another encoding).
Result<void> unpack_body(HttpRequest& request, std::size_t inflated_max);
/// 413, 415 or 400 for an error of unpack_body.
int status_of(const Error& error);

struct Line {
  std::size_t number = 0;  ///< from 1
  std::string_view text;   ///< without line end
};
/// The lines that hold more than blanks. Lifetime: that of `text`.
std::vector<Line> lines_of(std::string_view text);

/// Listens with `handler`. Errors: as Network::listen.
Result<std::unique_ptr<Input>> listen_http(std::shared_ptr<Intake> intake,
                                           std::shared_ptr<HttpHandler> handler);

/// The handlers of the three protocols.
std::shared_ptr<HttpHandler> make_ndjson_handler(std::shared_ptr<Intake> intake);
std::shared_ptr<HttpHandler> make_bulk_handler(std::shared_ptr<Intake> intake);
std::shared_ptr<HttpHandler> make_hec_handler(std::shared_ptr<Intake> intake);

}  // namespace tocsin::agents
