// Follows a growing file: new lines, also after it was truncated, replaced, or the agent was away.
#pragma once

#include "agents/siem/input.hpp"

namespace tocsin::agents {

/// Reads forward only, in steps that keep the loop free. A file is known by its first bytes; when
/// another one has taken its place, that is read from its beginning. Copying and truncating in
/// place is noticed only while the new content is shorter than the old.
class FileTail {
 public:
  FileTail(mesh::Disk& disk, std::string path, std::size_t line_max,
           std::optional<FilePosition> from);

  static constexpr std::size_t step_bytes = 256 * 1024;
  static constexpr std::size_t lines_max = 1024;
  static constexpr std::size_t skip_bytes = 16 * 1024 * 1024;  ///< per step, when resuming
  static constexpr std::uint32_t head_bytes_max = 256;

  struct Step {
    std::vector<std::string_view> lines;  ///< without line ends, not empty
    std::size_t too_large = 0;            ///< lines over line_max that were passed over
    bool more = false;                    ///< call again at once
  };
  /// The next lines, which the caller takes and then acknowledges with taken(). A missing file
  /// gives nothing and is waited for. Lifetime: the views live until the next call. Errors: io.
  Result<Step> next();
  /// What next() gave is taken: the position moves behind it.
  void taken();
  FilePosition position() const;

 private:
  Result<bool> open();
  Result<std::size_t> read(std::size_t bytes_max);
  Result<bool> pass_over();
  Result<bool> replaced();
  void cut(Step& step);
  void restart();

  mesh::Disk& disk_;
  std::string path_;
  std::size_t line_max_;
  std::optional<FilePosition> from_;
  std::unique_ptr<mesh::ReadFile> file_;
  Bytes head_, buffer_;
  std::uint64_t taken_ = 0;  ///< file offset of buffer_[0]
  std::uint64_t skip_ = 0;   ///< bytes still to be passed over after a resume
  std::uint64_t read_ = 0;   ///< file offset behind what was read
  std::size_t given_ = 0;    ///< bytes of buffer_ that next() has cut into lines
  bool skipping_line_ = false, replaced_ = false;
};

}  // namespace tocsin::agents
