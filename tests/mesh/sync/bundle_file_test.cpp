#include "mesh/sync/bundle_file.hpp"

#include "tests/mesh/sync/bundle_sample.hpp"
#include "tests/mesh/world/scratch_folder.hpp"
#include "mesh/world/real_disk.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Place {
  Place() { put(sample.document_bundle()); }
  void put(ByteView bytes) { REQUIRE(disk.write_atomic(path, bytes, FileMode::shared)); }
  crypto::Charter charter() const {
    crypto::Charter out;
    out.federation = sample.documents.federation;
    crypto::Member member;
    member.org = "delos";
    member.root = sample.root.public_key();
    out.body.members.push_back(member);
    return out;
  }
  Result<std::size_t> batches() {
    auto file = BundleFile::open(disk, path);
    if (!file) return std::unexpected(file.error());
    if (auto opened = file->unlock(sample.recipient, sample.reader); !opened)
      return std::unexpected(opened.error());
    std::size_t out = 0;
    for (;;) {
      const auto more = file->next();
      if (!more) return std::unexpected(more.error());
      if (!*more) return out;
      out += file->segment()->items.size();
    }
  }

  ScratchFolder folder;
  RealDisk disk;
  BundleSample sample;
  Path path = folder.path() / "bundle";
};

}  // namespace

TEST_CASE("a file is read to its end and its maker is known by the charter") {
  Place place;
  CHECK(place.batches() == 1);
  const auto file = BundleFile::open(place.disk, place.path);
  REQUIRE(file);
  CHECK(file->author(place.charter())->name == "agent-1");
  auto other = place.charter();
  other.federation.data.fill(1);
  CHECK(file->author(other).error().code == Errc::refused);
  other = place.charter();
  other.body.members[0].org = "bleu";
  CHECK(file->author(other).error().code == Errc::refused);
  other = place.charter();
  other.body.members[0].root.data.fill(9);
  CHECK(file->author(other).error().code == Errc::unauthenticated);
}

TEST_CASE("a file that is cut short, goes on or is none is told as such") {
  Place place;
  auto bytes = place.sample.document_bundle();
  place.put(ByteView(bytes).first(bytes.size() - 1));
  CHECK(place.batches().error().code == Errc::corrupt);
  place.put(ByteView(bytes).first(40));
  CHECK(place.batches().error().code == Errc::corrupt);
  bytes.push_back(0);
  place.put(bytes);
  CHECK(place.batches().error().code == Errc::corrupt);
  place.put(bytes_of("id,value\nipv4,192.0.2.1\n"));
  CHECK(place.batches().error().code == Errc::invalid);
  CHECK(BundleFile::open(place.disk, place.folder.path() / "absent").error().code ==
        Errc::not_found);
}

TEST_CASE("an output takes its place when it is complete, and leaves nothing when it is not") {
  Place place;
  const auto part = place.folder.path() / "bundle.part";
  {
    auto output = BundleOutput::open(place.disk, place.path);
    REQUIRE(output);
    REQUIRE(output->append(bytes_of("half")));
    CHECK(place.disk.exists(part));
  }
  CHECK_FALSE(place.disk.exists(part));
  CHECK(place.batches() == 1);
  REQUIRE(place.disk.write_atomic(part, bytes_of("left by a crash"), FileMode::shared));
  auto output = BundleOutput::open(place.disk, place.path);
  REQUIRE(output);
  REQUIRE(output->append(bytes_of("whole")));
  REQUIRE(output->keep());
  CHECK(output->bytes() == 5);
  CHECK(text_of(*place.disk.read(place.path, 100)) == "whole");
  CHECK_FALSE(place.disk.exists(part));
}

TEST_CASE("attack 9: a bundle whose maker's key has not signed to be that is refused") {
  Place place;
  place.sample.certificate =
      crypto::certify(place.sample.author, place.sample.root, place.sample.documents.federation)
          .encoded;
  place.put(place.sample.document_bundle());
  const auto file = BundleFile::open(place.disk, place.path);
  REQUIRE(file);
  CHECK(file->author(place.charter()).error().code == Errc::unauthenticated);
}
