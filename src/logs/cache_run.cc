#include "logs/cache_run.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include "logs/predicate.h"

namespace opentrail::logs::cache {

// What a run's batches point into.
struct CachedRun::Loaded {
  struct Column {
    std::shared_ptr<const DictionaryColumn> dictionary;  // or
    Segment::PlainBlocks blocks;
  };
  std::vector<Column> columns;                // a stored field each
  std::deque<std::string> texts;              // of file fields
  std::vector<std::string_view> file_fields;  // files of the plan x file fields
};

namespace {

// The block that holds `row`; the run has loaded it.
const PlainBlock& BlockOf(const Segment::PlainBlocks& blocks, uint32_t row) {
  auto after = std::ranges::upper_bound(blocks, row, {}, [](const auto& block) { return block->first_row; });
  return **std::prev(after);
}

void AppendValues(const Segment::PlainBlocks& blocks, uint32_t first, uint32_t count,
                  std::vector<std::string_view>& into) {
  while (count > 0) {
    const PlainBlock& block = BlockOf(blocks, first);
    uint32_t taken = std::min(count, block.EndRow() - first);
    auto begin = block.values.begin() + (first - block.first_row);
    into.insert(into.end(), begin, begin + taken);
    first += taken;
    count -= taken;
  }
}

}  // namespace

void RejectSegment(const std::filesystem::path& path, const Error& error, CacheCounters& counters) {
  if (error.code != ErrorCode::kCorrupt) return;
  counters.segments_rejected.fetch_add(1, std::memory_order_relaxed);
  ::unlink(path.c_str());
}

void RecentDictionaries::Hold(std::shared_ptr<const DictionaryColumn> dictionary) {
  std::lock_guard lock(mutex_);
  if (std::ranges::find(held_, dictionary) != held_.end()) return;
  bytes_ += dictionary->MemoryBytes();
  held_.push_back(std::move(dictionary));
  while (bytes_ > kMaxBytes && held_.size() > 1) {
    bytes_ -= held_.front()->MemoryBytes();
    held_.pop_front();
  }
}

CachedRun::CachedRun(std::shared_ptr<const RunRequest> request, RunPlan plan)
    : request_(std::move(request)), plan_(std::move(plan)) {}

CachedRun::~CachedRun() = default;

Result<ColumnBatch> CachedRun::Next(std::vector<uint32_t>& unusable) {
  if (loaded_ == nullptr && !Load()) {
    for (const RunPlan::File& file : plan_.files) unusable.push_back(file.index);
    plan_.files.clear();
  }
  if (file_ == plan_.files.size()) return ColumnBatch{};
  ColumnBatch batch = NewBatch();
  while (batch.rows < kBatchRows && file_ < plan_.files.size()) {
    uint32_t left = plan_.files[file_].rows - row_;
    uint32_t count = std::min(left, static_cast<uint32_t>(kBatchRows - batch.rows));
    if (SelectRows(count)) AppendRows(batch, count);
    row_ += count;
    if (count == left) {
      ++file_;
      row_ = 0;
    }
  }
  return batch;
}

bool CachedRun::Load() {
  loaded_ = std::make_shared<Loaded>();
  loaded_->columns.resize(plan_.columns.size());
  // Dictionaries first: they may show that few files, hence few blocks, are needed.
  for (Encoding encoding : {Encoding::kDictionary, Encoding::kPlain}) {
    for (uint32_t stored = 0; stored < plan_.columns.size(); ++stored) {
      const RunPlan::Column& column = plan_.columns[stored];
      const Segment& source = *plan_.sources[column.source];
      if (source.Directory().columns[column.column].encoding == encoding && !LoadColumn(stored)) return false;
    }
    if (encoding == Encoding::kDictionary) PrepareFilters();
  }
  LoadFileFields();
  return true;
}

bool CachedRun::LoadColumn(uint32_t stored) {
  const RunPlan::Column& column = plan_.columns[stored];
  const Segment& source = *plan_.sources[column.source];
  Loaded::Column& loaded = loaded_->columns[stored];
  std::optional<Error> error;
  if (source.Directory().columns[column.column].encoding == Encoding::kDictionary) {
    auto dictionary = source.LoadDictionary(column.column);
    if (dictionary) {
      request_->recent->Hold(loaded.dictionary = *std::move(dictionary));
    } else {
      error = dictionary.error();
    }
  } else {
    std::vector<Segment::Extent> extents;
    extents.reserve(plan_.files.size());
    for (size_t file = 0; file < plan_.files.size(); ++file) {
      extents.push_back({plan_.FirstRow(file, column.source), plan_.files[file].rows});
    }
    auto blocks = source.LoadBlocks(column.column, extents);
    if (blocks) {
      loaded.blocks = *std::move(blocks);
    } else {
      error = blocks.error();
    }
  }
  if (error) RejectSegment(source.Path(), *error, *request_->counters);
  return !error;
}

void CachedRun::PrepareFilters() {
  for (const Predicate& predicate : request_->predicates) {
    auto field = std::ranges::find(request_->fields, predicate.field, &RunRequest::Field::name);
    if (field == request_->fields.end() || field->is_of_file) continue;
    auto& dictionary = loaded_->columns[field->stored].dictionary;
    if (dictionary == nullptr) continue;
    Filter filter{plan_.columns[field->stored], dictionary, {}};
    for (std::string_view value : dictionary->values)
      filter.passes.push_back(PassesPredicate(value, predicate) ? 1 : 0);
    filters_.push_back(std::move(filter));
  }
  if (!filters_.empty()) DropFilesWithoutRows();
}

void CachedRun::DropFilesWithoutRows() {
  RunPlan kept{plan_.sources, plan_.columns, {}, {}};
  for (file_ = 0; file_ < plan_.files.size(); ++file_) {
    row_ = 0;
    if (!SelectRows(plan_.files[file_].rows)) continue;
    kept.files.push_back(plan_.files[file_]);
    for (uint32_t source = 0; source < plan_.sources.size(); ++source) {
      kept.first_rows.push_back(plan_.FirstRow(file_, source));
    }
  }
  file_ = 0;
  plan_ = std::move(kept);
}

void CachedRun::LoadFileFields() {
  for (const RunRequest::Field& field : request_->fields) {
    if (!field.is_of_file) continue;
    for (const RunPlan::File& file : plan_.files) {
      std::optional<std::string> text = request_->read_file_field(request_->files[file.index], field.name);
      std::string_view view;
      if (text) view = loaded_->texts.emplace_back(*std::move(text));
      loaded_->file_fields.push_back(view);
    }
  }
}

// Chooses among the next `count` rows of the current file; false: none passes.
bool CachedRun::SelectRows(uint32_t count) {
  is_choosing_ = false;
  if (filters_.empty()) return count > 0;
  chosen_.clear();
  for (uint32_t row = row_; row < row_ + count; ++row) {
    bool passes = std::ranges::all_of(filters_, [&](const Filter& filter) {
      return filter.passes[filter.dictionary->Code(plan_.FirstRow(file_, filter.column.source) + row)] != 0;
    });
    if (passes) chosen_.push_back(row);
  }
  is_choosing_ = chosen_.size() < count;
  return !chosen_.empty();
}

ColumnBatch CachedRun::NewBatch() const {
  ColumnBatch batch;
  batch.owner = loaded_;
  batch.columns.resize(request_->fields.size());
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const RunRequest::Field& field = request_->fields[i];
    if (field.is_of_file || loaded_->columns[field.stored].dictionary == nullptr) {
      batch.columns[i].values.reserve(kBatchRows);
      continue;
    }
    const DictionaryColumn& dictionary = *loaded_->columns[field.stored].dictionary;
    batch.columns[i].codes.reserve(kBatchRows);
    batch.columns[i].dictionary = dictionary.values;
    batch.columns[i].dictionary_id = dictionary.id;
  }
  return batch;
}

void CachedRun::AppendRows(ColumnBatch& batch, uint32_t count) {
  uint32_t taken = is_choosing_ ? static_cast<uint32_t>(chosen_.size()) : count;
  size_t file_field = 0;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const RunRequest::Field& field = request_->fields[i];
    if (field.is_of_file) {
      std::string_view value = loaded_->file_fields[file_field++ * plan_.files.size() + file_];
      batch.columns[i].values.insert(batch.columns[i].values.end(), taken, value);
    } else {
      AppendColumn(batch.columns[i], field.stored, count);
    }
  }
  batch.rows += taken;
}

void CachedRun::AppendColumn(ColumnVector& vector, uint32_t stored, uint32_t count) {
  const Loaded::Column& column = loaded_->columns[stored];
  uint32_t first = plan_.FirstRow(file_, plan_.columns[stored].source);
  if (!is_choosing_) {
    if (column.dictionary != nullptr) {
      column.dictionary->AppendCodes(first + row_, count, vector.codes);
    } else {
      AppendValues(column.blocks, first + row_, count, vector.values);
    }
    return;
  }
  for (uint32_t row : chosen_) {
    if (column.dictionary != nullptr) {
      vector.codes.push_back(column.dictionary->Code(first + row));
    } else {
      AppendValues(column.blocks, first + row, 1, vector.values);
    }
  }
}

}  // namespace opentrail::logs::cache
