#include "playbooks/detect/matcher.hpp"

#include <algorithm>
#include <deque>

#include "playbooks/detect/byte_set.hpp"
#include "playbooks/detect/observed.hpp"
#include "playbooks/detect/tokens.hpp"

namespace tocsin::playbooks {
namespace {

// One question to one table, with what is needed to confirm the answer.
struct Probe {
  std::uint64_t fingerprint;
  const FingerprintTable* table;
  std::string_view observed;
  std::string_view value;  ///< empty for addresses, which are written out when asked for
  Address address;
  std::uint32_t field;
  IndicatorType type;
  std::uint8_t prefix;
};

constexpr ByteSet whole_marks("@: /\\"), authority_ends("/?#");

bool may_be_address(std::string_view text) {
  if (text.size() < 2 || text.size() > 47) return false;
  const char c = text[0];
  return (c >= '0' && c <= '9') || c == ':' || c == '[' || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}

// `203.0.113.7`, `203.0.113.7:443`, `2001:db8::1`, `[2001:db8::1]:443`, `fe80::1%eth0`.
std::optional<Address> address_in(std::string_view text) {
  if (!may_be_address(text)) return {};
  if (const auto plain = parse_address(text)) return plain;
  if (text[0] == '[') {
    const auto close = text.find(']');
    return close == text.npos ? std::nullopt : parse_address(text.substr(1, close - 1));
  }
  if (const auto zone = text.find('%'); zone != text.npos)
    return parse_address(text.substr(0, zone));
  const auto colon = text.find(':');
  if (colon == text.npos || text.find(':', colon + 1) != text.npos) return {};
  return parse_address(text.substr(0, colon));
}

}  // namespace

struct Matcher::Scratch {
  std::vector<Probe> probes;
  std::vector<Hit> hits;
  std::deque<std::string> kept;  ///< values that had to be made canonical
  std::string text;
};

// Turns one event's fields into probes.
class ProbeMaker {
 public:
  ProbeMaker(const FingerprintKey& key, const IndicatorIndex& index, std::vector<Probe>& probes,
             std::deque<std::string>& kept, std::string& scratch)
      : key_(key), index_(index), probes_(probes), kept_(kept), scratch_(scratch) {}

  void field(const EventField& field, std::uint32_t number) {
    field_ = number;
    observed_ = field.value;
    switch (field.kind) {
      case ValueKind::none: return;
      case ValueKind::address: address(field.value); return;
      case ValueKind::domain: domain(field.value); return;
      case ValueKind::host: host(field.value); return;
      case ValueKind::url: url(field.value); return;
      case ValueKind::hash: hash(field.value); return;
      case ValueKind::hashes: hashes(field.value); return;
      case ValueKind::email: email(field.value); return;
      case ValueKind::text: text(field.value); return;
      case ValueKind::whole: whole(field.value); return;
    }
  }

 private:
  void push(std::uint64_t fingerprint, IndicatorType type, std::string_view value,
            const Address& address = {}, std::uint8_t prefix = 0) {
    const auto& table = index_.table(type);
    table.prefetch(fingerprint);
    probes_.emplace_back(fingerprint, &table, observed_, value, address, field_, type, prefix);
  }
  bool none_of(IndicatorType type) const { return index_.table(type).size() == 0; }

  // `view` may lie in the scratch string, which is used again.
  std::string_view keep(std::string_view view) {
    if (view.data() != scratch_.data()) return view;
    kept_.push_back(scratch_);
    return kept_.back();
  }

  void at(const Address& address) {
    const auto type = address.v6 ? IndicatorType::ipv6 : IndicatorType::ipv4;
    if (!none_of(type)) push(fingerprint_of(key_, address), type, {}, address);
    for (const std::uint8_t prefix : index_.prefixes_at(address)) {
      const Network network{masked(address, prefix), prefix};
      push(fingerprint_of(key_, network), IndicatorType::cidr, {}, network.address, prefix);
    }
  }
  bool address(std::string_view text) {
    const auto found = address_in(text);
    if (found) at(*found);
    return found.has_value();
  }
  // The name and its parents, down to two labels.
  void name(std::string_view canonical) {
    for (;;) {
      const auto dot = canonical.find('.');
      if (dot == canonical.npos) return;
      push(fingerprint_of(key_, IndicatorType::domain, canonical), IndicatorType::domain,
           canonical);
      canonical.remove_prefix(dot + 1);
    }
  }
  void domain(std::string_view text) {
    if (none_of(IndicatorType::domain)) return;
    if (const auto found = observed_domain(text, scratch_)) name(keep(*found));
  }
  void host(std::string_view text) {
    if (address(text)) return;
    const auto colon = text.rfind(':');
    domain(colon == text.npos ? text : text.substr(0, colon));
  }
  void url(std::string_view text) {
    const auto found = observed_url(text, scratch_);
    if (!found) {
      if (text.find("://") == text.npos) host(text.substr(0, authority_ends.first_in(text)));
      return;
    }
    const auto value = keep(*found);
    if (!none_of(IndicatorType::url))
      push(fingerprint_of(key_, IndicatorType::url, value), IndicatorType::url, value);
    const auto host = host_of(value);
    if (const auto number = address_in(host))
      at(*number);
    else
      name(host);
  }
  void hash(std::string_view text) {
    const auto found = observed_hash(text, scratch_);
    if (!found) return;
    const auto type = found->size() == 64   ? IndicatorType::sha256
                      : found->size() == 40 ? IndicatorType::sha1
                                            : IndicatorType::md5;
    if (none_of(type)) return;
    const auto value = keep(*found);
    push(fingerprint_of(key_, type, value), type, value);
  }
  // `SHA1=...,MD5=...,SHA256=...,IMPHASH=...`; others than the three are passed over by name.
  void hashes(std::string_view text) {
    if (text.find('=') == text.npos) return hash(text);
    while (!text.empty()) {
      const auto part = text.substr(0, text.find(','));
      text.remove_prefix(std::min(part.size() + 1, text.size()));
      const auto equals = part.find('=');
      const auto label = part.substr(0, equals);
      if (equals == part.npos || (label != "SHA1" && label != "MD5" && label != "SHA256"))
        continue;
      observed_ = part.substr(equals + 1);
      hash(observed_);
    }
  }
  void email(std::string_view text) {
    if (none_of(IndicatorType::email)) return;
    const auto found = observed_email(text, scratch_);
    if (!found) return;
    const auto value = keep(*found);
    push(fingerprint_of(key_, IndicatorType::email, value), IndicatorType::email, value);
  }
  void whole(std::string_view text) {
    if (text.size() < 3 || text.size() > mesh::indicator_value_bytes_max) return;
    if (may_be_address(text) && address(text)) return;
    if (text.size() == 32 || text.size() == 40 || text.size() == 64) hash(text);
    const auto mark = whole_marks.first_in(text);
    if (mark == text.npos) return;
    if (text[mark] == '@') return email(text);
    if (text[mark] == ':' && text.substr(mark, 3) == "://") url(text);
  }
  void text(std::string_view text) {
    Tokens tokens(text);
    for (Tokens::Token token; tokens.next(token);) {
      observed_ = token.text;
      if (token.url)
        url(token.text);
      else
        word(token.text);
    }
  }
  void word(std::string_view text) {
    if (address(text)) return;
    if (text.find('@') != text.npos) return email(text);
    if (text.size() == 32 || text.size() == 40 || text.size() == 64) hash(text);
    if (text.find(':') == text.npos) {
      if (text.find('.') != text.npos) domain(text);
      return;
    }
    for (std::string_view rest = text; !rest.empty();) {  // `rhost:evil.example:443`
      const auto part = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (part.empty()) continue;
      observed_ = part;
      word(part);
    }
  }

  const FingerprintKey& key_;
  const IndicatorIndex& index_;
  std::vector<Probe>& probes_;
  std::deque<std::string>& kept_;
  std::string& scratch_;
  std::uint32_t field_ = 0;
  std::string_view observed_;
};

Matcher::Matcher(const IndicatorIndex& index)
    : index_(index), scratch_(std::make_unique<Scratch>()) {}
Matcher::~Matcher() = default;

void Matcher::begin(std::span<const EventField> fields) {
  Scratch& s = *scratch_;
  s.probes.clear();
  s.kept.clear();
  ProbeMaker maker(index_.key_, index_, s.probes, s.kept, s.text);
  for (std::uint32_t number = 0; number < fields.size(); ++number)
    maker.field(fields[number], number);
}

std::span<const Hit> Matcher::finish(const Confirm& confirm) {
  auto& hits = scratch_->hits;
  hits.clear();
  for (const Probe& probe : scratch_->probes) {
    probe.table->find(probe.fingerprint, [&](std::uint32_t ordinal) {
      const bool seen =
          std::ranges::any_of(hits, [&](const Hit& hit) { return hit.ordinal == ordinal; });
      if (seen || hits.size() == hits_max) return;
      std::string written;
      if (probe.type == IndicatorType::cidr)
        written = to_text(Network{probe.address, probe.prefix});
      else if (probe.value.empty())
        written = to_text(probe.address);
      const std::string_view value = probe.value.empty() ? written : probe.value;
      if (confirm(ordinal, probe.type, value))
        hits.push_back({ordinal, probe.type, probe.field, probe.observed});
    });
  }
  return hits;
}

}  // namespace tocsin::playbooks
