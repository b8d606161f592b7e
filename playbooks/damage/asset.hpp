// What an operator runs: its inventory with dependencies, read strictly from CSV or JSON.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/result.hpp"
#include "crypto/time.hpp"

namespace tocsin::playbooks {

/// Wire values; never renumber.
enum class Criticality : std::uint8_t { low = 1, medium = 2, high = 3, critical = 4 };
std::string_view name_of(Criticality criticality);
/// `low` to `critical` in any case, or 1 (low) to 4 and 5 (critical). Errors: invalid.
Result<Criticality> criticality_from(std::string_view text);

/// One thing that can be damaged. Stays inside its organisation.
struct Asset {
  std::string id;  ///< 1 to 128 characters of A-Z a-z 0-9 . _ - (':' is for partners' assets)
  std::string name, kind, owner, country;
  Criticality criticality = Criticality::medium;
  std::optional<std::chrono::minutes> rto;  ///< recovery time objective
  std::vector<std::string> depends_on;      ///< ids, or `org:id` for a partner's asset
  bool operator==(const Asset&) const = default;
};

inline constexpr std::size_t assets_max = 1'000'000;
inline constexpr std::size_t asset_id_bytes_max = 128;
inline constexpr std::size_t asset_text_bytes_max = 1024;
inline constexpr std::size_t asset_dependencies_max = 1024;
inline constexpr std::size_t asset_document_bytes_max = 256 * 1024 * 1024;

/// An entry that stayed out, and why. `place` is the physical line (CSV, from 1, header
/// included) or the position in the array (JSON, from 1).
struct AssetFault {
  std::size_t place = 0;
  std::string reason;
};

struct AssetImport {
  std::vector<Asset> assets;             ///< in the order of the document
  std::vector<AssetFault> rejected;      ///< bad values, duplicates: not imported
  std::vector<AssetFault> unresolved;    ///< imported, but refer to an id that is not in the document
};

/// Header with `id` and any of `name,kind,owner,country,criticality,rto,depends_on`, in any
/// order; RFC 4180 quoting; dependencies separated by ';' or space. Errors: invalid (header,
/// unknown column, an open quote, not UTF-8), too_large.
Result<AssetImport> read_assets_csv(std::string_view text);
/// An array of objects, or `{"assets": [...]}`; `depends_on` is an array or a string as in CSV.
/// Errors: invalid (not JSON, nested deeper than 32), too_large.
Result<AssetImport> read_assets_json(std::string_view text);
/// JSON when the first character is '[' or '{', else CSV.
Result<AssetImport> read_assets(std::string_view text);
/// What read_assets_json reads back unchanged.
std::string write_assets_json(std::span<const Asset> assets);

/// Minutes from `4h`, `30m`, `2d`, or a plain number of minutes. Errors: invalid.
Result<std::chrono::minutes> recovery_time_from(std::string_view text);
std::string name_of(std::chrono::minutes recovery_time);  ///< `4h`, `90m`, `2d`

}  // namespace tocsin::playbooks
