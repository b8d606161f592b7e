// Reads whole Wycheproof files of the shared data into the form of the carried vectors.
#pragma once

#include <boost/json.hpp>

#include "tests/shared_data.hpp"
#include "tests/vector_file.hpp"

namespace tocsin::tests {

/// Of each case its number, its expected result and the hex fields named; `-` for an
/// empty one.
inline std::vector<VectorCase> read_wycheproof(
    const char* file, std::initializer_list<const char*> fields) {
  const auto all = boost::json::parse(read_text(shared_data() / "wycheproof" / file));
  std::vector<VectorCase> out;
  for (const auto& group : all.at("testGroups").as_array())
    for (const auto& one : group.at("tests").as_array()) {
      VectorCase row{std::to_string(one.at("tcId").as_int64()),
                     std::string(one.at("result").as_string())};
      for (const auto* field : fields) {
        const std::string hex(one.at(field).as_string());
        row.push_back(hex.empty() ? "-" : hex);
      }
      out.push_back(std::move(row));
    }
  return out;
}

}  // namespace tocsin::tests
