#include "agents/siem/file_input.hpp"

#include "agents/siem/file_tail.hpp"

namespace tocsin::agents {

namespace {

constexpr Duration poll_every = std::chrono::milliseconds(200);
constexpr Duration error_wait = std::chrono::seconds(5);

mesh::Task<void> follow(std::shared_ptr<Intake> intake, FilePositions* positions) {
  const auto path = intake->config.path;
  auto& loop = intake->world.loop;
  FileTail tail(intake->world.disk, path, intake->config.event_bytes_max,
                positions == nullptr ? std::nullopt : positions->load(path));
  while (!intake->stopped) {
    const auto step = tail.next();
    if (!step) {
      intake->reject(name_of(step.error().code));
      co_await mesh::sleep(loop, error_wait);
      continue;
    }
    intake->reject("event too large", step->too_large);
    std::vector<RawEvent> events;
    for (const auto line : step->lines) events.push_back(intake->event(line));
    auto delivering = deliver_all(intake, events);
    const bool taken = co_await delivering;
    if (!taken) co_return;

    const auto before = tail.position().offset;
    tail.taken();
    const auto position = tail.position();
    if (positions != nullptr && position.offset != before) positions->save(path, position);
    const Duration pause = step->more ? Duration(0) : poll_every;
    co_await mesh::sleep(loop, pause);
  }
}

class FileInput final : public Input {
 public:
  FileInput(std::shared_ptr<Intake> intake, FilePositions* positions)
      : intake_(std::move(intake)) {
    intake_->status.listen = intake_->config.path;
    intake_->world.loop.spawn(follow(intake_, positions));
  }
  ~FileInput() override { intake_->stopped = true; }
  InputStatus status() const override { return intake_->status; }

 private:
  std::shared_ptr<Intake> intake_;
};

}  // namespace

std::unique_ptr<Input> follow_file(std::shared_ptr<Intake> intake, FilePositions* positions) {
  return std::make_unique<FileInput>(std::move(intake), positions);
}

}  // namespace tocsin::agents
