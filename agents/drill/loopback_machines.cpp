#include "agents/drill/loopback_machines.hpp"

#include "agents/drill/caller.hpp"
#include "agents/home/home.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr std::size_t log_bytes_max = 16 << 20;

}  // namespace

class LoopbackMachines::Process final : public Machine {
 public:
  Process(LoopbackMachines& all, Path folder, mesh::Address address)
      : all_(all), world_(all.world_), folder_(std::move(folder)), address_(std::move(address)) {}

  mesh::Disk& disk() override { return world_.disk; }
  Entropy& entropy() override { return world_.entropy; }
  const Path& folder() const override { return folder_; }
  const mesh::Address& mesh_address() const override { return address_; }
  mesh::Network& network() override { return world_.network; }
  const Path& home() const { return home_; }

  Result<void> start(const Path& home) override {
    all_.held_.clear();
    home_ = home;
    auto child = world_.processes.start(
        {.argv = {world_.processes.own_program().string(), "agent", "run", "--home",
                  home.string()},
         .environment = {},
         .out = log()});
    if (!child) return std::unexpected(child.error());
    child_ = std::move(*child);
    return {};
  }
  bool running() override { return child_ && child_->running(); }
  mesh::Task<Result<void>> kill() override {
    child_->kill();
    const auto ended = co_await child_->wait(stop_max);
    if (!ended) co_return std::unexpected(ended.error());
    co_return Result<void>{};
  }
  mesh::Task<> stop() override {
    if (!child_) co_return;
    child_->terminate();
    const auto ended = co_await child_->wait(stop_max);
    if (!ended) child_->kill();
    child_.reset();
  }
  std::string log_tail() override {
    const auto read = world_.disk.read(log(), log_bytes_max);
    std::string tail = read ? std::string(text_of(*read)) : read.error().message;
    if (tail.size() > log_tail_bytes) tail.erase(0, tail.size() - log_tail_bytes);
    return tail;
  }

 private:
  Path log() const { return folder_ / "agent.log"; }

  LoopbackMachines& all_;
  mesh::World& world_;
  Path folder_, home_;
  mesh::Address address_;
  std::unique_ptr<mesh::Child> child_;
};

LoopbackMachines::LoopbackMachines(mesh::World& world, Path folder)
    : world_(world), folder_(std::move(folder)) {}
LoopbackMachines::~LoopbackMachines() = default;

Result<Machine*> LoopbackMachines::add(const std::string& org) {
  // A port that is free now, since partners must know it before the agents run.
  auto held = world_.network.listen(mesh::Address("127.0.0.1:0"));
  if (!held) return std::unexpected(held.error());
  auto& process = processes_[org];
  process = std::make_unique<Process>(*this, folder_ / org, (*held)->address());
  held_.push_back(std::move(*held));
  return process.get();
}

mesh::Task<Result<void>> LoopbackMachines::set_link(std::string one, std::string other,
                                                    bool down) {
  for (const auto& [at, to] : {std::pair(one, other), std::pair(other, one)}) {
    const auto done = co_await tell(at, to, down);
    if (!done) co_return within(at, done.error());
  }
  co_return Result<void>{};
}

// Processes of one machine have no cable to pull: each agent is told to act as if.
mesh::Task<Result<void>> LoopbackMachines::tell(std::string at, std::string to, bool down) {
  auto& process = *processes_.at(at);
  // An agent that does not run has no links.
  if (!process.running()) co_return Result<void>{};
  Caller caller(world_.network, Layout{process.home()}.socket());
  json::object args{{"org", to}, {"down", down}};
  const auto done = co_await caller.ask("drill.cut", std::move(args));
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void>{};
}

mesh::Task<Result<void>> LoopbackMachines::run(mesh::Task<> story) {
  co_await story;
  co_return Result<void>{};
}

}  // namespace tocsin::agents::drill
