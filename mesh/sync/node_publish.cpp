#include "mesh/sync/mesh_node.hpp"


namespace tocsin::mesh {
namespace {

/// About what the announcement of a scope takes, and each of its recipients in it.
constexpr std::size_t scope_key_bytes = 1024, scope_recipient_bytes = 512;

}  // namespace

Task<Result<std::vector<Published>>> MeshNode::publish(std::vector<Draft> drafts) {
  if (stopped_) co_return fail(Errc::closed, "the agent is stopping");
  if (drafts.empty()) co_return std::vector<Published>();
  for (const auto& draft : drafts)
    if (const auto fits = check(draft); !fits) co_return std::unexpected(fits.error());

  auto ticket = std::make_shared<Ticket>(world_.loop, drafts.size());
  const auto number = tickets_.open(ticket);
  while (!gate_->open() && !ticket->error) co_await ticket->changed.wait();

  for (std::size_t i = 0; i < drafts.size() && !ticket->error; ++i) {
    const auto room = drafts[i].log_class == LogClass::urgent ? Room::live : Room::bulk;
    while (store_.full(room) && !ticket->error) co_await store_.wait_for_room(room);
    const auto tag = TicketBook::tag(number, i);
    const auto id = crypto::blake2b(drafts[i].record);
    const auto known = settle_known(drafts[i].audience, id, tag);
    if (!known) ticket->error = known.error();
    if (!known || *known) continue;
    const auto log = log_for(drafts[i]);
    if (!log) ticket->error = log.error();
    if (log) enqueue(drafts[i], *log, tag, id);
    if (publisher_.waiting() >= batch_records_max) flush();
  }
  flush();
  while (ticket->open > 0 && !ticket->error) co_await ticket->changed.wait();
  tickets_.close(number);
  if (ticket->error) co_return std::unexpected(*ticket->error);
  co_return std::move(ticket->places);
}

// What may be said to whom, before anything is signed.
Result<Audience> MeshNode::check(const Draft& draft) const {
  const auto record = view_record(draft.record);
  if (!record) return std::unexpected(record.error());
  if (record->header.author != author())
    return fail(Errc::invalid, "the record's author is not this agent");
  if (record->header.marking != draft.marking || record->header.kind != draft.kind)
    return fail(Errc::invalid, "the record's kind or marking is not that of its draft");
  const auto& audience = draft.audience;
  if (!audience.all_members && audience.orgs.empty() && audience.persons.empty())
    return fail(Errc::marking, "an empty audience: nobody could read this");
  if (audience.all_members && !(audience.orgs.empty() && audience.persons.empty()))
    return fail(Errc::marking, "an audience of all members names none of them");
  for (const auto& org : audience.orgs)
    if (!options_.charter.member(org)) return fail(Errc::marking, "{} is not a member", org);
  const auto tlp = draft.marking.tlp;
  const bool open_to_all = tlp == Tlp::clear || tlp == Tlp::green;
  if (audience.all_members && !open_to_all)
    return fail(Errc::marking, "TLP:{} cannot go to all members", name_of(tlp));
  if ((tlp == Tlp::red) != !audience.persons.empty())
    return fail(Errc::marking, "TLP:RED goes to persons, and nothing else does");
  return audience;
}

UnsignedRecords::iterator MeshNode::find_unsigned(const Digest& id, const Audience& audience) {
  const auto [first, last] = unsigned_.equal_range(id);
  const auto at = std::find_if(
      first, last, [&](const auto& each) { return each.second.audience == audience; });
  return at == last ? unsigned_.end() : at;
}

// A record that is held for the same audience gives its old place: true when the tag is taken
// care of. For another audience, as in a release, the same bytes are signed once more.
Result<bool> MeshNode::settle_known(const Audience& audience, const Digest& id,
                                    std::uint64_t tag) {
  if (const auto at = find_unsigned(id, audience); at != unsigned_.end()) {
    at->second.tags.push_back(tag);
    return true;
  }
  const auto held = ordinal_of(id);
  if (!held) return std::unexpected(held.error());
  const auto ordinal = *held;
  if (!ordinal) return false;
  const auto batch = cache_.batch_of(*ordinal);
  const auto& stored = (*batch)->stored;
  const auto* held_for = catalogue_.audience_of(stored.log);
  if (!held_for || *held_for != audience) return false;
  // On its way to the disk: acknowledged together with the first one.
  const auto undurable = undurable_.find({stored.log, stored.sequence});
  if (undurable != undurable_.end())
    if (const auto arrival = undurable->second.lock()) {
      arrival->late.push_back({tag, id});
      return true;
    }
  tickets_.settle(tag, {id, stored.log, stored.sequence});
  return true;
}

Result<LogKey> MeshNode::log_for(const Draft& draft) {
  LogKey log{id_, gate_->epoch(), {}, draft.log_class};
  if (!draft.audience.all_members) {
    const auto scope = scope_for(draft.audience);
    if (!scope) return std::unexpected(scope.error());
    log.scope = *scope;
  }
  if (!catalogue_.may_open(log)) return std::unexpected(no_more_logs());
  return log;
}

// What others do not take must not be acknowledged.
Error MeshNode::no_more_logs() const {
  const auto own = catalogue_.log_shares().of(id_);
  if (own < catalogue_.own_logs_max())
    return {Errc::full, "the agents of this organisation have opened all the logs that others keep of them",
            "see `own_logs` of `tocsin agent status` at each: one that starts again and again opens many"};
  return {Errc::full, fmt::format("this agent has opened {} logs, and others keep no more of it", own),
          "certify another agent of this organisation (`tocsin agent add`), then revoke this one"};
}

// The scope of this audience as its agents stand now; a new one is announced first.
Result<ScopeId> MeshNode::scope_for(const Audience& audience) {
  auto recipients = recipients_of(audience, catalogue_.roster());
  const KnownAgent own{id_, options_.sealing.public_key()};
  std::erase_if(recipients, [&](const KnownAgent& agent) { return agent.id == id_; });
  recipients.insert(std::lower_bound(recipients.begin(), recipients.end(), own), own);
  if (const auto* scope = catalogue_.scopes().own_scope(audience, recipients)) return scope->id;

  const auto about = scope_key_bytes + recipients.size() * scope_recipient_bytes;
  if (const auto room = store_.promise(about); !room) return std::unexpected(room.error());
  const RecordHeader header{RecordKind::scope_key, {Tlp::green, Pap::green},
                            world_.clock.wall(), author()};
  auto record = catalogue_.make_scope(header, audience, recipients, world_.entropy);
  if (!record) return std::unexpected(record.error());
  const LogKey control{id_, gate_->epoch(), {}, LogClass::control};
  publisher_.add(control, std::move(*record), 0, world_.clock.now());
  flush();
  const auto* made = catalogue_.scopes().own_scope(audience, recipients);
  if (!made) return fail(Errc::full, "the store has no room for the key of a new scope");
  return made->id;
}

void MeshNode::enqueue(const Draft& draft, const LogKey& log, std::uint64_t tag,
                       const Digest& id) {
  unsigned_.emplace(id, Unsigned{draft.audience, {}});
  publisher_.add(log, draft.record, tag, world_.clock.now());
}

// Signs what is due, and comes back for the rest after the linger.
void MeshNode::flush() {
  while (auto gathered = publisher_.take(world_.clock.now())) {
    const auto done = sign(*gathered);
    if (!done) give_up(*gathered, done.error());
  }
  const auto due = publisher_.due();
  if (!due || linger_timer_ != 0) return;
  const auto wait = std::max(*due - world_.clock.now(), Duration(0));
  linger_timer_ = world_.loop.after(wait, [this] {
    linger_timer_ = 0;
    flush();
  });
}

// What could not be signed is left in `gathered` whole.
Result<void> MeshNode::sign(Gathered& gathered) {
  const auto tail = publisher_.tail(gathered.log);
  const auto* scope = catalogue_.scopes().find(gathered.log.scope);
  const BatchDraft draft{gathered.log, tail.sequence + 1, world_.clock.wall(), tail.id,
                         gathered.records};
  auto batch = sign_batch(draft, options_.signing, options_.charter.federation,
                          scope && scope->key ? &*scope->key : nullptr, world_.entropy);
  if (!batch) return std::unexpected(batch.error());
  // What nobody has seen yet can still be taken back: a place of the log must not stay empty.
  const bool vital = batch->header.log.log_class == LogClass::control;
  if (const auto room = store_.promise(batch->encoded.size(), vital); !room)
    return std::unexpected(room.error());
  if (!catalogue_.open_own(gathered.log)) return std::unexpected(no_more_logs());
  auto arrival = std::make_shared<Arrival>();
  arrival->audience = *catalogue_.audience_of(gathered.log);
  std::vector<Digest> ids;
  for (const auto& record : gathered.records) {
    ids.push_back(crypto::blake2b(record));
    const auto at = find_unsigned(ids.back(), arrival->audience);
    if (at == unsigned_.end()) continue;
    for (const auto tag : at->second.tags) arrival->late.push_back({tag, ids.back()});
    unsigned_.erase(at);
  }
  publisher_.signed_as(gathered.log, batch->header.sequence, batch->id);
  arrival->batch = std::move(*batch);
  arrival->own_records = std::move(gathered.records);
  arrival->tags = std::move(gathered.tags);
  for (const auto& record : arrival->own_records)
    arrival->opened.records.push_back(*view_record(record));
  auto learned = catalogue_.take_own(arrival->batch, arrival->opened.records);
  arrival->revoked = std::move(learned.revoked);
  arrival->settled = std::move(learned.settled);
  arrival->live = true;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (arrival->tags[i] != 0) arrival->late.push_back({arrival->tags[i], ids[i]});
  undurable_[{gathered.log, draft.sequence}] = arrival;
  keep(arrival, std::uint16_t(arrival->opened.records.size()));
  return {};
}

// Everybody who waits for these records hears that they were not kept. Scopes whose keys are among
// them are not written in: whoever holds such a batch could never open it.
void MeshNode::give_up(const Gathered& gathered, const Error& why) {
  for (const auto tag : gathered.tags) tickets_.fail(tag, why);
  const auto* audience = catalogue_.audience_of(gathered.log);
  for (const auto& bytes : gathered.records) {
    const auto at = audience ? find_unsigned(crypto::blake2b(bytes), *audience) : unsigned_.end();
    if (at != unsigned_.end()) {
      const auto waiting = unsigned_.extract(at);
      for (const auto tag : waiting.mapped().tags) tickets_.fail(tag, why);
    }
    const auto record = view_record(bytes);
    if (record && record->header.kind == RecordKind::scope_key) catalogue_.scopes().retire_own();
  }
  if (refusal_lines_.take(1, world_.clock.now()))
    world_.log.warn("{} records are not published: {}", gathered.records.size(), why.message);
}

// Only what is on disk is acknowledged, offered or sent: a crash then never makes this agent
// sign a sequence twice that somebody else already holds.
void MeshNode::own_is_durable(const std::shared_ptr<Arrival>& arrival) {
  const auto& header = arrival->batch.header;
  if (!catalogue_.heads().has(header.log, header.sequence))
    catalogue_.hold(header.log, header.sequence, arrival->batch.id);
  if (arrival->superseded) return;
  undurable_.erase({header.log, header.sequence});
  tell(*arrival, true);
  for (const auto& [tag, id] : arrival->late)
    tickets_.settle(tag, {id, header.log, header.sequence});
  push(arrival->batch);
  for (const auto& agent : arrival->revoked) {
    connections_.drop(agent, ByeReason::revoked);
    withdraw_revoked(agent);
  }
  thaw(arrival->settled);
}

}  // namespace tocsin::mesh
