#include "agents/agent/daemon.hpp"

#include "agents/agent/charter_flow.hpp"
#include "agents/agent/equipment.hpp"
#include "agents/agent/event_intake.hpp"
#include "agents/agent/http_site.hpp"
#include "agents/agent/people.hpp"
#include "agents/agent/record_flow.hpp"
#include "agents/agent/run_driver.hpp"
#include "agents/agent/verbs.hpp"
#include "agents/agent/witness_clerk.hpp"
#include "agents/home/node_options.hpp"

namespace tocsin::agents {

struct Daemon::Parts : mesh::Observer {
  Parts(mesh::World& machine, Home keys, bool mending, std::function<void(Result<void>)> end)
      : world(machine), home(std::move(keys)), mend(mending), stop(std::move(end)) {}
  mesh::World& world;
  Home home;
  bool mend;
  std::function<void(Result<void>)> stop;
  std::unique_ptr<mesh::AppendFile> lock;
  std::unique_ptr<mesh::Store> store;
  std::unique_ptr<Services> services;
  std::unique_ptr<RunDriver> driver;
  std::unique_ptr<RecordFlow> flow;
  std::unique_ptr<WitnessClerk> witness;
  std::unique_ptr<mesh::Node> node;
  std::unique_ptr<EventIntake> intake;
  std::unique_ptr<StoredPositions> positions;
  std::unique_ptr<HttpServer> http;
  std::unique_ptr<LocalApi> api;
  std::map<std::string, bool, std::less<>> reachable;

  ~Parts() override;
  void on_verified(const mesh::Delivered&) override {}
  void on_durable(const mesh::Delivered&) override {}
  void on_failed(const Error& error) override;
  Result<void> open(const mesh::OpenStore& open_store);
  Result<void> join();
  Result<void> serve();
  Result<void> open_inputs();
  mesh::Task<> share_home();
  mesh::Task<> watch_peers();
};

namespace {

Result<InputConfig> input_config(const InputSection& section) {
  const auto kind = input_kind_from(section.kind);
  if (!kind) return std::unexpected(kind.error());
  const auto format = event_format_from(section.format);
  if (!format) return std::unexpected(format.error());
  InputConfig out;
  out.kind = *kind;
  out.listen = section.listen;
  out.path = section.path.string();
  out.format = *format;
  out.token = section.token;
  return out;
}

constexpr Duration peers_every = std::chrono::milliseconds(250);
constexpr Duration last_answers = std::chrono::milliseconds(100);

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(mesh::World& world, DaemonOptions options,
                                              std::function<void(Result<void>)> stop) {
  auto open = options.config.empty() ? read_home(world.disk, options.home)
                                     : read_home(world.disk, options.home, options.config);
  if (!open) return std::unexpected(open.error());
  if (const auto agreed = open->agreed(); !agreed) return std::unexpected(agreed.error());
  if (!open->charter->body.exercise && !open->has_passphrase)
    return fail(Errc::refused, "the charter is for production, and this home's keys have no "
                "passphrase");
  auto home = unlock_home(world.disk, std::move(*open), options.passphrase);
  if (!home) return std::unexpected(home.error());

  auto parts = std::unique_ptr<Parts>(
      new Parts(world, std::move(*home), options.mend, std::move(stop)));
  if (auto done = parts->open(options.open_store); !done) return std::unexpected(done.error());
  for (const auto step : {&Parts::join, &Parts::serve})
    if (auto done = ((*parts).*step)(); !done) return std::unexpected(done.error());
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Daemon::~Daemon() = default;

/// Whoever calls others goes first: commands, inputs, running tasks, then the mesh.
Daemon::Parts::~Parts() {
  api.reset();
  http.reset();
  if (!services) return;
  services->inputs.clear();
  services->tasks.clear();
  node.reset();
}

Result<void> Daemon::Parts::open(const mesh::OpenStore& open_store) {
  auto held = world.disk.lock(home.open.at.home / "agent.lock");
  if (!held)
    return within("another agent may be running on this home",
                  hinted(held.error(), "end it with `tocsin agent stop`"));
  lock = std::move(*held);
  const auto& config = home.open.config;
  const Path folder = config.store_path.empty() ? home.open.at.store() : config.store_path;
  if (auto made = world.disk.make_folders(folder, mesh::FileMode::secret); !made) return made;
  auto opened = open_store(world, {folder, config.store_size_max});
  if (!opened) return std::unexpected(opened.error());
  store = std::move(*opened);
  services = std::make_unique<Services>(world, home, *home.open.charter, *store);
  driver = std::make_unique<RunDriver>(*services);
  services->driver = driver.get();
  if (auto done = open_actuators(*services); !done) return done;
  if (auto done = load_guard(*services); !done) return done;
  if (auto done = load_inventory(*services); !done) return done;
  services->runs =
      make_engine(*services, crypto::agent_id_of(home.keys.signing.public_key()));
  return {};
}

Result<void> Daemon::Parts::join() {
  auto options = node_options(home);
  if (!options) return std::unexpected(options.error());
  options->mend = mend;
  flow = std::make_unique<RecordFlow>(*services);
  witness = std::make_unique<WitnessClerk>(*services);
  driver->hold();
  auto opened =
      mesh::Node::open(world, *store, std::move(*options), {flow.get(), witness.get(), this});
  if (!opened) return std::unexpected(opened.error());
  node = std::move(*opened);
  services->node = node.get();
  keep_replayed_charter(*services);
  services->indicators.attach(*node, *store);
  if (!mend) {
    driver->resume();
    flow->confirm_retractions();
    flow->publish_openings();
  }
  services->tasks.spawn(share_home());
  services->tasks.spawn(witness->keep());
  services->tasks.spawn(watch_peers());
  return {};
}

// Those who wait for an answer are told first.
void Daemon::Parts::on_failed(const Error& error) {
  services->tasks.spawn([](Parts& parts, Error why) -> mesh::Task<> {
    co_await mesh::sleep(parts.world.loop, last_answers);
    parts.stop(within("the agent stops", why));
  }(*this, error));
}

Result<void> Daemon::Parts::serve() {
  intake = std::make_unique<EventIntake>(*services);
  positions = std::make_unique<StoredPositions>(*store);
  if (auto done = open_inputs(); !done) return done;
  if (!home.open.config.http_listen.empty()) {
    const auto at = mesh::parse_address(home.open.config.http_listen);
    if (!at) return within("[http] listen", at.error());
    auto server = HttpServer::listen(world, *at, make_site(*services));
    if (!server) return within("[http] listen", server.error());
    http = std::move(*server);
    services->http_address = http->address().text;
  }
  api = std::make_unique<LocalApi>(world);
  add_agent_verbs(*api, *services, [this] { stop({}); });
  add_bundle_verbs(*api, *services);
  add_indicator_verbs(*api, *services);
  add_incident_verbs(*api, *services);
  add_run_verbs(*api, *services);
  add_store_verbs(*api, *services);
  add_damage_verbs(*api, *services);
  add_fork_verbs(*api, *services);
  add_drill_verbs(*api, *services);
  if (auto done = api->listen(home.open.at.socket()); !done) return done;
  world.log.info("{} of {} listens at {}", home.open.agent, home.open.org, node->listening());
  return {};
}

Result<void> Daemon::Parts::open_inputs() {
  for (const auto& section : home.open.config.inputs) {
    const auto config = input_config(section);
    if (!config) return within("[[input]]", config.error());
    auto input = start_input(world, *config, *intake, positions.get());
    if (!input) return within("[[input]] " + section.kind, input.error());
    services->inputs.push_back(std::move(*input));
  }
  return {};
}

mesh::Task<> Daemon::Parts::share_home() {
  auto task = reload_home(*services);
  const auto shared = co_await std::move(task);
  if (!shared) world.log.error("home: {}", shared.error().message);
}

/// Tells the run engine, and those who watch, which organisations can be reached.
mesh::Task<> Daemon::Parts::watch_peers() {
  for (;;) {
    for (const auto& member : services->charter.body.members) {
      if (member.org == services->org()) continue;
      const bool up = node->reachable(member.org);
      const auto known = reachable.find(member.org);
      if (known != reachable.end() && known->second == up) continue;
      reachable[member.org] = up;
      driver->perform(services->runs->set_reachable(member.org, up, services->now()));
      if (known != reachable.end() || up)
        services->watch.add("peer", member.org, {{"state", up ? "connected" : "unreachable"}});
    }
    co_await mesh::sleep(world.loop, peers_every);
  }
}

}  // namespace tocsin::agents
