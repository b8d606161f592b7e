#include "agents/bench/alarm.hpp"

#include <atomic>
#include <unordered_map>

#include "agents/bench/partner.hpp"
#include "agents/bench/record_book.hpp"
#include "agents/bench/spread.hpp"
#include "agents/bench/station.hpp"
#include "mesh/world/task_set.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration pace = std::chrono::milliseconds(10);
constexpr Duration backlog_max = std::chrono::minutes(5),
                   last_max = std::chrono::seconds(20);
constexpr Duration look_again = std::chrono::milliseconds(2);
constexpr std::uint64_t alarms_max = 100'000;

/// Notes when each urgent indicator has come; hears of a batch after the tables did.
class AlarmBook final : public mesh::Observer {
 public:
  explicit AlarmBook(mesh::World& world) : world_(world) {}
  void on_verified(const mesh::Delivered& batch) override {
    if (batch.header.log.log_class != mesh::LogClass::urgent) return;
    for (const auto& record : batch.records)
      arrived.emplace(std::string(mesh::indicator_key(record).value), world_.clock.now());
  }
  void on_durable(const mesh::Delivered&) override {}

  std::unordered_map<std::string, mesh::Instant> arrived;

 private:
  mesh::World& world_;
};

/// What the two ends, each on its own thread, tell one another.
struct Signals {
  std::atomic<bool> begun{false}, caught_up{false};
  std::atomic<std::uint64_t> alarms{0};  ///< all there will be, once it is not 0
};

struct AlarmPlan {
  const Operators& operators;
  const Indicators& backlog;
  std::string address;
  Signals& signals;
};
struct AlarmsHeard {
  std::unordered_map<std::string, mesh::Instant> at;
  double seconds = 0;
};

mesh::Task<Result<AlarmsHeard>> hear_alarms(PartnerWorld place, AlarmPlan plan) {
  auto& world = place.world;
  RecordBook book(world);
  AlarmBook alarms(world);
  auto options = plan.operators.options(Operators::far);
  options.peers = {plan.operators.peer(Operators::near, plan.address)};
  const auto begun = world.clock.now();
  const auto station = Station::open(world, std::move(options), {&book, &alarms});
  if (!station) co_return std::unexpected(station.error());
  while (book.verified() - alarms.arrived.size() < plan.backlog.size()) {
    if (world.clock.now() - begun > backlog_max)
      co_return fail(Errc::timeout, "bench: {} of {} have come", book.verified(),
                     plan.backlog.size());
    if (book.verified() > 0) plan.signals.begun = true;
    co_await mesh::sleep(world.loop, look_again);
  }
  AlarmsHeard out{.seconds =
                      std::chrono::duration<double>(world.clock.now() - begun).count()};
  plan.signals.caught_up = true;
  const auto end = world.clock.now() + last_max;
  while (plan.signals.alarms == 0 || alarms.arrived.size() < plan.signals.alarms) {
    if (world.clock.now() > end)
      co_return fail(Errc::timeout, "bench: {} of {} alarms have come",
                     alarms.arrived.size(), plan.signals.alarms.load());
    co_await mesh::sleep(world.loop, look_again);
  }
  if (auto right = book.check(station->node(), plan.backlog); !right)
    co_return std::unexpected(right.error());
  out.at = std::move(alarms.arrived);
  co_return out;
}

double ms_between(mesh::Instant from, mesh::Instant to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// When each alarm was due, and how long it took to this agent's own disk.
struct Given {
  std::vector<mesh::Instant> due;
  std::vector<double> own_disk_ms;
  std::optional<Error> failed;
};

mesh::Task<void> give(mesh::World& world, mesh::Node& node, mesh::Draft alarm,
                      Given& given) {
  const auto due = given.due.back();
  std::vector<mesh::Draft> drafts;
  drafts.push_back(std::move(alarm));
  auto publishing = node.publish(std::move(drafts));
  const auto published = co_await publishing;
  if (!published) given.failed = published.error();
  given.own_disk_ms.push_back(ms_between(due, world.clock.now()));
}

std::string alarm_value(std::uint64_t number) {
  return fmt::format("alarm-{}.during-catch-up.example", number);
}

/// Gives one alarm after the other, whatever has become of those before, until the
/// partner has caught up.
mesh::Task<Result<Given>> give_alarms(mesh::World& world, mesh::Node& node,
                                      Signals& signals) {
  const mesh::Audience everybody{true, {}, {}};
  Given given;
  auto& due = given.due;
  mesh::TaskSet giving;
  const auto end = world.clock.now() + backlog_max;
  while (!signals.begun && world.clock.now() < end)
    co_await mesh::sleep(world.loop, look_again);
  auto next = world.clock.now();
  while ((!signals.caught_up || due.empty()) && !given.failed &&
         due.size() < alarms_max && world.clock.now() < end) {
    const Voice voice{.author = node.author(), .now = world.clock.wall()};
    const playbooks::BenchLoad::Indicator alarm{.type = mesh::IndicatorType::domain,
                                                .value = alarm_value(due.size())};
    due.push_back(next);  // So that a late order counts as late.
    giving.spawn(give(
        world, node, make_draft(alarm, voice, everybody, mesh::LogClass::urgent), given));
    next = next + pace;
    if (const auto wait = next - world.clock.now(); wait > Duration(0))
      co_await mesh::sleep(world.loop, wait);
  }
  while (giving.size() > 0 && world.clock.now() < end)
    co_await mesh::sleep(world.loop, look_again);
  if (given.failed) co_return std::unexpected(*given.failed);
  signals.alarms = due.size();
  co_return given;
}

struct Outcome {
  std::vector<double> times_ms, own_disk_ms;
  double seconds = 0;
};

mesh::Task<Result<Outcome>> raise_alarms(mesh::World& world, mesh::Node& node,
                                         AlarmPlan plan) {
  auto publishing = publish_all(world, node, plan.backlog, mesh::Tlp::green);
  if (auto done = co_await publishing; !done) co_return std::unexpected(done.error());
  Partner<AlarmsHeard> far(
      world, [plan](PartnerWorld place) { return hear_alarms(place, plan); });
  auto giving = give_alarms(world, node, plan.signals);
  auto given = co_await giving;
  if (!given) co_return std::unexpected(given.error());
  auto ending = far.result();
  const auto arrived = co_await ending;
  if (!arrived) co_return std::unexpected(arrived.error());
  Outcome out{.times_ms = {},
              .own_disk_ms = std::move(given->own_disk_ms),
              .seconds = arrived->seconds};
  for (std::size_t n = 0; n < given->due.size(); ++n) {
    const auto at = arrived->at.find(alarm_value(n));
    if (at == arrived->at.end())
      co_return fail(Errc::corrupt, "bench: alarm {} is missing", n);
    out.times_ms.push_back(ms_between(given->due[n], at->second));
  }
  co_return out;
}

}  // namespace

Result<Figures> measure_alarm(mesh::RealWorld& machine, std::uint64_t count,
                              std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto backlog = make_indicators(count, seed);
  const auto station = Station::open(world, operators->options(Operators::near));
  if (!station) return std::unexpected(station.error());
  Signals signals;
  auto out = machine.complete(
      raise_alarms(world, station->node(),
                   {*operators, backlog, station->node().listening(), signals}));
  if (!out) return std::unexpected(out.error());
  Figures figures{{"indicators", double(count), "caught up on meanwhile"},
                  {"seconds", out->seconds, "s, start to verified"},
                  {"alarms", double(out->times_ms.size()), "one each 10 ms"}};
  for (auto& each :
       spread(std::move(out->times_ms), {"order to partner's tables", "≤ 50"}))
    figures.push_back(std::move(each));
  for (auto& each :
       spread(std::move(out->own_disk_ms), {"of these, order to own disk", ""})) {
    each.name = "own_disk_" + each.name;
    figures.push_back(std::move(each));
  }
  return figures;
}

}  // namespace tocsin::agents::bench
