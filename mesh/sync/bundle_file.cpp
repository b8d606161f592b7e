#include "mesh/sync/bundle_file.hpp"

namespace tocsin::mesh {

Result<BundleFile> BundleFile::open(Disk& disk, const Path& path) {
  const auto bytes = disk.size(path);
  if (!bytes) return std::unexpected(bytes.error());
  auto file = disk.open_read(path);
  if (!file) return std::unexpected(file.error());
  BundleFile out(std::move(*file), *bytes);
  while (!out.reader_.header())
    if (auto read = out.read_part(); !read) return within(path.string(), read.error());
  return out;
}

Result<void> BundleFile::read_part() {
  buffer_.resize(reader_.needs());
  std::size_t held = 0;
  while (held < buffer_.size()) {
    const auto got = file_->read(MutableByteView(buffer_).subspan(held));
    if (!got) return std::unexpected(got.error());
    if (*got == 0)
      return std::unexpected(Error{Errc::corrupt, "the bundle is cut short",
                                   "copy the file again, or export it once more"});
    held += *got;
  }
  return reader_.take(buffer_);
}

Result<bool> BundleFile::next() {
  if (reader_.needs() == 0) {
    std::array<std::uint8_t, 1> more;
    const auto got = file_->read(more);
    if (!got) return std::unexpected(got.error());
    if (*got > 0) return fail(Errc::corrupt, "bytes follow the end of the bundle");
    return false;
  }
  // A length, then the segment.
  for (int part = 0; part < 2; ++part)
    if (auto read = read_part(); !read) return std::unexpected(read.error());
  return true;
}

Result<crypto::CertificateBody> BundleFile::author(const crypto::Charter& charter) const {
  if (header().federation != charter.federation)
    return fail(Errc::refused, "the bundle is of another federation");
  const auto named = crypto::peek_certificate(header().certificate);
  if (!named) return within("bundle", named.error());
  if (!charter.member(named->org))
    return fail(Errc::refused, "the bundle is of {}, which is no member", named->org);
  const auto certificate = crypto::read_member_certificate(charter, header().certificate);
  if (!certificate) return within("bundle", certificate.error());
  if (auto fits = reader_.verify(certificate->body); !fits) return std::unexpected(fits.error());
  return certificate->body;
}

Result<BundleOutput> BundleOutput::open(Disk& disk, const Path& path) {
  Path part = path;
  part += ".part";
  if (disk.exists(part))
    if (auto removed = disk.remove(part); !removed) return std::unexpected(removed.error());
  auto file = disk.open_append(part, FileMode::secret);
  if (!file) return std::unexpected(file.error());
  return BundleOutput(disk, path, part, std::move(*file));
}

BundleOutput::~BundleOutput() {
  if (!file_) return;
  file_.reset();
  (void)disk_.remove(part_);
}

Result<void> BundleOutput::append(ByteView bytes) {
  bytes_ += bytes.size();
  return file_->append(bytes);
}

Result<void> BundleOutput::keep() {
  if (auto synced = file_->sync(); !synced) return synced;
  if (auto named = disk_.replace(part_, path_); !named) return named;
  file_.reset();
  return {};
}

}  // namespace tocsin::mesh
