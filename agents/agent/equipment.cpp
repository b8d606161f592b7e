#include "agents/agent/equipment.hpp"

#include "playbooks/act/edl.hpp"
#include "playbooks/act/rpz.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

Result<std::unique_ptr<Actuator>> open_actuator(mesh::Disk& disk,
                                                const ActuatorSection& section) {
  if (section.kind == "edl") {
    auto edl = Edl::open(disk, section.path);
    if (!edl) return within("actuator " + section.name, edl.error());
    return std::unique_ptr<Actuator>(std::move(*edl));
  }
  if (section.kind == "rpz") {
    RpzOptions options{.path = section.path};
    if (!section.zone.empty()) options.zone = section.zone;
    auto rpz = Rpz::open(disk, std::move(options));
    if (!rpz) return within("actuator " + section.name, rpz.error());
    return std::unique_ptr<Actuator>(std::move(*rpz));
  }
  return fail(Errc::unsupported, "actuator {}: kind '{}' is not offered", section.name,
              section.kind);
}

std::optional<AgentId> first_agent(const crypto::Charter& charter, std::string_view org) {
  const auto* member = charter.member(org);
  if (!member || member->agents.empty()) return std::nullopt;
  return crypto::agent_id_of(member->agents.front().signing);
}

}  // namespace

Result<void> open_actuators(Services& services) {
  const auto& at = services.home.open.at.home;
  std::vector<ActuatorSection> sections = services.home.open.config.actuators;
  const ActuatorSection defaults[] = {{"edl", "edl", at / "edl.txt", {}},
                                      {"rpz", "rpz", at / "rpz.zone", {}}};
  for (const auto& section : defaults) {
    const bool named = std::any_of(sections.begin(), sections.end(),
                                   [&](const auto& one) { return one.name == section.name; });
    if (!named) sections.push_back(section);
  }
  for (const auto& section : sections) {
    // Manual steps need no machinery behind them.
    if (section.kind == "manual") continue;
    auto actuator = open_actuator(services.world.disk, section);
    if (!actuator) return std::unexpected(actuator.error());
    services.actuators[section.name] = std::move(*actuator);
  }
  return {};
}

Result<void> load_guard(Services& services) {
  const auto& config = services.home.open.config;
  for (const auto& file : config.guard.lists) {
    const auto json = services.world.disk.read(file, warninglist_bytes_max);
    if (!json) return within("[guard] lists", json.error());
    const std::string folder = file.parent_path().filename().string();
    const auto loaded = services.guard.add_list(folder.empty() ? file.filename().string() : folder,
                                                text_of(*json));
    if (!loaded) return within(file.string(), loaded.error());
  }
  for (const auto& member : services.charter.body.members) {
    const bool own = member.org == services.org();
    const auto added = services.guard.add_networks(member.org, own, member.own_networks);
    if (!added) return within("networks of " + member.org, added.error());
  }
  for (const auto& peer : services.home.open.peers) {
    const auto added =
        services.guard.add_networks(peer.card.org, false, peer.card.own_networks);
    if (!added) return within("card of " + peer.card.org, added.error());
  }
  const auto own = services.guard.add_networks(services.org(), true, config.guard.own);
  if (!own) return within("[guard] own", own.error());
  return {};
}

mesh::Path inventory_file(const Layout& at) { return at.home / "assets.json"; }

Result<void> load_inventory(Services& services) {
  const auto file = inventory_file(services.home.open.at);
  if (!services.world.disk.exists(file)) return {};
  const auto text = services.world.disk.read(file, inventory_bytes_max);
  if (!text) return within(file.string(), text.error());
  auto read = read_assets_json(text_of(*text));
  if (!read) return within(file.string(), read.error());
  const auto imported = services.damage.import(std::move(read->assets));
  if (!imported) return within(file.string(), imported.error());
  return {};
}

std::unique_ptr<RunEngine> make_engine(Services& services, const AgentId& agent) {
  Services* all = &services;
  RunPorts ports;
  ports.charter = &services.charter;
  ports.guard = &services.guard;
  ports.entropy = &services.world.entropy;
  ports.analyst = [all](std::string_view org, std::string_view name)
      -> std::optional<crypto::CertificateBody> {
    if (!all->node) return std::nullopt;
    const auto found = all->node->analyst(org, name);
    if (!found || all->node->is_revoked(found->body.id())) return std::nullopt;
    return found->body;
  };
  ports.indicator = [all](const BlockTarget& target) -> std::optional<IndicatorFacts> {
    if (!all->node) return std::nullopt;
    return all->indicators.facts(target);
  };
  ports.actuator = [all](std::string_view name) -> const Actuator* {
    const auto found = all->actuators.find(name);
    return found == all->actuators.end() ? nullptr : found->second.get();
  };
  ports.executor = [all](std::string_view org) { return first_agent(all->charter, org); };
  return std::make_unique<RunEngine>(
      std::move(ports), RunOptions{.org = std::string(services.org()),
                                   .agent = agent,
                                   .author = agent.prefix(),
                                   .federation = services.charter.federation,
                                   .effect_ttl = services.home.open.config.effect_ttl});
}

}  // namespace tocsin::agents
