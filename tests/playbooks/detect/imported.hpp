// Collects what an import gives, for the tests of all formats.
#pragma once

#include "playbooks/detect/import.hpp"

namespace tocsin::tests {

struct Imported {
  std::vector<playbooks::ImportEntry> entries;
  std::vector<playbooks::ImportReject> rejects;
  playbooks::ImportSink sink() {
    return {[this](playbooks::ImportEntry entry) -> Result<void> {
              entries.push_back(std::move(entry));
              return {};
            },
            [this](playbooks::ImportReject reject) { rejects.push_back(std::move(reject)); },
            {}};
  }
  /// "type value" of each entry.
  std::vector<std::string> values() const {
    std::vector<std::string> out;
    for (const auto& entry : entries)
      out.push_back(std::string(mesh::name_of(entry.type)) + " " + entry.value);
    return out;
  }
  /// "place: reason" of each reject.
  std::string why() const {
    std::string out;
    for (const auto& reject : rejects)
      out += (reject.where.line ? std::to_string(reject.where.line) : reject.where.object) + ": " +
             reject.reason + "\n";
    return out;
  }
};
using Values = std::vector<std::string>;

inline Imported import_text(std::string_view text,
                            playbooks::ImportFormat format = playbooks::ImportFormat::auto_) {
  Imported out;
  const auto sink = out.sink();
  const auto done = playbooks::import_document(text, format, sink);
  if (!done) out.rejects.push_back({{}, "all: " + done.error().message});
  return out;
}

}  // namespace tocsin::tests
