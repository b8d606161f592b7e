// A bundle in a file: read front to back and checked against the federation, or written beside
// its place and put there when it is complete.
#pragma once

#include "mesh/sync/bundle.hpp"
#include "mesh/sync/roster.hpp"
#include "mesh/world/disk.hpp"

namespace tocsin::mesh {

class BundleFile {
 public:
  /// Reads the head. Errors: not_found, io, invalid, corrupt (cut short).
  static Result<BundleFile> open(Disk& disk, const Path& path);

  const BundleHeader& header() const { return *reader_.header(); }
  std::uint64_t bytes() const { return bytes_; }
  /// Checks that an agent of a member made it for this federation, and who that is. Errors:
  /// refused (another federation, no member), unauthenticated, expired, invalid.
  Result<crypto::CertificateBody> author(const crypto::Charter& charter) const;
  /// Errors: refused (not sealed to this agent), unauthenticated.
  Result<void> unlock(const AgentId& agent, const crypto::ExchangeKey& sealing) {
    return reader_.unlock(agent, sealing);
  }
  /// Reads the next segment; false at the end. Errors: io, corrupt (cut short, or bytes follow),
  /// and those of BundleReader::take().
  Result<bool> next();
  /// Lifetime: until the next next(). Null when the bundle was not unlocked.
  const BundleReader::Segment* segment() const { return reader_.segment(); }

 private:
  BundleFile(std::unique_ptr<ReadFile> file, std::uint64_t bytes)
      : file_(std::move(file)), bytes_(bytes) {}
  Result<void> read_part();

  std::unique_ptr<ReadFile> file_;
  std::uint64_t bytes_ = 0;
  BundleReader reader_;
  Bytes buffer_;
};

/// Writes to `path`.part; what is not kept is removed.
class BundleOutput {
 public:
  /// Lifetime: `disk` outlives it. Errors: io, full, not_found (no such folder).
  static Result<BundleOutput> open(Disk& disk, const Path& path);
  BundleOutput(BundleOutput&&) = default;
  ~BundleOutput();
  Result<void> append(ByteView bytes);
  /// Makes it durable, and gives it its name.
  Result<void> keep();
  std::uint64_t bytes() const { return bytes_; }

 private:
  BundleOutput(Disk& disk, Path path, Path part, std::unique_ptr<AppendFile> file)
      : disk_(disk), path_(std::move(path)), part_(std::move(part)), file_(std::move(file)) {}
  Disk& disk_;
  Path path_, part_;
  std::unique_ptr<AppendFile> file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace tocsin::mesh
