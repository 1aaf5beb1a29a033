#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "codec/json_value.h"
#include "codec/text.h"
#include "http/message.h"
#include "services/cloudtrail/event_data_store_key.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/lake_query.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr int64_t kMaxRows = 1000;
constexpr size_t kMaxTokenBytes = 1000;
// A page ends before it, but has one row at least.
constexpr size_t kMaxPageBytes = 4 << 20;

std::string TokenPurpose(std::string_view query_id) { return fmt::format("cloudtrail.get-query-results {}", query_id); }

// Where in the rows the page begins, in bytes.
AwsResult<int64_t> ReadToken(const CloudTrailService& service, const Call& call, const LakeQuery& query) {
  const Value& token = call.input["NextToken"];
  if (token.IsNull()) return 0;
  const auto fault = [] {
    return AwsFailure("InvalidNextTokenException", "The token is not valid, or was not given for this query.");
  };
  const auto sealed = token.Text().size() <= kMaxTokenBytes ? codec::Base64Decode(token.Text()) : std::nullopt;
  const auto text = sealed ? service.secrets().Unseal(*sealed, TokenPurpose(query.id)) : Result<std::string>();
  int64_t offset = 0;
  if (!sealed || !text || std::from_chars(text->data(), text->data() + text->size(), offset).ec != std::errc()) {
    return fault();
  }
  if (offset < 0 || offset > query.content_bytes) return fault();
  return offset;
}

AwsResult<std::string> OpenKey(CloudTrailService& service, const Call& call, store::Transaction& transaction,
                               const LakeQuery& query) {
  if (query.key_store.empty()) {
    auto key = service.secrets().Unseal(query.content_key, ResultKeyPurpose(query.id));
    if (!key) return AwsFailure("InternalFailure", "The result's key cannot be read: {}", key.error().message);
    return *std::move(key);
  }
  const auto store =
      RequireEventDataStore(call, transaction.connection(), {call.account_id, call.region, query.key_store});
  if (!store) return std::unexpected(store.error());
  return OpenDataKey(service.environment(), transaction, *store, query.content_key);
}

// The rows from a place on, line by line.
class RowReader {
 public:
  explicit RowReader(std::unique_ptr<http::BodySource> source) : source_(std::move(source)) {}

  // The next line without its end; nullopt: there is none, or it cannot be read (is_broken).
  std::optional<std::string_view> Next() {
    for (;;) {
      const size_t end = buffer_.find('\n', begin_);
      if (end != std::string::npos) {
        const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
        begin_ = end + 1;
        taken_ += line.size() + 1;
        return line;
      }
      if (!Fill()) return std::nullopt;
    }
  }
  [[nodiscard]] size_t taken() const { return taken_; }
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  bool Fill() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const size_t size = buffer_.size();
    buffer_.resize(size + store::ObjectStore::kBlockBytes);
    const int64_t got = source_->Read(buffer_.data() + size, store::ObjectStore::kBlockBytes);
    is_broken_ = got < 0;
    buffer_.resize(size + static_cast<size_t>(std::max<int64_t>(got, 0)));
    return got > 0;
  }

  std::unique_ptr<http::BodySource> source_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t taken_ = 0;
  bool is_broken_ = false;
};

// A list of objects with one member each, as AWS has it.
Result<Value> RowOf(const LakeQuery& query, std::string_view line) {
  const auto values = codec::ParseJsonValue(line);
  if (!values) return std::unexpected(values.error());
  if (values->elements().size() != query.columns.size()) {
    return MakeError(ErrorCode::kCorrupt, "a row has {} values", values->elements().size());
  }
  Value row = Value::List();
  for (size_t i = 0; i < query.columns.size(); ++i) {
    Value column = Value::Object();
    column.Set(query.columns[i], values->elements()[i]);
    row.Append(std::move(column));
  }
  return row;
}

struct Page {
  Value rows = Value::List();
  int64_t end = 0;  // where the next one begins
};

AwsResult<Page> ReadPage(CloudTrailService& service, const Call& call, store::Transaction& transaction,
                         const LakeQuery& query, int64_t begin) {
  Page page{.end = begin};
  if (!query.content || begin >= query.content_bytes) return page;
  const auto wanted = static_cast<size_t>(call.input["MaxQueryResults"].Integer(kMaxRows));
  auto key = OpenKey(service, call, transaction, query);
  if (!key) return std::unexpected(std::move(key.error()));
  const auto broken = [](std::string_view why) {
    return AwsFailure("InternalFailure", "The query's results cannot be read: {}", why);
  };
  const auto size = static_cast<uint64_t>(query.content_bytes);
  std::vector<store::Segment> segments;
  segments.push_back({.content_id = *query.content, .key = *std::move(key), .size = size});
  auto source = service.objects().Read(transaction.connection(), std::move(segments), static_cast<uint64_t>(begin),
                                       size - static_cast<uint64_t>(begin));
  if (!source) return broken(source.error().message);
  RowReader reader(*std::move(source));
  while (page.rows.elements().size() < wanted && reader.taken() < kMaxPageBytes) {
    const auto line = reader.Next();
    if (!line) break;
    auto row = RowOf(query, *line);
    if (!row) return broken(row.error().message);
    page.rows.Append(*std::move(row));
  }
  if (reader.is_broken()) return broken("its content was changed");
  page.end = begin + static_cast<int64_t>(reader.taken());
  return page;
}

}  // namespace

AwsResult<Reply> GetQueryResults(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  if (const int64_t wanted = call.input["MaxQueryResults"].Integer(kMaxRows); wanted < 1 || wanted > kMaxRows) {
    return AwsFailure("InvalidMaxResultsException", "MaxQueryResults is 1 to {}; this is {}.", kMaxRows, wanted);
  }
  const auto query = RequireLakeQuery(call, transaction.connection());
  if (!query) return std::unexpected(query.error());
  const auto begin = ReadToken(service, call, *query);
  if (!begin) return std::unexpected(begin.error());
  auto page = ReadPage(service, call, transaction, *query, *begin);
  if (!page) return std::unexpected(std::move(page.error()));
  Value statistics = Value::Object({{"ResultsCount", static_cast<int64_t>(page->rows.elements().size())},
                                    {"TotalResultsCount", query->events_matched},
                                    {"BytesScanned", query->bytes_scanned}});
  Value output = Value::Object({{"QueryStatus", StatusOf(service, *query)},
                                {"QueryStatistics", std::move(statistics)},
                                {"QueryResultRows", std::move(page->rows)}});
  if (query->content && page->end < query->content_bytes) {
    output.Set("NextToken",
               codec::Base64Encode(service.secrets().Seal(std::to_string(page->end), TokenPurpose(query->id))));
  }
  if (!query->error.empty()) output.Set("ErrorMessage", query->error);
  return Reply{.output = std::move(output)};
}

}  // namespace opentrail::services::cloudtrail
