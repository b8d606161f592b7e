#include "mesh/sync/scope_table.hpp"

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t { scope_tag = 1, wrap_tag = 2 };

void write_names(ByteWriter& out, const std::vector<std::string>& names) {
  out.u16(std::uint16_t(names.size()));
  for (const auto& name : names) out.text8(name);
}

void read_names(ByteReader& in, std::vector<std::string>& names) {
  const auto count = in.u16();
  for (std::size_t i = 0; i < count && in.ok(); ++i) names.emplace_back(in.text8());
}

std::vector<AgentId> ids_of(const std::vector<KnownAgent>& agents) {
  std::vector<AgentId> out;
  for (const auto& agent : agents) out.push_back(agent.id);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

bool Scope::received_by(const AgentId& agent) const {
  return std::binary_search(recipients.begin(), recipients.end(), agent) ||
         std::binary_search(added.begin(), added.end(), agent);
}

ScopeId scope_in(const RecordView& record) {
  const auto fields = FieldReader::make(record);
  return fields ? fields->fixed<ScopeId>(scope_tag) : ScopeId();
}

Bytes scope_wrap_context(const ScopeId& scope, const AgentId& author) {
  ByteWriter out;
  out.fixed(scope);
  out.fixed(author);
  return std::move(out).take();
}

Bytes encode_audience(const Audience& audience) {
  ByteWriter out;
  out.u8(audience.all_members ? 1 : 0);
  write_names(out, audience.orgs);
  write_names(out, audience.persons);
  return std::move(out).take();
}

Result<Audience> decode_audience(ByteView bytes) {
  ByteReader in(bytes);
  Audience out;
  out.all_members = in.u8() == 1;
  read_names(in, out.orgs);
  read_names(in, out.persons);
  if (!in.done()) return fail(Errc::invalid, "audience: {} bytes do not fit", bytes.size());
  return out;
}

std::vector<KnownAgent> recipients_of(const Audience& audience, const Roster& roster) {
  std::vector<KnownAgent> out;
  const auto add = [&](std::string_view org) {
    const auto agents = roster.agents_of(org);
    out.insert(out.end(), agents.begin(), agents.end());
  };
  for (const auto& org : audience.orgs) add(org);
  for (const auto& person : audience.persons) add(person.substr(0, person.find('/')));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const Scope* ScopeTable::find(const ScopeId& id) const {
  const auto at = scopes_.find(id);
  return at == scopes_.end() ? nullptr : &at->second;
}

const Scope* ScopeTable::own_scope(const Audience& audience,
                                   const std::vector<KnownAgent>& recipients) const {
  const auto ids = ids_of(recipients);
  for (const auto& [id, scope] : scopes_)
    // One whose key somebody has who is no recipient any more is never written in again.
    if (scope.author == own_ && !scope.retired && scope.key && scope.audience == audience &&
        scope.recipients == ids &&
        std::includes(ids.begin(), ids.end(), scope.added.begin(), scope.added.end()))
      return &scope;
  return nullptr;
}

void ScopeTable::retire_own() {
  for (auto& [id, scope] : scopes_) scope.retired |= scope.author == own_;
}

Result<Bytes> ScopeTable::make(const RecordHeader& header, const Audience& audience,
                               const std::vector<KnownAgent>& recipients, Entropy& entropy) {
  if (recipients.size() > scope_recipients_max)
    return fail(Errc::too_large, "scope: {} recipient agents, limit {}", recipients.size(),
                scope_recipients_max);
  if (scopes_.size() >= scopes_max)
    return fail(Errc::full, "scope: {} scopes are known already", scopes_.size());
  Scope scope{entropy.make<ScopeId>(), own_, ids_of(recipients), {},
              entropy.make<crypto::SecretKey>(), audience};
  const auto context = scope_wrap_context(scope.id, own_);
  ByteWriter inside;
  inside.fixed(*scope.key);
  inside.raw(encode_audience(audience));

  FieldWriter out(header);
  out.fixed(scope_tag, scope.id);
  for (const auto& recipient : recipients) {
    ByteWriter entry;
    entry.fixed(recipient.id);
    entry.raw(crypto::wrap(recipient.sealing, context, inside.bytes(), entropy));
    out.bytes(wrap_tag, entry.bytes());
  }
  // Kept only if it can be announced: else batches would go out that nobody can open.
  auto record = std::move(out).take();
  if (record.size() > record_bytes_max)
    return fail(Errc::too_large, "scope: its key for {} agents takes {} bytes, limit {}",
                recipients.size(), record.size(), record_bytes_max);
  scopes_[scope.id] = std::move(scope);
  return record;
}

Result<ScopeId> ScopeTable::learn(const RecordView& record, const AgentId& author) {
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  Scope scope{fields->fixed<ScopeId>(scope_tag), author, {}, {}, {}, {}};
  if (scope.id.is_zero()) return fail(Errc::invalid, "scope key: the zero scope has no key");
  if (const auto* known = find(scope.id)) {
    if (known->author == author) return scope.id;
    return fail(Errc::refused, "scope key: the scope belongs to another agent");
  }
  if (scopes_.size() >= scopes_max)
    return fail(Errc::full, "scope key: {} scopes are known already", scopes_.size());
  const auto context = scope_wrap_context(scope.id, author);
  for (const auto wrap : fields->all(wrap_tag)) {
    if (wrap.size() < AgentId::size) return fail(Errc::invalid, "scope key: a short wrap");
    const auto recipient = AgentId::from(wrap.first(AgentId::size)).value();
    scope.recipients.push_back(recipient);
    if (recipient != own_) continue;
    const auto inside = crypto::unwrap(sealing_, context, wrap.subspan(AgentId::size));
    if (!inside) return within("scope key", inside.error());
    if (inside->size() < crypto::SecretKey::size)
      return fail(Errc::invalid, "scope key: {} bytes inside the wrap", inside->size());
    auto audience = decode_audience(ByteView(*inside).subspan(crypto::SecretKey::size));
    if (!audience) return std::unexpected(audience.error());
    scope.key = crypto::SecretKey::from(ByteView(*inside).first(crypto::SecretKey::size)).value();
    scope.audience = std::move(*audience);
  }
  if (scope.recipients.size() > scope_recipients_max)
    return fail(Errc::too_large, "scope key: {} recipients", scope.recipients.size());
  std::sort(scope.recipients.begin(), scope.recipients.end());
  const auto id = scope.id;
  scopes_[id] = std::move(scope);
  return id;
}

}  // namespace tocsin::mesh
