// The batches of a bundle that are to be taken against the order of the file: those of former
// members' logs, each from its end downwards. As many at once as memory may be spent on.
#pragma once

#include <map>
#include <optional>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

class BundleDescent {
 public:
  static constexpr std::size_t bytes_max_usual = 32 * 1024 * 1024;

  explicit BundleDescent(std::size_t bytes_max = bytes_max_usual) : bytes_max_(bytes_max) {}

  /// Keeps a batch that the present walk through the file came upon, unless an earlier one took it,
  /// or those that go before it fill `bytes_max`.
  void keep(const Batch& batch);
  /// What is to be taken after this walk, in order: what concerns trust first, then by log, each
  /// downwards. The next walk keeps what comes after it.
  std::vector<Bytes> take();
  /// True when take() left something out, so that the file has to be walked again.
  bool more() const { return more_; }

 private:
  struct Place {
    int rank = 0;
    LogKey log;
    std::uint64_t below = 0;  ///< how far from the largest sequence there is
    Digest id;
    auto operator<=>(const Place&) const = default;
  };
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::map<Place, Bytes> kept_;
  std::optional<Place> taken_;      ///< up to here, by earlier walks
  std::optional<Place> full_from_;  ///< there was no room for this one
  bool more_ = false;
};

}  // namespace tocsin::mesh
