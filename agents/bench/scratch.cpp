#include "agents/bench/scratch.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr int depth_max = 8;

// What cannot be removed is left to the system's own cleaning of temporary files.
void remove_folder(mesh::Disk& disk, const mesh::Path& folder, int depth) {
  const auto names = disk.list(folder);
  if (!names || depth > depth_max) return;
  for (const auto& name : *names)
    if (!disk.remove(folder / name)) remove_folder(disk, folder / name, depth + 1);
  (void)disk.remove(folder);
}

}  // namespace

Result<Scratch> Scratch::make(mesh::World& world) {
  Bytes random(10);
  world.entropy.fill(random);
  auto folder = std::filesystem::temp_directory_path() / ("tocsin-bench-" + to_base32(random));
  const auto made = world.disk.make_folders(folder, mesh::FileMode::secret);
  if (!made) return std::unexpected(made.error());
  return Scratch(world.disk, std::move(folder));
}

Scratch::Scratch(Scratch&& other) noexcept
    : disk_(std::exchange(other.disk_, nullptr)), folder_(std::move(other.folder_)) {}

Scratch::~Scratch() {
  if (disk_) remove_folder(*disk_, folder_, 0);
}

}  // namespace tocsin::agents::bench
