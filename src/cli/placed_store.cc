#include "cli/placed_store.h"

#include <algorithm>

#include "formats/partition_filters.h"
#include "logs/s3_client.h"

namespace opentrail::cli {

using catalog::KeyFilter;

bool PlacedStore::IsOnDisk() const { return !logs::S3Path::Parse(places_.location); }

Result<std::vector<catalog::Partition>> PlacedStore::Partitions(std::span<const KeyFilter> filters) const {
  if (places_.projection) return places_.projection->Partitions(filters, places_.now);
  std::vector<catalog::Partition> passing;
  for (const catalog::Partition& partition : places_.partitions) {
    bool passes = true;
    for (size_t i = 0; i < places_.keys.size(); ++i) {
      passes = passes && catalog::PassesAll(filters, places_.keys[i], partition.values[i]);
    }
    if (passes) passing.push_back(partition);
  }
  return passing;
}

// Partitions by the names of folders: the values come with the files.
Result<logs::Listing> PlacedStore::ListFolders(std::span<const KeyFilter> filters,
                                               std::span<const logs::Predicate> predicates,
                                               const CancelToken& cancel) const {
  const auto store = make_(places_.location);
  if (!store) return std::unexpected(store.error());
  auto listing = (*store)->List(predicates, cancel);
  if (!listing || places_.keys.empty()) return listing;
  std::string root = places_.location;
  if (!root.ends_with('/')) root += '/';
  logs::Listing passing;
  passing.faults = std::move(listing->faults);
  for (logs::LogFile& file : listing->files) {
    if (!file.path.starts_with(root)) continue;
    formats::FolderPartition folders = formats::ParseFolders(std::string_view(file.path).substr(root.size()));
    folders.values.resize(places_.keys.size(), std::string(formats::kDefaultPartition));
    folders.keys.resize(places_.keys.size());
    if (folders.keys != places_.keys) continue;  // as in Athena, what lies in no partition is none of the table's
    bool passes = true;
    for (size_t i = 0; i < places_.keys.size(); ++i) {
      passes = passes && catalog::PassesAll(filters, places_.keys[i], folders.values[i]);
    }
    if (!passes) continue;
    file.partition = formats::PartitionFieldsOf(places_.keys, folders.values);
    passing.files.push_back(std::move(file));
  }
  return passing;
}

Result<logs::Listing> PlacedStore::List(std::span<const logs::Predicate> predicates, const CancelToken& cancel) {
  const std::vector<KeyFilter> filters = formats::KeyFiltersOf(predicates);
  if (!places_.projection && places_.partitions.empty()) return ListFolders(filters, predicates, cancel);
  const auto partitions = Partitions(filters);
  if (!partitions) return std::unexpected(partitions.error());
  logs::Listing all;
  for (const catalog::Partition& partition : *partitions) {
    const auto store = make_(partition.location);
    if (!store) return std::unexpected(store.error());
    auto listing = (*store)->List(predicates, cancel);
    if (!listing && listing.error().code == ErrorCode::kNotFound) continue;  // a partition may have no files
    if (!listing) return listing;
    const auto fields = formats::PartitionFieldsOf(places_.keys, partition.values);
    for (logs::LogFile& file : listing->files) {
      file.partition = fields;
      all.files.push_back(std::move(file));
    }
    std::ranges::move(listing->faults, std::back_inserter(all.faults));
  }
  return all;
}

Status PlacedStore::Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) {
  const auto store = make_(file.path);
  if (!store) return std::unexpected(store.error());
  return (*store)->Read(file, max_bytes, content);
}

Status PlacedStore::ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) {
  const auto store = make_(file.path);
  if (!store) return std::unexpected(store.error());
  return (*store)->ReadRange(file, offset, bytes, out);
}

}  // namespace opentrail::cli
