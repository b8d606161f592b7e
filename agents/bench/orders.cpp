#include "agents/bench/orders.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration ask_again = std::chrono::milliseconds(20), terms_max = std::chrono::seconds(20);

/// Completes once the agent's list of terms has some that `signers` signed.
mesh::Task<Result<void>> wait_for_terms(mesh::World& world, const TwoAgents& agents,
                                        TwoAgents::Which who, std::size_t signers) {
  auto connecting = agents.client(who);
  const auto asker = co_await connecting;
  if (!asker) co_return std::unexpected(asker.error());
  const auto end = world.clock.now() + terms_max;
  while (world.clock.now() < end) {
    auto asking = (*asker)->call("approval.standing", json::object());
    const auto listed = co_await asking;
    if (!listed) co_return std::unexpected(listed.error());
    if (!listed->ok) co_return fail(Errc::invalid, "bench: {}", listed->message);
    for (const auto& terms : listed->result.at("standing").as_array())
      if (terms.at("have").as_array().size() >= signers) co_return Result<void>{};
    co_await mesh::sleep(world.loop, ask_again);
  }
  co_return fail(Errc::timeout, "bench: {} has no terms signed by {}", agents.org(who), signers);
}

mesh::Task<Result<std::string>> text_from(TwoAgents& agents, TwoAgents::Which who,
                                          std::vector<std::string> words, std::string field) {
  auto ordering = agents.order(who, std::move(words));
  const auto answer = co_await ordering;
  if (!answer) co_return std::unexpected(answer.error());
  const auto* text = answer->if_contains(field);
  if (!text || !text->is_string()) co_return fail(Errc::invalid, "bench: no {} given", field);
  co_return std::string(text->as_string());
}

}  // namespace

std::string value_of(std::uint64_t seed, std::uint64_t number) {
  return fmt::format("host-{}-{}.example", seed, number);
}

json::object order_for(const std::string& value) {
  return {{"type", "domain"}, {"value", value}, {"tlp", "green"}, {"pap", "green"}};
}

mesh::Task<Result<void>> block_at_once(mesh::World& world, TwoAgents& agents, mesh::Path playbook,
                                       std::uint64_t count) {
  using enum TwoAgents::Which;
  std::vector<std::string> words{"playbook", "import", playbook.string()};
  auto importing = text_from(agents, delos, std::move(words), "id");
  const auto id = co_await importing;
  if (!id) co_return std::unexpected(id.error());

  words = {"approval", "preauthorise", *id, "--type", "domain", "--count", fmt::format("{}", count),
           "--trigger", "indicator", "--as", agents.analyst(delos)};
  auto signing = text_from(agents, delos, std::move(words), "terms");
  const auto terms = co_await signing;
  if (!terms) co_return std::unexpected(terms.error());
  auto arriving = wait_for_terms(world, agents, bleu, 1);
  if (const auto there = co_await arriving; !there) co_return std::unexpected(there.error());

  words = {"approval", "preauthorise", "--join", *terms, "--as", agents.analyst(bleu)};
  auto joining = text_from(agents, bleu, std::move(words), "terms");
  if (const auto joined = co_await joining; !joined) co_return std::unexpected(joined.error());
  for (const auto who : {delos, bleu}) {
    auto waiting = wait_for_terms(world, agents, who, 2);
    if (const auto there = co_await waiting; !there) co_return std::unexpected(there.error());
  }
  co_return Result<void>{};
}

}  // namespace tocsin::agents::bench
