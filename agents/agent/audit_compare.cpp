#include "agents/agent/audit_compare.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

json::array places_document(const std::vector<mesh::BatchPlace>& places) {
  json::array out;
  for (const auto& place : places)
    out.push_back({{"log", mesh::short_name(place.key)},
                   {"sequence", place.sequence},
                   {"batch", to_base32(place.id)}});
  return out;
}

}  // namespace

mesh::Task<Result<Answer>> compare_audit(Services& services, Request request) {
  const auto with = request.required("with");
  if (!with) co_return std::unexpected(with.error());
  if (*with == services.org() || !services.charter.member(*with))
    co_return fail(Errc::usage, "--with {}: name a partner of this federation", *with);
  auto comparing = services.node->compare(*with);
  const auto found = co_await std::move(comparing);
  if (!found) co_return std::unexpected(found.error());
  const bool same = found->only_here.empty() && found->only_there.empty();
  co_return Answer{json::object{{"with", *with},
                                {"batches_here", found->items_here},
                                {"batches_there", found->items_there},
                                {"symbols", found->symbols},
                                {"only_here", places_document(found->only_here)},
                                {"only_there", places_document(found->only_there)},
                                {"ok", same}},
                   same ? 0 : 1};
}

}  // namespace tocsin::agents
