#include "logs/s3_store.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "logs/log_path.h"

namespace opentrail::logs {
namespace {

// A listing is taken apart until there are so many parts: below that, going folder by folder would cost more requests
// than it spares.
constexpr size_t kParts = 256;
constexpr std::string_view kDigestFolder = "CloudTrail-Digest/";

// Runs `work` until it gives false, on so many threads.
template <typename Work>
void RunSideBySide(size_t threads, Work&& work) {
  std::vector<std::jthread> running;
  for (size_t i = 1; i < threads; ++i) {
    running.emplace_back([&work] {
      while (work()) {
      }
    });
  }
  while (work()) {
  }
}

// One listing: prefixes that wait, and what was found. Workers take a prefix, list it, and add the folders in it as
// prefixes of their own while there are few.
class ParallelListing {
 public:
  ParallelListing(S3Client& client, const S3Path& below, NameRule rule, std::span<const Predicate> predicates,
                  const CancelToken& cancel)
      : client_(client), below_(below), rule_(rule), predicates_(predicates), cancel_(cancel) {
    waiting_.push_back(below.key);
  }

  Result<Listing> Run() {
    RunSideBySide(S3Store::kParallel, [this] { return Step(); });
    if (error_) return std::unexpected(*error_);
    return std::move(listing_);
  }

 private:
  bool Step();
  // All pages of one prefix.
  Status ListPrefix(const std::string& prefix, bool by_folder);
  Status Add(S3Page page);
  [[nodiscard]] bool IsWanted(std::string_view key) const;
  [[nodiscard]] bool MayHold(const std::string& folder) const;

  S3Client& client_;
  const S3Path& below_;
  const NameRule rule_;
  const std::span<const Predicate> predicates_;
  const CancelToken& cancel_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  size_t busy_ = 0;
  size_t parts_ = 1;
  std::optional<Error> error_;
  Listing listing_;
};

bool ParallelListing::Step() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return error_ || !waiting_.empty() || busy_ == 0; });
  if (error_ || waiting_.empty()) return false;
  const std::string prefix = std::move(waiting_.front());
  waiting_.pop_front();
  ++busy_;
  const bool by_folder = parts_ < kParts;
  lock.unlock();
  const Status listed = ListPrefix(prefix, by_folder);
  lock.lock();
  --busy_;
  if (!listed && !error_) error_ = listed.error();
  changed_.notify_all();
  return true;
}

Status ParallelListing::ListPrefix(const std::string& prefix, bool by_folder) {
  std::string token;
  do {
    auto page = client_.List({below_.bucket, prefix}, by_folder ? "/" : "", token, cancel_);
    if (!page) return std::unexpected(page.error());
    token = page->next;
    if (Status added = Add(*std::move(page)); !added) return added;
  } while (!token.empty());
  return {};
}

Status ParallelListing::Add(S3Page page) {
  const std::lock_guard lock(mutex_);
  const size_t scheme_and_bucket = std::string_view("s3://").size() + below_.bucket.size() + 1;
  for (LogFile& file : page.objects) {
    if (file.size == 0 || file.path.ends_with('/') || !IsWanted(std::string_view(file.path).substr(scheme_and_bucket)))
      continue;
    if (listing_.files.size() >= kMaxFiles) {
      return MakeError(ErrorCode::kLimitExceeded, "more than {} objects; name a part of the bucket", kMaxFiles);
    }
    listing_.files.push_back(std::move(file));
  }
  for (std::string& folder : page.prefixes) {
    if (!IsWanted(folder) || !MayHold(folder)) continue;
    ++parts_;
    waiting_.push_back(std::move(folder));
  }
  changed_.notify_all();
  return {};
}

// Whether no part of the key below the listing's own prefix hides what lies there.
bool ParallelListing::IsWanted(std::string_view key) const {
  std::string_view rest = key.substr(std::min(below_.key.size(), key.size()));
  if (!below_.key.empty() && !below_.key.ends_with('/') && !rest.empty()) {  // "AWSLogs" is no part of "AWSLogs2/"
    if (rest[0] != '/') return false;
    rest.remove_prefix(1);
  }
  while (!rest.empty()) {
    if (rest[0] == '_' || rest[0] == '.') return false;
    if (rule_ == NameRule::kLogs && rest.starts_with(kDigestFolder)) return false;
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  return true;
}

bool ParallelListing::MayHold(const std::string& folder) const {
  LogFile any;
  any.path = "s3://" + below_.bucket + "/" + folder + "x";
  std::vector<Predicate> of_folder;
  const PathFacts facts = ParsePath(any.path);
  std::string room;
  for (const Predicate& predicate : predicates_) {  // what the path does not say yet may be said further down
    const bool says =
        predicate.field == "eventtime" || FileFieldText(any, facts, predicate.field, room).data() != nullptr;
    if (says && predicate.field != "$path" && predicate.field != "$file_size" &&
        predicate.field != "$file_modified_time") {
      of_folder.push_back(predicate);
    }
  }
  return !IsPrunedByPath(any, of_folder);
}

}  // namespace

Result<Listing> S3Store::List(std::span<const Predicate> predicates, const CancelToken& cancel) {
  return ParallelListing(*client_, below_, rule_, predicates, cancel).Run();
}

Status S3Store::Read(const LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) {
  if (file.size > max_bytes) {
    return MakeError(ErrorCode::kLimitExceeded, "the object has {} bytes, more than {}", file.size, max_bytes);
  }
  content.resize(file.size);
  return ReadRange(file, 0, file.size, content.data());
}

Status S3Store::ReadRange(const LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) {
  const auto object = S3Path::Parse(file.path);
  if (!object) return MakeError(ErrorCode::kInvalidArgument, "{}: is no S3 path", file.path);
  const uint64_t ranges = (bytes + kRangeBytes - 1) / kRangeBytes;
  const CancelToken none;
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  Status status;
  const auto read_one = [&] {
    const uint64_t begin = next.fetch_add(1) * kRangeBytes;
    if (begin >= bytes) return false;
    const uint64_t size = std::min(kRangeBytes, bytes - begin);
    const Status got = client_->Get(*object, offset + begin, {out + begin, size}, none);
    if (got) return true;
    const std::lock_guard lock(mutex);
    if (status) status = got;
    return false;
  };
  RunSideBySide(std::min<uint64_t>(std::max<uint64_t>(ranges, 1), kParallel), read_one);
  return status;
}

}  // namespace opentrail::logs
