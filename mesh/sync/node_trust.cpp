// What a change of trust does to a running node: a later charter, a revocation, new own
// certificates and secrets.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::uint64_t withdrawn_slice = 16;

}  // namespace

Result<void> MeshNode::renew(Renewal renewal) {
  if (renewal.charter) {
    const auto newer = crypto::check_succession(options_.charter, *renewal.charter);
    if (!newer) return std::unexpected(newer.error());
    if (const auto complete = crypto::check_complete(*renewal.charter, world_.clock.wall());
        !complete)
      return complete;
    if (!renewal.charter->member(options_.org))
      return fail(Errc::refused, "{} is no member of version {}", options_.org,
                  renewal.charter->body.version);
    if (*newer)
      adopt(std::move(*renewal.charter));
    else  // The same version, with more certificates.
      options_.charter.certificates = std::move(renewal.charter->certificates);
    catalogue_.renew();
  }
  if (!renewal.secrets.empty()) options_.secrets = std::move(renewal.secrets);
  if (!renewal.certificates.empty()) options_.certificates = std::move(renewal.certificates);
  connections_.look_again();
  tasks_.spawn(announce_certificates());
  tasks_.spawn(announce_charter());
  return {};
}

// Takes the place of the charter in force; the sessions of those that it removes end.
void MeshNode::adopt(crypto::Charter next) {
  world_.log.warn("charter {}: version {} is in force now", next.body.name, next.body.version);
  const auto before = options_.charter.body;
  for (const auto& encoded : options_.charter.certificates) {
    auto& held = next.certificates;
    if (std::find(held.begin(), held.end(), encoded) == held.end()) held.push_back(encoded);
  }
  options_.charter = std::move(next);
  catalogue_.renew();
  if (!gate_) return;  // The replay goes on; start() does the rest.
  connections_.drop_former();
  meet_members();
  for (const auto& member : before.members)
    if (!options_.charter.member(member.org)) withdraw_former(member.org);
}

// Dials the agents of members whom the configuration does not know.
void MeshNode::meet_members() {
  for (const auto& member : options_.charter.body.members) {
    const bool configured =
        std::any_of(options_.peers.begin(), options_.peers.end(),
                    [&](const PeerConfig& peer) { return peer.org == member.org; });
    if (member.org == options_.org || configured) continue;
    for (const auto& agent : member.agents)
      if (!agent.address.empty() && !connections_.knows(agent.channel))
        connections_.add_peer({member.org, agent.channel, agent.addresses()});
  }
}

// Versions that records brought; true when one of them took the place of ours.
bool MeshNode::hear_charters(const BatchHeader& header, const std::vector<RecordView>& records) {
  if (header.log.log_class != LogClass::control || !header.log.scope.is_zero()) return false;
  for (const auto& record : records) {
    if (record.header.kind != RecordKind::trust) continue;
    auto version = decode_charter_record(record);
    const auto offered = version ? succession_.offer(options_.charter, std::move(*version))
                                 : std::unexpected(version.error());
    if (offered) continue;
    ++counters_.refused["charter"];
    world_.log.error("a charter offered by {}: {}", catalogue_.roster().org_of(header.log.agent),
                     offered.error().message);
  }
  bool changed = false;
  while (auto next = succession_.next(options_.charter)) {
    if (!next->member(options_.org)) {
      world_.log.error("version {} of the charter removes {}: partners end their sessions",
                       next->body.version, options_.org);
      break;
    }
    adopt(std::move(*next));
    changed = true;
  }
  return changed;
}

// Every version after the first that no record has carried here yet: this agent has them from a
// file, and others may not.
Task<void> MeshNode::announce_charter() {
  std::vector<Draft> drafts;
  const auto add = [&](const crypto::CharterBody& body, const OfferedCharter& version) {
    if (body.version == 1 || succession_.has_travelled(version.body_text)) return;
    // The same bytes at each start: once they are in the log, nothing new is published.
    const RecordHeader header{RecordKind::trust, {Tlp::green, Pap::green}, body.created, author()};
    auto record = encode_charter_record(header, version);
    if (record)
      drafts.push_back({RecordKind::trust, header.marking, Audience{true, {}, {}},
                        LogClass::control, std::move(*record)});
    else
      world_.log.error("version {}: {}", body.version, record.error().message);
  };
  const auto& charter = options_.charter;
  for (const auto& version : charter.earlier)
    add(version.body, {version.body_text, version.signatures});
  add(charter.body, offered_from(charter));
  if (drafts.empty()) co_return;
  auto publishing = publish(std::move(drafts));
  const auto published = co_await std::move(publishing);
  if (!published && published.error().code != Errc::closed)
    world_.log.warn("own charter: {}", published.error().message);
}

// After the replay at start, before anybody is listened to.
void MeshNode::withdraw_held() {
  for (const auto& log : untrusted_logs([](const AgentId&) { return true; }))
    for (std::uint64_t next = 1; next != 0;) next = withdraw_some(log, next);
}

std::vector<LogKey> MeshNode::untrusted_logs(
    const std::function<bool(const AgentId&)>& of) const {
  const auto& roster = catalogue_.roster();
  std::vector<LogKey> out;
  for (const auto& head : catalogue_.heads().heads([&](const LogKey& log) {
         return of(log.agent) && (roster.is_revoked(log.agent) || roster.is_former(log.agent));
       }))
    if (catalogue_.audience_of(head.key)) out.push_back(head.key);
  return out;
}

void MeshNode::withdraw_former(std::string_view org) {
  tasks_.spawn(withdraw(untrusted_logs(
      [&](const AgentId& agent) { return catalogue_.roster().org_of(agent) == org; })));
}

void MeshNode::withdraw_revoked(const AgentId& agent) {
  tasks_.spawn(withdraw(untrusted_logs([&](const AgentId& id) { return id == agent; })));
}

Task<void> MeshNode::withdraw(std::vector<LogKey> logs) {
  for (const auto& log : logs)
    for (std::uint64_t next = 1; next != 0 && !stopped_;) {
      next = withdraw_some(log, next);
      co_await sleep(world_.loop, Duration(0));
    }
}

// Tells the observers of what they were shown and is believed no more, from `first` on; gives where
// to go on, or 0 at the end.
std::uint64_t MeshNode::withdraw_some(const LogKey& log, std::uint64_t first) {
  const auto* head = catalogue_.heads().find(log);
  if (!head) return 0;
  const auto& roster = catalogue_.roster();
  const auto last = head->ranges.empty() ? head->contiguous : head->ranges.back().last;
  const bool former = roster.is_former(log.agent);
  const auto removed = roster.removed_at(log.agent);
  std::uint64_t looked_at = 0;
  for (auto sequence = first; sequence <= last; ++sequence) {
    if (roster.trusted(log, sequence) && !former) continue;
    if (++looked_at > withdrawn_slice) return sequence;
    const auto stored = store_.batch(log, sequence);
    if (!stored || !*stored || (*stored)->readable == 0) continue;
    auto batch = parse_batch(*(*stored)->encoded);
    if (!batch) continue;
    if (roster.trusted(log, sequence) && batch->header.time < removed) continue;
    const auto held = cache_.batch_of((*stored)->first_ordinal);
    if (!held || !*held) continue;
    Arrival arrival{std::move(*batch), {}, {}, {}, *catalogue_.audience_of(log), {},
                    (*stored)->first_ordinal};
    for (const auto record : (*held)->records)
      if (const auto view = view_record(record)) arrival.opened.records.push_back(*view);
    const auto shown = delivered(arrival);
    for (auto* observer : observers_) observer->on_withdrawn(shown);
    ++counters_.withdrawn;
  }
  return 0;
}

}  // namespace tocsin::mesh
