#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace opentrail::store {

// The directory that one server has for itself: made (mode 0700) where missing, locked while this lives.
//   account.db   state and journal      history.db   the event index, derived
//   root.key     Secrets                objects/     bodies      tls/   certificates
class DataDirectory {
 public:
  // kInvalidArgument where another server (its pid is named) holds it.
  static Result<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  [[nodiscard]] std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;
};

}  // namespace opentrail::store
