#include <algorithm>

#include <boost/json.hpp>

#include "agents/http/json_check.hpp"
#include "agents/siem/http_intake.hpp"

namespace tocsin::agents {

namespace {

namespace json = boost::json;

constexpr std::size_t rejected_listed_max = 1000;

/// Events of one request, with the line or array position that each stands at.
struct Framed {
  std::vector<std::string> owned;  ///< elements of an array, written out again
  std::vector<RawEvent> events;
  std::vector<std::size_t> places;
  std::vector<Rejection> rejected;  ///< by place
};

void frame_lines(const Intake& intake, std::string_view body, Framed& out) {
  for (const auto& line : lines_of(body)) {
    if (intake.config.format == EventFormat::json || intake.config.format == EventFormat::auto_) {
      const auto kind = check_json(line.text);
      if (!kind || *kind != JsonKind::object) {
        out.rejected.push_back({line.number, kind ? "not a JSON object" : kind.error().message});
        continue;
      }
    }
    out.events.push_back(intake.event(line.text));
    out.places.push_back(line.number);
  }
}

/// Some shippers send one array instead of lines.
Result<void> frame_array(const Intake& intake, std::string_view body, Framed& out) {
  const auto kind = check_json(body);
  if (!kind) return std::unexpected(kind.error());
  json::parse_options options;
  options.max_depth = json_depth_max;
  const auto array = json::parse(body, {}, options).as_array();
  out.owned.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (!array[i].is_object()) {
      out.rejected.push_back({i + 1, "not a JSON object"});
      continue;
    }
    out.owned.push_back(json::serialize(array[i]));
    out.events.push_back(intake.event(out.owned.back()));
    out.places.push_back(i + 1);
  }
  return {};
}

HttpResponse report(const Framed& framed, const Delivery& delivery, bool array) {
  auto rejected = framed.rejected;
  for (const auto& one : delivery.rejected)
    rejected.push_back({framed.places.at(one.index), one.reason});
  std::ranges::sort(rejected, {}, &Rejection::index);
  json::array listed;
  for (const auto& one : rejected) {
    if (listed.size() == rejected_listed_max) break;
    listed.push_back({{array ? "object" : "line", one.index}, {"reason", one.reason}});
  }
  const auto accepted = delivery.taken - delivery.rejected.size();
  json::object out{{"accepted", accepted}, {"rejected_count", rejected.size()},
                   {"rejected", std::move(listed)}};
  int status = accepted == 0 && !rejected.empty() ? 400 : 200;
  if (delivery.failed) {
    status = 503;
    out["error"] = {{"code", name_of(delivery.failed->code)},
                    {"message", delivery.failed->message}};
  }
  auto response = http_json(status, json::serialize(out) + "\n");
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

class NdjsonHandler final : public HttpHandler {
 public:
  explicit NdjsonHandler(std::shared_ptr<Intake> intake) : intake_(std::move(intake)) {}

  mesh::Task<HttpResponse> answer(HttpRequest request) override {
    const auto intake = intake_;
    if (request.path != "/") co_return http_error(404, "not_found", "events go to POST /");
    if (request.method == "GET" || request.method == "HEAD")
      co_return http_json(200, "{\"status\":\"ok\"}\n");
    if (request.method != "POST" && request.method != "PUT")
      co_return http_error(405, "usage", "events go to POST /");
    const auto token = check_token(request, intake->config.token);
    if (token != TokenCheck::good) {
      intake->reject("bad token");
      co_return http_error(token == TokenCheck::wrong ? 403 : 401, "unauthenticated",
                           "this input needs its token: Authorization: Bearer TOKEN");
    }
    const auto unpacked = unpack_body(request, intake->config.inflated_max);
    if (!unpacked) co_return refuse(unpacked.error());

    Framed framed;
    const auto body = request.text();
    const auto first = body.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
      co_return refuse({Errc::invalid, "the body holds no event", {}});
    const bool array = body[first] == '[';
    if (array) {
      const auto framing = frame_array(*intake, body, framed);
      if (!framing) co_return refuse(framing.error());
    } else {
      frame_lines(*intake, body, framed);
    }
    intake->reject("not JSON", framed.rejected.size());
    auto delivering = deliver(intake, framed.events);
    const auto delivery = co_await delivering;
    co_return report(framed, delivery, array);
  }

 private:
  HttpResponse refuse(const Error& error) {
    intake_->reject("bad request");
    return http_error(status_of(error), name_of(error.code), error.message);
  }
  std::shared_ptr<Intake> intake_;
};

}  // namespace

std::shared_ptr<HttpHandler> make_ndjson_handler(std::shared_ptr<Intake> intake) {
  return std::make_shared<NdjsonHandler>(std::move(intake));
}

}  // namespace tocsin::agents
