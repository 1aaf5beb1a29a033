#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opentrail::logs {

// What a path says of the events behind it; an empty view where it does not say. Views point into the path given to
// ParsePath. Nothing here is checked against the events: names and records may disagree in real logs.
struct PathFacts {
  std::string_view account;
  std::string_view region;
  std::string_view organization;
  std::string_view year;
  std::string_view month;
  std::string_view day;
};

// What a table's partition says of all events in its files: the fields' names ("$partition.region") and values.
using PartitionFields = std::vector<std::pair<std::string, std::string>>;

// A file as the listing found it. Path, size, the two times and the inode are what a cache knows it by; the times and
// the inode come from one stat call, made before the file is read.
struct LogFile {
  std::string path;
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  int64_t ctime_ns = 0;
  uint64_t inode = 0;
  bool named = false;  // the user named this file itself, so any content is looked at
  std::shared_ptr<const PartitionFields> partition = nullptr;  // shared by the partition's files; nullptr: none
};

}  // namespace opentrail::logs
