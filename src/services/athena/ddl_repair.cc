#include <algorithm>

#include "services/athena/bucket_store.h"
#include "services/athena/ddl_context.h"
#include "services/athena/glue_table.h"
#include "sql/text.h"

// MSCK REPAIR TABLE: folders named "key=value" below the table that are no partitions yet become some.
// https://docs.aws.amazon.com/athena/latest/ug/msck-repair-table.html
namespace opentrail::services::athena {
namespace {

constexpr size_t kMaxPartitions = 100'000;

// A folder on the way down to a partition's.
struct Folder {
  std::string prefix;            // ends with '/'
  Value values = Value::List();  // of the keys so far
};

AwsResult<std::vector<std::string>> ListFolders(DdlContext& context, const std::string& bucket,
                                                const std::string& prefix) {
  std::vector<std::string> folders;
  Value input = Value::Object({{"Bucket", bucket}, {"Prefix", prefix}, {"Delimiter", "/"}});
  for (bool more = true; more;) {
    const auto page = context.calls().InvokeOnBucket("ListObjectsV2", input);
    if (!page) return std::unexpected(page.error());
    for (const Value& each : page->output["CommonPrefixes"].elements()) folders.emplace_back(each["Prefix"].Text());
    more = page->output["IsTruncated"].Boolean();
    input.Set("ContinuationToken", page->output["NextContinuationToken"]);
  }
  return folders;
}

// The value of the key that a folder is named for. A ':' in it Athena passes over without a word.
std::optional<std::string> ValueOf(std::string_view folder, std::string_view parent, std::string_view key) {
  folder.remove_prefix(parent.size());
  folder.remove_suffix(1);
  const size_t equals = folder.find('=');
  if (equals == std::string_view::npos || sql::LowerCase(folder.substr(0, equals)) != key) return std::nullopt;
  const std::string_view value = folder.substr(equals + 1);
  if (value.empty() || value.find(':') != std::string_view::npos) return std::nullopt;
  return UnescapePathName(value);
}

// Level by level: each of the keys names one.
AwsResult<std::vector<Folder>> FindFolders(DdlContext& context, const Value& table, const S3Location& root) {
  std::string prefix = root.key;
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  std::vector<Folder> folders{{prefix}};
  for (const Value& key : table["PartitionKeys"].elements()) {
    std::vector<Folder> below;
    for (const Folder& folder : folders) {
      const auto found = ListFolders(context, root.bucket, folder.prefix);
      if (!found) return std::unexpected(found.error());
      for (const std::string& each : *found) {
        auto value = ValueOf(each, folder.prefix, sql::LowerCase(key["Name"].Text()));
        if (!value) continue;
        Folder& next = below.emplace_back(each, folder.values);
        next.values.Append(*std::move(value));
      }
      if (below.size() > kMaxPartitions) return AwsFailure("LimitExceeded", "more than {} partitions", kMaxPartitions);
    }
    folders = std::move(below);
  }
  return folders;
}

TextOutcome AddFound(DdlContext& context, const sql::TableName& name, const Value& table, const S3Location& root,
                     const std::vector<Folder>& found) {
  std::string missing = "Partitions not in metastore:";
  std::string added;
  Value::Elements inputs;
  for (const Folder& folder : found) {
    const std::string path = fmt::format("{}:{}", name.name, PartitionPath(table, folder.values));
    missing += "\t" + path;
    added += "\nRepair: Added partition to metastore " + path;
    inputs.push_back(GluePartition(table, folder.values, fmt::format("s3://{}/{}", root.bucket, folder.prefix)));
  }
  auto done = context.ChangeInBatches("BatchCreatePartition", context.KeyOf(name), "PartitionInputList", inputs,
                                      kPartitionsCreatedByCall,
                                      [](const AwsError& error) { return error.code != "AlreadyExistsException"; });
  if (!done) return done;
  return DdlRows("result", missing + added);
}

}  // namespace

TextOutcome Run(DdlContext& context, const sql::RepairTable& repair) {
  const auto table = context.FindTable(repair.table);
  if (!table) return std::unexpected(table.error());
  if ((*table)["PartitionKeys"].elements().empty()) return TextResult{};
  const auto root = S3Location::Parse((*table)["StorageDescriptor"]["Location"].Text());
  if (!root) return DdlFailed(fmt::format("{}MetaException(message:the table has no S3 location)", kDdlTaskError));
  const auto known = context.ListAll("GetPartitions", "Partitions", context.KeyOf(repair.table));
  if (!known) return DdlTaskFailed(known.error());
  std::vector<std::string> registered;
  for (const Value& partition : known->elements()) registered.push_back(PartitionPath(*table, partition["Values"]));
  std::ranges::sort(registered);
  auto found = FindFolders(context, *table, *root);
  if (!found) return DdlTaskFailed(found.error());
  std::erase_if(*found, [&](const Folder& folder) {
    return std::ranges::binary_search(registered, PartitionPath(*table, folder.values));
  });
  if (found->empty()) return TextResult{};
  return AddFound(context, repair.table, *table, *root, *found);
}

}  // namespace opentrail::services::athena
