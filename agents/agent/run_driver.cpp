#include "agents/agent/run_driver.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

mesh::Draft draft_of(PublishRecord record) {
  return {record.kind, record.marking, std::move(record.audience),
          record.urgent ? mesh::LogClass::urgent : mesh::LogClass::case_,
          std::move(record.record)};
}

}  // namespace

RunDriver::~RunDriver() {
  if (wake_at_) services_.world.loop.cancel(timer_);
}

void RunDriver::perform(Actions actions) {
  auto drafts = carry_out(std::move(actions));
  if (!drafts.empty()) services_.share(std::move(drafts));
}

mesh::Task<Result<void>> RunDriver::perform_and_wait(Actions actions) {
  if (holding_)
    co_return fail(Errc::refused, "this agent mends its store and takes no orders: start it "
                   "without --mend once `tocsin audit verify` is content");
  auto drafts = carry_out(std::move(actions));
  if (drafts.empty()) co_return Result<void>{};
  const auto published = co_await services_.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return Result<void>{};
}

void RunDriver::resume() {
  holding_ = false;
  perform(services_.runs->resume(services_.now()));
}

RunDriver::Drafts RunDriver::carry_out(Actions actions) {
  Drafts drafts;
  if (holding_) return drafts;
  std::deque<Action> queue(std::make_move_iterator(actions.begin()),
                           std::make_move_iterator(actions.end()));
  while (!queue.empty()) {
    Action action = std::move(queue.front());
    queue.pop_front();
    Actions more;
    std::visit(
        [&](auto& what) {
          using What = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<What, PublishRecord>)
            drafts.push_back(draft_of(std::move(what)));
          else if constexpr (std::is_same_v<What, WakeAt> || std::is_same_v<What, Notify>)
            take(what);
          else
            more = take(what);
        },
        action);
    for (auto& next : more) queue.push_back(std::move(next));
  }
  return drafts;
}

Actuator* RunDriver::actuator(std::string_view name) {
  const auto found = services_.actuators.find(name);
  return found == services_.actuators.end() ? nullptr : found->second.get();
}

Actions RunDriver::take(const DoEffect& action) {
  auto* control = actuator(action.actuator);
  const auto done = control ? control->do_effect(action.effect)
                            : Result<void>(fail(Errc::not_found, "no actuator '{}' is configured",
                                                action.actuator));
  return services_.runs->on_effect_done(action.run, action.effect.id, done, services_.now());
}

Actions RunDriver::take(const UndoEffect& action) {
  auto* control = actuator(action.actuator);
  const auto done = control ? control->undo(action.id)
                            : Result<void>(fail(Errc::not_found, "no actuator '{}' is configured",
                                                action.actuator));
  return services_.runs->on_effect_undone(action.run, action.id, done, services_.now());
}

Actions RunDriver::take(const ProbeEffect& action) {
  const auto* control = actuator(action.actuator);
  const auto found = control ? control->probe(action.id) : Presence::unknown;
  return services_.runs->on_effect_probed(action.run, action.id, found, services_.now());
}

void RunDriver::take(const WakeAt& action) {
  if (wake_at_ && *wake_at_ <= action.at) return;
  if (wake_at_) services_.world.loop.cancel(timer_);
  wake_at_ = action.at;
  const auto wait = std::max<Duration>(action.at - services_.now(), std::chrono::milliseconds(1));
  timer_ = services_.world.loop.after(wait, [this] {
    wake_at_.reset();
    perform(services_.runs->tick(services_.now()));
  });
}

void RunDriver::take(const Notify& action) {
  services_.watch.add("run", services_.org(),
                      {{"run", to_base32(action.run)},
                       {"step", action.step},
                       {"text", action.text}});
}

Result<EffectId> RunDriver::find_effect(std::string_view id) const {
  std::optional<EffectId> found;
  for (const auto& effect : services_.runs->effects(false)) {
    if (!to_base32(effect.id).starts_with(id)) continue;
    if (found && *found != effect.id)
      return fail(Errc::usage, "effect '{}' is ambiguous: type more of it", id);
    found = effect.id;
  }
  if (!found || id.empty()) return fail(Errc::not_found, "no effect '{}'", id);
  return *found;
}

}  // namespace tocsin::agents
