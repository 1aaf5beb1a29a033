#include "logs/cache_lookup.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "logs/cache_folder.h"
#include "logs/cache_predicates.h"

namespace opentrail::logs::cache {
namespace {

// What one run gives: enough to spread its start, little enough to share the work and to bound its memory.
constexpr uint64_t kRunValues = 256 << 10;  // rows times columns
constexpr uint32_t kMinRunRows = 8 << 10;
constexpr uint32_t kMaxRunRows = 64 << 10;
constexpr size_t kMaxRunFiles = 4096;

uint32_t RunRows(size_t columns) {
  uint64_t rows = kRunValues / std::max<size_t>(columns, 1);
  return static_cast<uint32_t>(std::clamp<uint64_t>(rows, kMinRunRows, kMaxRunRows));
}

bool AnyPasses(const DictionaryColumn& column, const std::vector<char>& passes, uint32_t first, uint32_t rows) {
  for (uint32_t row = first; row < first + rows; ++row) {
    if (passes[column.Code(row)] != 0) return true;
  }
  return false;
}

}  // namespace

FileTable::FileTable(std::span<const LogFile> files, std::string_view working_folder)
    : slots_(std::bit_ceil(files.size() * 2 + 2), kNone) {
  paths_.reserve(files.size());
  size_t mask = slots_.size() - 1;
  for (const LogFile& file : files) {
    paths_.push_back(HashLogPath(file.path, working_folder));
    size_t at = paths_.back().low & mask;
    while (slots_[at] != kNone && paths_[slots_[at]] != paths_.back()) at = (at + 1) & mask;
    if (slots_[at] == kNone) slots_[at] = static_cast<uint32_t>(paths_.size() - 1);
  }
}

uint32_t FileTable::Find(const Hash128& path) const {
  size_t mask = slots_.size() - 1;
  for (size_t at = path.low & mask; slots_[at] != kNone; at = (at + 1) & mask) {
    if (paths_[slots_[at]] == path) return slots_[at];
  }
  return kNone;
}

bool Placements::AgreeOnRows(size_t file, uint32_t rows) {
  if (rows_[file] == kUnknownRows) rows_[file] = rows;
  return rows_[file] == rows;
}

bool Placements::IsComplete(size_t file) const {
  if (rows_[file] == kUnknownRows) return false;
  auto cells = std::span(cells_).subspan(file * fields_, fields_);
  return std::ranges::all_of(cells, [](const Cell& cell) { return cell.IsPlaced(); });
}

Lookup::Lookup(LookupRequest request)
    : request_(std::move(request)),
      table_(request_.files, request_.working_folder),
      whole_(request_.files.size(), request_.fields.size()),
      filtered_(request_.needles == Hash128{} ? 0 : request_.files.size(), request_.fields.size()) {}

LookupResult Lookup::Run() {
  result_.answers.assign(request_.files.size(), Answer::kParse);
  OpenSegments();
  if (request_.needles != Hash128{}) {
    MatchAll(request_.needles, filtered_);
    SettleFiltered();
  }
  MatchAll(Hash128{}, whole_);
  PlanRuns(whole_);
  PruneByDictionaries();
  result_.whole = PlanKeeping(whole_);
  if (request_.needles != Hash128{}) result_.filtered = PlanKeeping(filtered_);
  for (const auto& segment : segments_) segment->ForgetFiles();
  return std::move(result_);
}

bool Lookup::MayHelp(const SegmentHeader& header) const {
  if (header.reader_version != request_.reader_version) return false;
  if (header.needles != Hash128{}) return header.needles == request_.needles;
  if (request_.fields.empty()) return true;
  uint64_t bits = 0;
  for (const std::string& field : request_.fields) bits |= ColumnBit(field);
  for (const Predicate& predicate : request_.predicates) bits |= ColumnBit(predicate.field);
  return (header.column_bits & bits) != 0;
}

void Lookup::OpenSegments() {
  for (const auto& path : ListSegments(request_.folder)) {
    Result<std::shared_ptr<Segment>> segment = Segment::Open(path);
    if (!segment) {
      RejectSegment(path, segment.error(), *request_.counters);
      continue;
    }
    if (!MayHelp((*segment)->Header())) continue;
    request_.counters->segments_opened.fetch_add(1, std::memory_order_relaxed);
    if (Status read = (*segment)->ReadDirectory(); !read) {
      RejectSegment(path, read.error(), *request_.counters);
      continue;
    }
    segments_.push_back(*std::move(segment));
  }
}

void Lookup::MatchAll(const Hash128& needles, Placements& placements) {
  for (uint32_t segment = 0; segment < segments_.size(); ++segment) {
    if (segments_[segment]->Header().needles == needles) Match(segment, placements);
  }
}

void Lookup::Match(uint32_t segment, Placements& placements) {
  const Segment& source = *segments_[segment];
  wanted_.clear();
  for (size_t field = 0; field < request_.fields.size(); ++field) {
    std::optional<uint32_t> column = source.FindColumn(request_.fields[field]);
    if (!column) continue;
    wanted_.push_back({field, *column});
  }
  const std::vector<FileEntry>& entries = source.Directory().files;
  for (size_t entry = 0; entry < entries.size(); ++entry) {
    uint32_t file = table_.Find(entries[entry].path);
    if (file == FileTable::kNone || result_.answers[file] != Answer::kParse) continue;
    if (IsSame(entries[entry], file)) MatchFile(segment, entry, file, placements);
  }
}

void Lookup::MatchFile(uint32_t segment, size_t entry, uint32_t file, Placements& placements) {
  const FileEntry& held = segments_[segment]->Directory().files[entry];
  if (!placements.AgreeOnRows(file, held.rows)) return;
  if (!ZonePasses(*segments_[segment], entry)) {
    result_.answers[file] = Answer::kEmpty;
    return;
  }
  for (const Wanted& wanted : wanted_) {
    Placements::Cell& cell = placements.At(file, wanted.field);
    if (cell.IsPlaced()) continue;
    cell = {segment, held.first_row};
  }
}

// Times and inode are the operating system's word that nothing touched the file. Where only they differ (it was copied
// back, or its rights were changed), the content's own checksum may vouch for it.
bool Lookup::IsSame(const FileEntry& entry, uint32_t file) {
  const LogFile& found = request_.files[file];
  if (entry.size != found.size || entry.mtime_ns != found.mtime_ns) return false;
  if (entry.ctime_ns == found.ctime_ns && entry.inode == found.inode) return true;
  if (entry.checked_by_content == 0) return false;
  auto [known, is_new] = heads_.try_emplace(file);
  if (is_new) known->second = ReadHead(found);
  return known->second && known->second->hash == entry.head_hash;
}

bool Lookup::ZonePasses(const Segment& segment, size_t entry) const {
  const std::vector<ZoneEntry>& zones = segment.Directory().zones;
  if (zones.empty()) return true;
  return std::ranges::all_of(request_.predicates, [&](const Predicate& predicate) {
    return predicate.field != kZoneField || MayPass(predicate, zones[entry]);
  });
}

// Files of which the needles left no row need no column.
void Lookup::SettleFiltered() {
  for (uint32_t file = 0; file < request_.files.size(); ++file) {
    if (filtered_.Rows(file) == 0) result_.answers[file] = Answer::kEmpty;
  }
  PlanRuns(filtered_);
}

void Lookup::PlanRuns(const Placements& placements) {
  std::vector<uint32_t> complete;
  for (uint32_t file = 0; file < request_.files.size(); ++file) {
    if (result_.answers[file] != Answer::kParse || !placements.IsComplete(file)) continue;
    complete.push_back(file);
    result_.answers[file] = Answer::kHeld;
  }
  auto segment_order = [&](uint32_t left, uint32_t right) {
    for (size_t field = 0; field < placements.Fields(); ++field) {
      auto order = placements.At(left, field).segment <=> placements.At(right, field).segment;
      if (order != 0) return order;
    }
    return std::strong_ordering::equal;
  };
  std::ranges::sort(complete, [&](uint32_t left, uint32_t right) {
    auto order = segment_order(left, right);
    if (order != 0) return order < 0;
    if (placements.Fields() == 0) return left < right;
    return placements.At(left, 0).first_row < placements.At(right, 0).first_row;
  });
  uint32_t run_rows = RunRows(placements.Fields());
  size_t first = 0;
  uint64_t rows = 0;
  for (size_t i = 0; i < complete.size(); ++i) {
    bool is_cut = i > first &&
                  (rows >= run_rows || i - first >= kMaxRunFiles || segment_order(complete[first], complete[i]) != 0);
    if (is_cut) {
      PlanRun(placements, std::span(complete).subspan(first, i - first));
      first = i;
      rows = 0;
    }
    rows += placements.Rows(complete[i]);
  }
  if (first < complete.size()) PlanRun(placements, std::span(complete).subspan(first));
}

void Lookup::PlanRun(const Placements& placements, std::span<const uint32_t> files) {
  RunPlan plan;
  std::vector<size_t> source_fields;  // a field that lies in each source
  for (size_t field = 0; field < placements.Fields(); ++field) {
    const std::shared_ptr<Segment>& segment = segments_[placements.At(files[0], field).segment];
    auto source = std::ranges::find(plan.sources, segment);
    if (source == plan.sources.end()) {
      source = plan.sources.insert(source, segment);
      source_fields.push_back(field);
    }
    plan.columns.push_back(
        {static_cast<uint32_t>(source - plan.sources.begin()), *segment->FindColumn(request_.fields[field])});
  }
  for (uint32_t file : files) {
    plan.files.push_back({file, placements.Rows(file)});
    for (size_t field : source_fields) plan.first_rows.push_back(placements.At(file, field).first_row);
  }
  result_.runs.push_back(std::move(plan));
}

void Lookup::PruneByDictionaries() {
  for (const Predicate& predicate : request_.predicates) {
    auto field = std::ranges::find(request_.fields, predicate.field);
    if (field == request_.fields.end()) continue;
    PruneByDictionary(static_cast<size_t>(field - request_.fields.begin()), predicate);
  }
}

// Of the files still to be parsed, those whose column shows that no row passes are left out.
void Lookup::PruneByDictionary(size_t field, const Predicate& predicate) {
  std::vector<std::vector<uint32_t>> files(segments_.size());
  for (uint32_t file = 0; file < request_.files.size(); ++file) {
    const Placements::Cell& cell = whole_.At(file, field);
    if (result_.answers[file] == Answer::kParse && cell.IsPlaced()) files[cell.segment].push_back(file);
  }
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (files[i].empty()) continue;
    uint32_t column = *segments_[i]->FindColumn(request_.fields[field]);
    if (segments_[i]->Directory().columns[column].encoding != Encoding::kDictionary) continue;
    auto dictionary = segments_[i]->LoadDictionary(column);
    if (!dictionary) {
      RejectSegment(segments_[i]->Path(), dictionary.error(), *request_.counters);
      continue;
    }
    std::vector<char> passes;
    for (std::string_view value : (*dictionary)->values) passes.push_back(PassesPredicate(value, predicate) ? 1 : 0);
    for (uint32_t file : files[i]) {
      bool may_pass = AnyPasses(**dictionary, passes, whole_.At(file, field).first_row, whole_.Rows(file));
      if (!may_pass) result_.answers[file] = Answer::kEmpty;
    }
  }
}

KeepPlan Lookup::PlanKeeping(const Placements& placements) const {
  KeepPlan plan{std::vector<bool>(request_.files.size()), std::vector<bool>(request_.fields.size())};
  for (uint32_t file = 0; file < request_.files.size(); ++file) {
    if (placements.IsComplete(file)) continue;
    plan.files[file] = true;
    for (size_t field = 0; field < placements.Fields(); ++field) {
      if (!placements.At(file, field).IsPlaced()) plan.fields[field] = true;
    }
  }
  return plan;
}

}  // namespace opentrail::logs::cache
