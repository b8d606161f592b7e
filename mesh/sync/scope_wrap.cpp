#include "mesh/sync/scope_table.hpp"

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t { scope_tag = 1, wrap_tag = 2 };

Result<void> take_key(Scope& scope, const crypto::ExchangeKey& sealing, ByteView wrap) {
  const auto inside = crypto::unwrap(sealing, scope_wrap_context(scope.id, scope.author), wrap);
  if (!inside) return within("scope wrap", inside.error());
  if (inside->size() < crypto::SecretKey::size)
    return fail(Errc::invalid, "scope wrap: {} bytes inside", inside->size());
  auto audience = decode_audience(ByteView(*inside).subspan(crypto::SecretKey::size));
  if (!audience) return std::unexpected(audience.error());
  if (!audience->persons.empty())
    return fail(Errc::refused, "scope wrap: RED is for the persons that it names");
  scope.key = crypto::SecretKey::from(ByteView(*inside).first(crypto::SecretKey::size)).value();
  scope.audience = std::move(*audience);
  return {};
}

}  // namespace

Result<Bytes> ScopeTable::wrap_for(const RecordHeader& header, const Scope& scope,
                                   const std::vector<KnownAgent>& newcomers,
                                   Entropy& entropy) const {
  if (!scope.key) return fail(Errc::refused, "scope wrap: its key is not held here");
  if (!scope.audience.persons.empty())
    return fail(Errc::refused, "scope wrap: RED is for the persons that it names");
  ByteWriter inside;
  inside.fixed(*scope.key);
  inside.raw(encode_audience(scope.audience));
  FieldWriter out(header);
  out.fixed(scope_tag, scope.id);
  for (const auto& newcomer : newcomers) {
    ByteWriter entry;
    entry.fixed(newcomer.id);
    entry.raw(crypto::wrap(newcomer.sealing, scope_wrap_context(scope.id, scope.author),
                           inside.bytes(), entropy));
    out.bytes(wrap_tag, entry.bytes());
  }
  auto record = std::move(out).take();
  if (record.size() > record_bytes_max)
    return fail(Errc::too_large, "scope wrap: for {} agents it takes {} bytes, limit {}",
                newcomers.size(), record.size(), record_bytes_max);
  return record;
}

Result<void> ScopeTable::learn_wrap(const RecordView& record, const AgentId& wrapper,
                                    const Roster& roster) {
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto at = scopes_.find(fields->fixed<ScopeId>(scope_tag));
  if (at == scopes_.end()) return fail(Errc::not_found, "scope wrap: of an unknown scope");
  auto& scope = at->second;
  if (!scope.received_by(wrapper))
    return fail(Errc::refused, "scope wrap: {} has no key of this scope", roster.name_of(wrapper));
  if (!scope.audience.persons.empty())
    return fail(Errc::refused, "scope wrap: RED is for the persons that it names");
  for (const auto wrap : fields->all(wrap_tag)) {
    if (wrap.size() < AgentId::size) return fail(Errc::invalid, "scope wrap: a short wrap");
    const auto newcomer = AgentId::from(wrap.first(AgentId::size)).value();
    if (scope.received_by(newcomer)) continue;
    if (roster.org_of(newcomer).empty())
      return fail(Errc::not_found, "scope wrap: for an unknown agent");
    if (!roster.same_org(wrapper, newcomer) || roster.is_revoked(newcomer))
      return fail(Errc::refused, "scope wrap: for an agent of another organisation, or revoked");
    if (scope.recipients.size() + scope.added.size() >= scope_recipients_max)
      return fail(Errc::full, "scope wrap: {} agents have the key already", scope_recipients_max);
    if (newcomer == own_)
      if (const auto taken = take_key(scope, sealing_, wrap.subspan(AgentId::size)); !taken)
        return taken;
    scope.added.insert(std::lower_bound(scope.added.begin(), scope.added.end(), newcomer),
                       newcomer);
    ++wraps_;
  }
  return {};
}

}  // namespace tocsin::mesh
