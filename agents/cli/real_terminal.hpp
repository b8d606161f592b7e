// The terminal of this process, through POSIX.
#pragma once

#include "agents/cli/terminal.hpp"

namespace tocsin::agents::cli {

class RealTerminal final : public Terminal {
 public:
  void out(std::string_view text) override;
  void err(std::string_view text) override;
  bool out_is_terminal() const override;
  bool err_is_terminal() const override;
  bool in_is_terminal() const override;
  std::optional<std::string> ask(std::string_view prompt) override;
  std::optional<std::string> ask_secret(std::string_view prompt) override;
  mesh::Path resolve(const mesh::Path& path) const override;
  std::string environment(const std::string& name) const override;
  LocalTime local(WallTime t, const std::string& zone) override;
  bool knows_zone(const std::string& zone) const override;
};

}  // namespace tocsin::agents::cli
