#include "agents/siem/hec_framing.hpp"
#include "agents/siem/http_intake.hpp"

namespace tocsin::agents {

namespace {

constexpr std::string_view root = "/services/collector";

enum class HecPath { event, raw, health, none };

HecPath path_of(std::string_view path) {
  if (!path.starts_with(root)) return HecPath::none;
  path.remove_prefix(root.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with("/1.0")) path.remove_suffix(4);
  if (path.empty() || path == "/event") return HecPath::event;
  if (path == "/raw") return HecPath::raw;
  return path == "/health" ? HecPath::health : HecPath::none;
}

HttpResponse say(HecCode code, std::optional<std::size_t> bad_event = {}) {
  std::string body = fmt::format(R"({{"text":"{}","code":{})", hec_text(code), int(code));
  if (bad_event) body += fmt::format(R"(,"invalid-event-number":{})", *bad_event);
  auto response = http_json(http_status_of(code), body + "}\n");
  if (code == HecCode::server_is_busy) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HecCode code_of(TokenCheck check) {
  switch (check) {
    case TokenCheck::good: return HecCode::success;
    case TokenCheck::missing: return HecCode::token_required;
    case TokenCheck::malformed: return HecCode::invalid_authorization;
    case TokenCheck::wrong: return HecCode::invalid_token;
  }
  TOCSIN_ASSERT(false);
  return HecCode::invalid_token;
}

class HecHandler final : public HttpHandler {
 public:
  explicit HecHandler(std::shared_ptr<Intake> intake) : intake_(std::move(intake)) {}

  mesh::Task<HttpResponse> answer(HttpRequest request) override {
    const auto intake = intake_;
    const auto path = path_of(request.path);
    if (path == HecPath::none) co_return http_error(404, "not_found", "events go to " +
                                                                          std::string(root));
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (path == HecPath::health && reads) co_return say(HecCode::healthy);
    if (path == HecPath::health || request.method != "POST")
      co_return http_error(405, "usage", "events are sent with POST");
    const auto token = code_of(check_token(request, intake->config.token));
    if (token != HecCode::success) {
      intake->reject("bad token");
      co_return say(token);
    }
    const auto unpacked = unpack_body(request, intake->config.inflated_max);
    if (!unpacked) {
      intake->reject("bad request");
      co_return http_error(status_of(unpacked.error()), name_of(unpacked.error().code),
                           unpacked.error().message);
    }
    auto taking = path == HecPath::raw ? take_raw(intake, std::move(request))
                                       : take_events(intake, std::move(request));
    auto response = co_await taking;
    co_return response;
  }

 private:
  static mesh::Task<HttpResponse> take_raw(std::shared_ptr<Intake> intake, HttpRequest request) {
    std::vector<RawEvent> events;
    const auto host = request.parameter("host");
    for (const auto& line : lines_of(request.text())) {
      events.push_back(intake->event(line.text));
      events.back().host = host;
    }
    if (events.empty()) {
      intake->reject(hec_text(HecCode::no_data));
      co_return say(HecCode::no_data);
    }
    auto delivering = deliver(intake, events);
    const auto delivery = co_await delivering;
    co_return conclude(delivery, HecCode::success, events.size());
  }

  static mesh::Task<HttpResponse> take_events(std::shared_ptr<Intake> intake,
                                              HttpRequest request) {
    const auto body = frame_hec(request.text());
    if (body.code != HecCode::success) intake->reject(hec_text(body.code));
    std::vector<RawEvent> events;
    for (const auto& event : body.events) {
      events.push_back(intake->event(event.text));
      events.back().host = event.host;
      events.back().time = event.time;
    }
    auto delivering = deliver(intake, events);
    const auto delivery = co_await delivering;
    co_return conclude(delivery, body.code, events.size());
  }

  static HttpResponse conclude(const Delivery& delivery, HecCode code, std::size_t framed) {
    if (delivery.failed) return say(HecCode::server_is_busy, delivery.taken);
    if (!delivery.rejected.empty())
      return say(HecCode::invalid_data_format, delivery.rejected.front().index);
    if (code == HecCode::success || code == HecCode::no_data) return say(code);
    return say(code, framed);
  }

  std::shared_ptr<Intake> intake_;
};

}  // namespace

std::shared_ptr<HttpHandler> make_hec_handler(std::shared_ptr<Intake> intake) {
  return std::make_shared<HecHandler>(std::move(intake));
}

}  // namespace tocsin::agents
