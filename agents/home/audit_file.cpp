#include "agents/home/audit_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "agents/home/fields.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::agents {
namespace {

namespace json = boost::json;

constexpr std::string_view file_kind = "audit";
constexpr int file_version = 2;

json::array texts_of(const std::vector<Bytes>& all) {
  json::array out;
  for (const auto& each : all) out.emplace_back(to_base64(each));
  return out;
}

json::object entry_document(const mesh::Disclosure& entry) {
  json::array proof;
  for (const auto& digest : entry.proof) proof.emplace_back(to_base64(digest.view()));
  return {{"prefix", to_base64(entry.prefix)},
          {"index", entry.index},
          {"salt", to_base64(entry.salt)},
          {"proof", std::move(proof)},
          {"record", to_base64(entry.record)}};
}

const json::array* list_in(const json::object& object, std::string_view key, std::size_t max) {
  const auto* found = object.if_contains(key);
  return found && found->is_array() && found->as_array().size() <= max ? &found->as_array()
                                                                       : nullptr;
}

Result<Bytes> bytes_in(const json::object& object, std::string_view key) {
  const auto* found = object.if_contains(key);
  if (!found || !found->is_string()) return fail(Errc::invalid, "{} is missing", key);
  auto bytes = from_base64(std::string_view(found->as_string()));
  if (!bytes) return within(key, bytes.error());
  return std::move(*bytes);
}

Result<mesh::Disclosure> read_entry(const json::value& value) {
  constexpr std::size_t proof_max = 32;
  if (!value.is_object()) return fail(Errc::invalid, "not an object");
  const auto& object = value.as_object();
  auto prefix = bytes_in(object, "prefix");
  if (!prefix) return std::unexpected(prefix.error());
  auto record = bytes_in(object, "record");
  if (!record) return std::unexpected(record.error());
  const auto salt = bytes_in(object, "salt");
  if (!salt || salt->size() != crypto::Salt{}.size()) return fail(Errc::invalid, "salt is wrong");
  const auto* index = object.if_contains("index");
  if (!index || !index->is_int64() || index->as_int64() < 0 ||
      index->as_int64() >= std::int64_t(mesh::batch_records_max))
    return fail(Errc::invalid, "index is wrong");
  const auto* proof = list_in(object, "proof", proof_max);
  if (!proof) return fail(Errc::invalid, "proof is wrong");

  mesh::Disclosure out{std::move(*prefix), std::uint32_t(index->as_int64()), {}, {},
                       std::move(*record)};
  std::copy(salt->begin(), salt->end(), out.salt.begin());
  for (const auto& each : *proof) {
    const auto bytes = each.is_string() ? from_base64(std::string_view(each.as_string()))
                                        : fail(Errc::invalid, "no text");
    const auto digest = bytes ? Digest::from(*bytes) : std::unexpected(bytes.error());
    if (!digest) return within("proof", digest.error());
    out.proof.push_back(*digest);
  }
  return out;
}

Result<void> read_texts(std::string_view what, const json::array& list, std::vector<Bytes>& out) {
  for (const auto& each : list) {
    auto bytes = each.is_string() ? from_base64(std::string_view(each.as_string()))
                                  : fail(Errc::invalid, "no text");
    if (!bytes) return within(what, bytes.error());
    out.push_back(std::move(*bytes));
  }
  return {};
}

Result<void> read_entries(std::string_view what, const json::array& list,
                          std::vector<mesh::Disclosure>& out) {
  for (const auto& each : list) {
    auto entry = read_entry(each);
    if (!entry) return within(fmt::format("{} {}", what, out.size() + 1), entry.error());
    out.push_back(std::move(*entry));
  }
  return {};
}

}  // namespace

json::object write_audit(const AuditFile& file) {
  json::array entries, witnesses;
  for (const auto& entry : file.entries) entries.push_back(entry_document(entry));
  for (const auto& entry : file.witnesses) witnesses.push_back(entry_document(entry));
  return {{"tocsin", file_kind},
          {"version", file_version},
          {"incident", file.incident},
          {"org", file.org},
          {"exported", mesh::to_rfc3339(file.exported)},
          {"charter", crypto::write_charter(file.charter)},
          {"certificates", texts_of(file.certificates)},
          {"revocations", texts_of(file.revocations)},
          {"entries", std::move(entries)},
          {"witnesses", std::move(witnesses)},
          {"chain", texts_of(file.chain)}};
}

Result<AuditFile> read_audit(std::string_view text) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !value.is_object() || text_in(value.as_object(), "tocsin") != file_kind)
    return std::unexpected(Error{Errc::invalid, "this is no file of `tocsin audit export`",
                                 "name such a file, or the folder of a home"});
  const auto& object = value.as_object();
  const auto* version = object.if_contains("version");
  if (!version || !version->is_int64() || version->as_int64() != file_version)
    return fail(Errc::unsupported, "audit: a version other than {}", file_version);
  const auto exported = mesh::from_rfc3339(text_in(object, "exported"));
  if (!exported) return within("exported", exported.error());
  auto charter = crypto::read_charter(text_in(object, "charter"));
  if (!charter) return within("charter", charter.error());
  AuditFile out{text_in(object, "incident"), text_in(object, "org"), *exported,
                std::move(*charter), {}, {}};

  const auto* certificates = list_in(object, "certificates", audit_entries_max);
  const auto* entries = list_in(object, "entries", audit_entries_max);
  if (!certificates || !entries)
    return fail(Errc::invalid, "certificates and entries must be lists of at most {}",
                audit_entries_max);
  if (auto done = read_texts("certificates", *certificates, out.certificates); !done)
    return std::unexpected(done.error());
  const auto* revocations = list_in(object, "revocations", audit_revocations_max);
  if (!revocations)
    return fail(Errc::invalid, "revocations must be a list of at most {}", audit_revocations_max);
  if (auto done = read_texts("revocations", *revocations, out.revocations); !done)
    return std::unexpected(done.error());
  if (auto done = read_entries("entry", *entries, out.entries); !done)
    return std::unexpected(done.error());
  // A file from before there were witnesses has neither.
  if (!object.contains("witnesses") && !object.contains("chain")) return out;
  const auto* witnesses = list_in(object, "witnesses", audit_entries_max);
  const auto* chain = list_in(object, "chain", audit_chain_max);
  if (!witnesses || !chain)
    return fail(Errc::invalid, "witnesses and chain must be lists of at most {}", audit_chain_max);
  if (auto done = read_entries("witness", *witnesses, out.witnesses); !done)
    return std::unexpected(done.error());
  if (auto done = read_texts("chain", *chain, out.chain); !done)
    return std::unexpected(done.error());
  return out;
}

}  // namespace tocsin::agents
