#include "agents/siem/file_tail.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace tocsin::agents {

FileTail::FileTail(mesh::Disk& disk, std::string path, std::size_t line_max,
                   std::optional<FilePosition> from)
    : disk_(disk), path_(std::move(path)), line_max_(line_max), from_(from) {}

Result<FileTail::Step> FileTail::next() {
  Step step;
  if (replaced_ && buffer_.empty()) restart();
  if (!file_) {
    const auto opened = open();
    if (!opened) return std::unexpected(opened.error());
    if (!*opened) return step;
  }
  if (skip_ > 0) {
    const auto passed = pass_over();
    if (!passed) return std::unexpected(passed.error());
    step.more = true;
    return step;
  }
  if (!replaced_) {
    const auto count = read(step_bytes);
    if (!count) return std::unexpected(count.error());
    step.more = *count > 0;
    if (*count == 0) {
      const auto other = replaced();
      if (!other) return std::unexpected(other.error());
      replaced_ = *other;
    }
  }
  cut(step);
  step.more = step.more || replaced_;
  return step;
}

/// False while there is no such file.
Result<bool> FileTail::open() {
  auto file = disk_.open_read(path_);
  if (!file) {
    if (file.error().code == Errc::not_found) return false;
    return std::unexpected(std::move(file.error()));
  }
  file_ = std::move(*file);
  const auto from = std::exchange(from_, {});
  if (!from) return true;

  const auto wanted = std::min(from->head_bytes, head_bytes_max);
  while (head_.size() < wanted) {
    const auto count = read(wanted - head_.size());
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
  }
  const bool same = head_.size() == wanted && crypto::blake2b(head_) == from->head;
  if (!same || from->offset < wanted) {
    restart();
    return open();
  }
  buffer_.clear();
  taken_ = from->offset;
  skip_ = from->offset - wanted;
  return true;
}

Result<std::size_t> FileTail::read(std::size_t bytes_max) {
  const auto begin = buffer_.size();
  buffer_.resize(begin + bytes_max);
  const auto count = file_->read(MutableByteView(buffer_).subspan(begin));
  buffer_.resize(begin + count.value_or(0));
  if (!count) return count;
  if (head_.size() < head_bytes_max) {
    const auto more = std::min(head_bytes_max - head_.size(), *count);
    const auto from = buffer_.begin() + std::ptrdiff_t(begin);
    head_.insert(head_.end(), from, from + std::ptrdiff_t(more));
  }
  read_ += *count;
  return count;
}

/// Reads on to where an earlier run had come. A file that is shorter now is another one.
Result<bool> FileTail::pass_over() {
  for (std::size_t passed = 0; skip_ > 0 && passed < skip_bytes;) {
    const auto count = read(std::min<std::uint64_t>(skip_, step_bytes));
    if (!count) return std::unexpected(count.error());
    buffer_.clear();
    if (*count == 0) {
      restart();
      return true;
    }
    passed += *count;
    skip_ -= *count;
  }
  return true;
}

/// At the end of what is open: has the path another file, or a shorter one?
Result<bool> FileTail::replaced() {
  const auto size = disk_.size(path_);
  if (!size) {
    if (size.error().code == Errc::not_found) return false;
    return std::unexpected(size.error());
  }
  if (*size == read_) return false;
  if (*size < read_) return true;
  const auto count = read(step_bytes);  // It may have grown just now.
  if (!count) return std::unexpected(count.error());
  return *count == 0;
}

void FileTail::cut(Step& step) {
  const auto text = text_of(buffer_);
  while (given_ < text.size() && step.lines.size() < lines_max) {
    const auto end = text.find('\n', given_);
    auto line = text.substr(given_, end == std::string_view::npos ? end : end - given_);
    const bool complete = end != std::string_view::npos || replaced_;
    if (!complete && line.size() <= line_max_ && !skipping_line_) return;

    given_ = end == std::string_view::npos ? text.size() : end + 1;
    if (skipping_line_) {
      skipping_line_ = !complete;
      continue;
    }
    if (line.size() > line_max_) {
      ++step.too_large;
      skipping_line_ = !complete;
      continue;
    }
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) step.lines.push_back(line);
  }
  step.more = step.more || given_ < text.size();
}

void FileTail::taken() {
  taken_ += given_;
  buffer_.erase(buffer_.begin(), buffer_.begin() + std::ptrdiff_t(given_));
  given_ = 0;
}

FilePosition FileTail::position() const {
  FilePosition out;
  out.offset = taken_;
  out.head_bytes = std::uint32_t(std::min<std::uint64_t>(head_.size(), taken_));
  out.head = crypto::blake2b(ByteView(head_).first(out.head_bytes));
  return out;
}

void FileTail::restart() {
  file_.reset();
  head_.clear();
  buffer_.clear();
  taken_ = skip_ = read_ = 0;
  given_ = 0;
  skipping_line_ = replaced_ = false;
}

}  // namespace tocsin::agents
