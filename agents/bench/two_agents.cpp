#include "agents/bench/two_agents.hpp"

#include "agents/home/layout.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration look_again = std::chrono::milliseconds(10);
constexpr std::size_t answer_bytes_max = 4 << 20, last_words_max = 600;
constexpr TwoAgents::Which both[] = {TwoAgents::delos, TwoAgents::bleu};

struct Operator {
  std::string org, country, analyst;
};
const Operator& operator_of(TwoAgents::Which who) {
  static const Operator operators[] = {{"delos", "DE", "anna"}, {"bleu", "FR", "bruno"}};
  return operators[who];
}

std::string last_words(mesh::Disk& disk, const mesh::Path& file) {
  const auto all = disk.read(file, answer_bytes_max);
  if (!all) return {};
  const auto text = text_of(*all);
  return std::string(text.substr(text.size() - std::min(text.size(), last_words_max)));
}

}  // namespace

TwoAgents::TwoAgents(mesh::World& world, mesh::Path program, Scratch scratch)
    : world_(world), program_(std::move(program)), scratch_(std::move(scratch)) {}

mesh::Path TwoAgents::at(std::string_view name) const { return scratch_.folder() / name; }
mesh::Path TwoAgents::home(Which who) const { return at(org(who)); }
const std::string& TwoAgents::org(Which who) const { return operator_of(who).org; }
const std::string& TwoAgents::analyst(Which who) const { return operator_of(who).analyst; }

mesh::Task<Result<std::unique_ptr<TwoAgents>>> TwoAgents::start(mesh::World& world,
                                                                mesh::Path program) {
  auto scratch = Scratch::make(world);
  if (!scratch) co_return std::unexpected(scratch.error());
  std::unique_ptr<TwoAgents> out(
      new TwoAgents(world, std::move(program), std::move(*scratch)));
  auto steps = out->founding();
  if (!steps) co_return std::unexpected(steps.error());
  for (auto& step : *steps) {
    auto ordering = out->order(step.who, std::move(step.words));
    const auto done = co_await ordering;
    if (!done) co_return std::unexpected(done.error());
  }
  for (const auto who : both) {
    auto running = out->run(who);
    if (const auto done = co_await running; !done) co_return std::unexpected(done.error());
  }
  for (const auto who : both) {
    auto linking = out->wait_linked(who);
    if (const auto done = co_await linking; !done) co_return std::unexpected(done.error());
  }
  co_return out;
}

// What README's hand-made sequence says.
Result<std::vector<TwoAgents::Step>> TwoAgents::founding() const {
  std::vector<Step> out;
  const auto card = [&](Which who) { return at(org(who) + ".card").string(); };
  const auto root = [&](Which who) { return at("root-" + org(who)).string(); };
  const auto charter = at("charter.json").string(), secret = at("secret").string();
  // Ports that are free now. Both are held until both are chosen.
  std::vector<std::unique_ptr<mesh::Listener>> ports;
  for (const auto who : both) {
    auto port = world_.network.listen(mesh::Address("127.0.0.1:0"));
    if (!port) return std::unexpected(port.error());
    const auto listen = (*port)->address().text;
    ports.push_back(std::move(*port));
    out.push_back({who, {"init", "--org", org(who), "--country", operator_of(who).country, "--role",
                         "operator", "--root-dir", root(who), "--no-passphrase", "--listen", listen}});
    out.push_back({who, {"org", "card", "--out", card(who)}});
  }
  out.push_back({delos, {"charter", "new", "--name", "bench", "--exercise", "--out", charter,
                         card(delos), card(bleu)}});
  for (const auto who : both)
    out.push_back({who, {"charter", "sign", charter, "--root-dir", root(who)}});
  for (const auto who : both) out.push_back({who, {"charter", "accept", charter}});
  out.push_back({delos, {"psk", "new", "--peer", org(bleu), "--out", secret}});
  out.push_back({bleu, {"psk", "import", secret}});
  out.push_back({delos, {"peer", "add", card(bleu)}});
  out.push_back({bleu, {"peer", "add", card(delos)}});
  for (const auto who : both)
    out.push_back({who, {"analyst", "new", analyst(who), "--role", "approver", "--role", "analyst",
                         "--root-dir", root(who)}});
  return out;
}

mesh::Task<Result<json::object>> TwoAgents::order(Which who, std::vector<std::string> words) {
  const auto told = words[0] + (words.size() > 1 ? " " + words[1] : "");
  const auto answer = at(fmt::format("answer-{}", ++orders_));
  mesh::Processes::Options options;
  options.argv.push_back(program_.string());
  for (auto& word : words) options.argv.push_back(std::move(word));
  for (const auto& word : {std::string("--home"), home(who).string(), std::string("--json")})
    options.argv.push_back(word);
  options.environment["TOCSIN_KEYS"] = at("keys-" + org(who)).string();
  options.out = answer;
  auto child = world_.processes.start(std::move(options));
  if (!child) co_return within(told, child.error());
  auto ending = (*child)->wait(command_max);
  const auto code = co_await ending;
  if (!code) co_return within(told, code.error());
  if (*code != 0)
    co_return fail(Errc::invalid, "bench: tocsin {} ended with {}: {}", told, *code,
                   last_words(world_.disk, answer));
  const auto text = world_.disk.read(answer, answer_bytes_max);
  if (!text) co_return std::unexpected(text.error());
  boost::system::error_code error;
  const auto document = json::parse(text_of(*text), error);
  if (error || !document.is_object())
    co_return fail(Errc::invalid, "bench: tocsin {} gave no document", told);
  co_return document.as_object();
}

mesh::Task<Result<std::unique_ptr<LocalClient>>> TwoAgents::client(Which who) const {
  return LocalClient::connect(world_.network, Layout{home(who)}.socket());
}

mesh::Task<Result<void>> TwoAgents::run(Which who) {
  mesh::Processes::Options options;
  for (const auto& word : {program_.string(), std::string("agent"), std::string("run"),
                           std::string("--home"), home(who).string()})
    options.argv.push_back(word);
  options.out = at(org(who) + ".log");
  auto child = world_.processes.start(std::move(options));
  if (!child) co_return within(org(who), child.error());
  agents_[who] = std::move(*child);
  co_return Result<void>{};
}

mesh::Task<Result<void>> TwoAgents::wait_linked(Which who) {
  const auto end = world_.clock.now() + ready_max;
  while (world_.clock.now() < end && agents_[who]->running()) {
    auto connecting = client(who);
    const auto asker = co_await connecting;
    if (asker) {
      auto asking = (*asker)->call("agent.status", json::object());
      const auto status = co_await asking;
      const auto* peers = status && status->ok ? status->result.if_contains("peers") : nullptr;
      if (peers && *peers == 1) co_return Result<void>{};
    }
    co_await mesh::sleep(world_.loop, look_again);
  }
  co_return fail(Errc::timeout, "bench: the agent of {} did not link to its partner: {}", org(who),
                 last_words(world_.disk, at(org(who) + ".log")));
}

}  // namespace tocsin::agents::bench
