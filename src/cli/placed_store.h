#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/projection.h"
#include "logs/file_store.h"

namespace opentrail::cli {

// Makes the store of a location: "s3://bucket/prefix", or a folder or file of this machine.
using StoreMaker = std::function<Result<std::shared_ptr<logs::FileStore>>(const std::string& location)>;

// Where a table's files lie.
struct TablePlaces {
  std::string location;
  std::vector<std::string> keys;                  // of partitions, lower case
  std::vector<catalog::Partition> partitions;     // that ALTER TABLE ADD PARTITION named
  std::optional<catalog::Projection> projection;  // instead of them
  catalog::Projection::Seconds now;
};

// The files of a table with all its partitions: those that statements named, those that its properties project, or,
// where there are neither, those that the folders' names tell ("year=2026/"). Files are told by the path alone.
// Thread-safe.
class PlacedStore final : public logs::FileStore {
 public:
  PlacedStore(TablePlaces places, StoreMaker make) : places_(std::move(places)), make_(std::move(make)) {}

  [[nodiscard]] Result<logs::Listing> List(std::span<const logs::Predicate> predicates,
                                           const CancelToken& cancel) override;
  [[nodiscard]] bool IsOnDisk() const override;
  [[nodiscard]] Status Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override;
  [[nodiscard]] Status ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override;

 private:
  [[nodiscard]] Result<std::vector<catalog::Partition>> Partitions(std::span<const catalog::KeyFilter> filters) const;
  [[nodiscard]] Result<logs::Listing> ListFolders(std::span<const catalog::KeyFilter> filters,
                                                  std::span<const logs::Predicate> predicates,
                                                  const CancelToken& cancel) const;

  const TablePlaces places_;
  const StoreMaker make_;
};

}  // namespace opentrail::cli
