#include "agents/siem/bulk_framing.hpp"

#include <boost/json.hpp>

namespace tocsin::agents {

namespace {

namespace json = boost::json;

/// What shippers ask for before they send. The version is the API's that is spoken here.
constexpr std::string_view about = R"({"name":"tocsin","cluster_name":"tocsin",)"
    R"("cluster_uuid":"dG9jc2luLWV2ZW50cy1pbg","version":{"number":"8.17.0",)"
    R"("build_flavor":"default","build_type":"deb","build_hash":"0",)"
    R"("build_date":"2024-01-01T00:00:00Z","build_snapshot":false,"lucene_version":"9.12.0",)"
    R"("minimum_wire_compatibility_version":"7.17.0",)"
    R"("minimum_index_compatibility_version":"7.0.0"},"tagline":"You Know, for Search"}
)";
constexpr std::string_view license =
    R"({"license":{"status":"active","uid":"tocsin","type":"basic","mode":"basic"}}
)";

/// The index in `/_bulk`, `/INDEX/_bulk`, with or without a slash behind; nothing elsewhere.
std::optional<std::string> index_of(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path == "/_bulk") return std::string();
  if (!path.starts_with('/') || !path.ends_with("/_bulk")) return {};
  const auto index = path.substr(1, path.size() - 7);
  if (index.empty() || index.find('/') != std::string_view::npos) return {};
  return std::string(index);
}

HttpResponse marked(HttpResponse response) {
  response.headers.emplace_back("X-Elastic-Product", "Elasticsearch");  // Clients insist on it.
  return response;
}

HttpResponse refusal(int status, std::string_view type, std::string_view reason) {
  const json::object cause{{"type", type}, {"reason", reason}};
  const json::object body{
      {"error", {{"root_cause", {cause}}, {"type", type}, {"reason", reason}}},
      {"status", status}};
  auto response = marked(http_json(status, json::serialize(body) + "\n"));
  if (status == 401)
    response.headers.emplace_back("WWW-Authenticate", "ApiKey, Basic realm=\"tocsin\"");
  return response;
}

class BulkHandler final : public HttpHandler {
 public:
  explicit BulkHandler(std::shared_ptr<Intake> intake) : intake_(std::move(intake)) {}

  mesh::Task<HttpResponse> answer(HttpRequest request) override {
    const auto token = check_token(request, intake_->config.token);
    if (token != TokenCheck::good) {
      intake_->reject("bad token");
      co_return refusal(401, "security_exception", "this input needs its token as API key");
    }
    const auto index = index_of(request.path);
    if (!index) co_return inform(request);
    if (request.method != "POST" && request.method != "PUT")
      co_return refusal(405, "method_not_allowed", "_bulk takes POST and PUT");
    auto loading = load(std::move(request), *index);
    auto response = co_await loading;
    co_return response;
  }

 private:
  HttpResponse inform(const HttpRequest& request) const {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads && request.path == "/") return marked(http_json(200, std::string(about)));
    if (reads && (request.path == "/_license" || request.path == "/_xpack"))
      return marked(http_json(200, std::string(license)));
    return refusal(404, "resource_not_found_exception", "events go to /_bulk");
  }

  mesh::Task<HttpResponse> load(HttpRequest request, std::string index) {
    const auto intake = intake_;
    const auto unpacked = unpack_body(request, intake->config.inflated_max);
    if (!unpacked) co_return refuse(unpacked.error());
    const bool is_json = intake->config.format == EventFormat::json ||
                         intake->config.format == EventFormat::auto_;
    auto items = frame_bulk(request.text(), index, is_json);
    if (!items) co_return refuse(items.error());

    std::vector<RawEvent> events;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < items->size(); ++i) {
      if ((*items)[i].status >= 400) {
        intake->reject("bad bulk item");
        continue;
      }
      events.push_back(intake->event((*items)[i].document));
      places.push_back(i);
    }
    auto delivering = deliver(intake, events);
    const auto delivery = co_await delivering;
    for (const auto& one : delivery.rejected)
      (*items)[places.at(one.index)].refuse(400, "document_parsing_exception", one.reason);
    if (delivery.failed)  // 429 makes shippers send exactly these again.
      for (auto i = delivery.taken; i < places.size(); ++i)
        (*items)[places[i]].refuse(429, "es_rejected_execution_exception",
                                   delivery.failed->message);
    co_return marked(http_json(200, write_bulk_answer(*items)));
  }

  HttpResponse refuse(const Error& error) {
    intake_->reject("bad request");
    const int status = status_of(error);
    return refusal(status, status == 413 ? "content_too_long_exception" : "parse_exception",
                   error.message);
  }
  std::shared_ptr<Intake> intake_;
};

}  // namespace

std::shared_ptr<HttpHandler> make_bulk_handler(std::shared_ptr<Intake> intake) {
  return std::make_shared<BulkHandler>(std::move(intake));
}

}  // namespace tocsin::agents
