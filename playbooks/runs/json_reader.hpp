// Takes typed members out of JSON objects and notes each fault with its path.
#pragma once

#include <set>

#include <boost/json.hpp>

#include "playbooks/runs/document.hpp"

namespace tocsin::playbooks {

class JsonReader {
 public:
  /// Lifetime: `problems` outlives it.
  explicit JsonReader(std::vector<Problem>& problems) : problems_(problems) {}

  /// Kept up to playbook_problems_max.
  void problem(std::string path, std::string text);

  /// Empty if absent or of another type, which is a problem; absence is one if `required`.
  std::string text(const boost::json::object& in, const std::string& path, std::string_view key,
                   bool required);
  const boost::json::object* object(const boost::json::object& in, const std::string& path,
                                    std::string_view key, bool required);
  std::vector<std::string> texts(const boost::json::object& in, const std::string& path,
                                 std::string_view key, bool required);
  bool boolean(const boost::json::object& in, const std::string& path, std::string_view key);
  /// Milliseconds from 1 to 30 days; zero if absent.
  Duration milliseconds(const boost::json::object& in, const std::string& path,
                        std::string_view key);
  /// Any other key is a problem: a misspelt one would change what a playbook does.
  void only(const boost::json::object& in, const std::string& path,
            const std::set<std::string_view>& keys);

 private:
  std::vector<Problem>& problems_;
};

}  // namespace tocsin::playbooks
