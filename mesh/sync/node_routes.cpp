// The node's side of routing: who is near, who is silent, who gets a live batch next, and what
// is lent to carriers while its readers are out of reach.
#include "mesh/sync/mesh_node.hpp"


namespace tocsin::mesh {
namespace {

constexpr std::uint64_t lent_at_once = 256;  // Batches per errand and tick.
constexpr std::size_t wraps_at_once = 64;    // Scopes per round.

}  // namespace

std::vector<Neighbour> MeshNode::neighbours() const {
  const auto now = world_.clock.now();
  std::vector<Neighbour> out;
  for (const auto& session : connections_.live()) {
    const auto& facts = session->facts();
    out.push_back({facts.agent, facts.org, gateways_.contains(facts.agent),
                   liveness_.suspects(facts.agent), session->overdue(now)});
  }
  return out;
}

// Organisations to which a batch can go now, and the agent there that would carry.
Lending::Reached MeshNode::reached() const {
  std::map<std::string_view, Neighbour> best;
  for (const auto& peer : neighbours()) {
    if (peer.suspect) continue;
    const auto [at, fresh] = best.emplace(peer.org, peer);
    if (!fresh && goes_before(peer, at->second)) at->second = peer;
  }
  Lending::Reached out;
  for (const auto& [org, peer] : best) {
    const auto exchange = exchanges_.find(peer.agent);
    const bool has_shown = exchange != exchanges_.end() && exchange->second->remote();
    out.emplace(org, has_shown ? std::optional(peer.agent) : std::nullopt);
  }
  return out;
}

// Says to the own organisation's agents whom this one reaches, once that has changed.
void MeshNode::announce_routes() {
  auto routes = routes_.announcement(neighbours());
  if (routes == said_routes_) return;
  said_routes_ = std::move(routes);
  for (const auto& session : connections_.live())
    if (session->facts().org == options_.org) session->send(said_routes_);
}

void MeshNode::watch_neighbours(Instant now) {
  std::vector<Liveness::Peer> peers;
  for (const auto& session : connections_.live())
    peers.push_back({session->facts().agent, session->facts().org, session->heard()});
  for (const auto& ask : liveness_.tick(now, peers))
    if (const auto session = connections_.find(ask.via, Purpose::live))
      session->send(Probe{ask.target, ask.nonce, Probe::Answer::asks});
  announce_routes();
  lend();
  if (now < keep_shown_at_) return;
  keep_shown_at_ = now + keep_shown_every;
  for (auto& [key, value] : lending_.take_changes())
    store_.put(std::move(key), std::move(value), [](Result<void>) {});
  wrap_for_newcomers();
}

// True when the message was about routes, and is done with. Errors: refused (routes of another
// organisation's agent).
Result<bool> MeshNode::on_route_message(Session& session, Message& message) {
  const auto& facts = session.facts();
  if (auto* routes = std::get_if<Routes>(&message)) {
    if (facts.org != options_.org)
      return fail(Errc::refused, "routes inside {} from an agent of {}", options_.org, facts.org);
    routes_.heard(facts.agent, std::move(*routes));
    take_detours();
    return true;
  }
  const auto* probe = std::get_if<Probe>(&message);
  if (!probe) return false;
  if (probe->answer != Probe::Answer::asks) {
    liveness_.answered(probe->target, probe->nonce, probe->answer == Probe::Answer::alive);
    return true;
  }
  // Only of the own organisation's agents is anything said.
  const auto beside = connections_.find(probe->target, Purpose::live);
  const bool alive = beside && beside->facts().org == options_.org &&
                     world_.clock.now() - beside->heard() < Liveness::silence;
  session.send(Probe{probe->target, probe->nonce,
                     alive ? Probe::Answer::alive : Probe::Answer::silent});
  return true;
}

void MeshNode::greet_route(Session& session, const Hello& hello) {
  const auto& agent = session.facts().agent;
  connections_.heard_address(session, hello.address);
  if ((hello.flags & Hello::gateway) != 0)
    gateways_.insert(agent);
  else
    gateways_.erase(agent);
}

void MeshNode::route_up(Session& session) {
  share_certificates(session);
  announce_routes();
  if (session.facts().org == options_.org) session.send(said_routes_);
}

void MeshNode::route_down(Session& session) {
  const auto& agent = session.facts().agent;
  gateways_.erase(agent);
  routes_.lost(agent);
  lending_.lost(agent);
  announce_routes();
}

// Only what may leave does, and every refusal is counted.
std::vector<Neighbour> MeshNode::cleared(Exit exit, const LogKey& log, bool count,
                                         std::vector<Neighbour> peers) {
  std::erase_if(peers, [&](const Neighbour& peer) {
    const auto refusal =
        reader_clearance(exit, log, {peer.agent, peer.org}, catalogue_, options_.charter);
    if (refusal != Refusal::none && count)
      connections_.count(peer.agent, fmt::format("{}_{}", name_of(exit), name_of(refusal)));
    return refusal != Refusal::none;
  });
  return peers;
}

void MeshNode::spread(const Batch& batch, const std::vector<AgentId>& to) {
  for (const auto& agent : to)
    if (const auto session = connections_.find(agent, Purpose::live))
      if (!session->send_batch(batch.encoded, hurries(batch.header.log)))
        ++counters_.deferred_pushes;
}

void MeshNode::push(const Batch& batch) {
  const auto& log = batch.header.log;
  auto to = readers_of(log, id_, false, true);
  spread(batch, to);
  note_push(batch, id_, false, std::move(to));
  if (!batch.sealed()) return;
  note_own_log(log, batch.header.sequence, false);
  lend();
}

void MeshNode::pass_on(const Batch& batch, const AgentId& from, bool carried) {
  auto to = readers_of(batch.header.log, from, carried, true);
  spread(batch, to);
  note_push(batch, from, carried, std::move(to));
}

// Live batches go on by the rule of the route table, and what is carried to those it is meant
// for; everything else comes by comparing heads.
std::vector<AgentId> MeshNode::readers_of(const LogKey& log, const AgentId& from, bool carried,
                                          bool count) {
  auto peers = neighbours();
  if (from == id_)
    return routes_.outward(cleared(Exit::push, log, count, std::move(peers)));
  const auto& roster = catalogue_.roster();
  const RouteTable::Handed handed{from, roster.org_of(from) == options_.org,
                                  roster.org_of(log.agent) == options_.org};
  std::erase_if(peers, [&](const Neighbour& peer) {
    const bool crosses = carried || (handed.ours && handed.own_site);
    return peer.agent == from || peer.agent == log.agent ||
           (!crosses && peer.org != options_.org);
  });
  const auto readers = cleared(Exit::relay, log, count && !carried, std::move(peers));
  return carried ? routes_.outward(readers) : routes_.onward(handed, readers);
}

// The readers of an own sealed log, for the day on which they cannot be reached. RED is not lent.
void MeshNode::note_own_log(const LogKey& log, std::uint64_t newest, bool at_start) {
  const auto* scope = catalogue_.scopes().find(log.scope);
  if (!scope || !scope->key || !scope->audience.persons.empty()) return;
  std::set<std::string> orgs;
  for (const auto& agent : scope->recipients)
    if (agent != id_) orgs.emplace(catalogue_.roster().org_of(agent));
  orgs.erase("");
  // Agents of the own organisation get it from its readers, unless there are no others.
  if (orgs.size() > 1) orgs.erase(options_.org);
  lending_.has(log, {orgs.begin(), orgs.end()}, newest, at_start);
}

// At the start. What was signed is in the store, what was seen to arrive is kept there too: the
// rest is owed.
void MeshNode::begin_routes() {
  for (const auto& encoded : options_.charter.certificates)
    if (const auto body = crypto::peek_certificate(encoded)) chartered_.insert(body->id());
  if (const auto facts = store_.facts(Lending::fact_prefix()))
    for (const auto& [key, value] : *facts) lending_.restore(key, value);
  for (const auto& head : catalogue_.heads().heads([&](const LogKey& log) {
         return log.agent == id_ && !log.scope.is_zero();
       }))
    note_own_log(head.key, head.contiguous, true);
}

// A peer has greeted or shown its heads: what it holds of ours needs no carrier any more, or is
// carried already.
void MeshNode::note_shown(const Session& session, const Exchange& exchange, bool greeted) {
  const auto& org = session.facts().org;
  if (greeted && exchange.equal()) {
    for (const auto& [log, newest] : lending_.logs_for(org))
      if (const auto* head = catalogue_.heads().find(log))
        lending_.shown(log, org, head->contiguous);
  } else if (const auto* remote = exchange.remote()) {
    if (const auto* own = remote->of(id_))
      for (const auto& head : own->logs) {
        lending_.shown(head.key, org, head.contiguous);
        lending_.holds(head, session.facts().agent);
      }
  }
  lend();
}

// Gives sealed batches to members that cannot read them, for readers that are out of reach.
void MeshNode::lend() {
  for (const auto& errand : lending_.errands(world_.clock.now(), reached())) {
    const auto session = connections_.find(errand.carrier, Purpose::live);
    const PeerName name{errand.carrier, session->facts().org};
    const auto refusal = carrier_clearance(errand.log, name, catalogue_, options_.charter);
    if (refusal != Refusal::none) {
      connections_.count(errand.carrier, fmt::format("relay_{}", name_of(refusal)));
      lending_.given(errand, errand.range.last);
      continue;
    }
    auto next = errand.range.first;
    const auto end = std::min(errand.range.last, errand.range.first + lent_at_once - 1);
    for (; next <= end; ++next) {
      const auto stored = store_.batch(errand.log, next);
      // What has rotted or was dropped here nobody can carry.
      if (!stored || !*stored || (*stored)->dropped()) continue;
      if (!session->send_batch(*(*stored)->encoded, hurries(errand.log))) break;
    }
    if (next > errand.range.first) lending_.given(errand, next - 1);
  }
}

// Agents that joined after the charter was signed are known to those that they met: these tell the
// others, who could not believe a batch of such an agent otherwise.
void MeshNode::share_certificates(Session& session) {
  const auto& roster = catalogue_.roster();
  Certificates news;
  for (const auto& member : options_.charter.body.members)
    for (const auto& agent : roster.agents_of(member.org)) {
      if (chartered_.contains(agent.id)) continue;
      for (const auto certificate : roster.certificates_of(agent.id))
        if (news.encoded.size() < frame_certificates_max)
          news.encoded.emplace_back(certificate.begin(), certificate.end());
    }
  if (!news.encoded.empty()) session.send(news);
}

void MeshNode::take_certificates(const std::vector<Bytes>& encoded) {
  Certificates news;
  bool learned = false;
  for (const auto& certificate : encoded) {
    if (!catalogue_.take_certificate(certificate)) continue;
    learned = true;
    const auto body = crypto::peek_certificate(certificate);
    if (body && !chartered_.contains(body->id())) news.encoded.push_back(certificate);
  }
  if (learned) retry_waiting();  // A holder may have wrapped a key for this agent.
  if (news.encoded.empty()) return;
  for (const auto& session : connections_.live()) session->send(news);
}

// Of the own organisation's agents that have a key and are reached, the one with the smallest id
// hands it to those that joined later.
void MeshNode::wrap_for_newcomers() {
  if (!gate_->open() || stopped_ || store_.out_of_room()) return;
  const auto agents = catalogue_.roster().agents_of(options_.org);
  std::size_t wrapped = 0;
  std::vector<Bytes> records;
  for (const auto& [id, scope] : catalogue_.scopes().all()) {
    if (!scope.key || !scope.audience.persons.empty() || wrapped == wraps_at_once) continue;
    std::vector<KnownAgent> newcomers;
    bool somebody_else = false;
    for (const auto& agent : agents) {
      if (!scope.received_by(agent.id)) newcomers.push_back(agent);
      else somebody_else |= agent.id < id_ && connections_.find(agent.id, Purpose::live);
    }
    if (newcomers.empty() || somebody_else) continue;
    const RecordHeader header{RecordKind::scope_wrap, {Tlp::green, Pap::green},
                              world_.clock.wall(), author()};
    auto record = catalogue_.scopes().wrap_for(header, scope, newcomers, world_.entropy);
    if (record) records.push_back(std::move(*record));
    else world_.log.error("{}", record.error().message);
    ++wrapped;
  }
  const LogKey control{id_, gate_->epoch(), {}, LogClass::control};
  for (auto& record : records)
    publisher_.add(control, std::move(record), 0, world_.clock.now());
  if (!records.empty()) flush();
}

}  // namespace tocsin::mesh
