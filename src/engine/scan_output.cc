#include "engine/scan_output.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codec/digest.h"
#include "codec/text.h"
#include "duckdb/common/types/timestamp.hpp"
#include "duckdb/common/types/vector_buffer.hpp"
#include "sql/time_zone_key.h"

namespace opentrail::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::string_t;
using duckdb::StringVector;
using duckdb::Vector;

// Keeps a batch's bytes alive as long as any vector points into them.
class OwnerBuffer final : public duckdb::VectorBuffer {
 public:
  explicit OwnerBuffer(std::shared_ptr<const void> owner)
      : VectorBuffer(duckdb::VectorBufferType::OPAQUE_BUFFER), owner_(std::move(owner)) {}

 private:
  std::shared_ptr<const void> owner_;  // shared: with the batch and every other vector over it
};

duckdb::buffer_ptr<duckdb::VectorBuffer> MakeOwner(const std::shared_ptr<const void>& owner) {
  return duckdb::make_shared_ptr<OwnerBuffer>(owner);
}

// Every text vector within a nested one may point into the batch.
void HoldOwner(Vector& vector, const duckdb::buffer_ptr<duckdb::VectorBuffer>& owner) {
  switch (vector.GetType().InternalType()) {
    case duckdb::PhysicalType::VARCHAR: StringVector::AddBuffer(vector, owner); break;
    case duckdb::PhysicalType::LIST: HoldOwner(duckdb::ListVector::GetEntry(vector), owner); break;
    case duckdb::PhysicalType::STRUCT:
      for (auto& entry : duckdb::StructVector::GetEntries(vector)) HoldOwner(*entry, owner);
      break;
    default: break;
  }
}

// A short text is copied into its slot whole, without a call for its length. text.size() <= string_t::INLINE_LENGTH.
void PutInlined(std::string_view text, string_t& slot) {
  struct Layout {
    uint32_t size;
    char bytes[string_t::INLINE_LENGTH];
  };
  static_assert(sizeof(Layout) == sizeof(string_t));
  const size_t size = text.size();
  const char* from = text.data();
  Layout inlined{static_cast<uint32_t>(size), {}};
  if (size >= 8) {
    std::memcpy(inlined.bytes, from, 8);
    std::memcpy(inlined.bytes + size - 4, from + size - 4, 4);
  } else if (size >= 4) {
    std::memcpy(inlined.bytes, from, 4);
    std::memcpy(inlined.bytes + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    inlined.bytes[0] = from[0];
    inlined.bytes[size / 2] = from[size / 2];
    inlined.bytes[size - 1] = from[size - 1];
  }
  std::memcpy(static_cast<void*>(&slot), &inlined, sizeof(inlined));
}

// The texts lie megabytes apart in the file's buffer: each is asked for some rows before its first bytes are needed.
constexpr size_t kPrefetchRows = 16;
constexpr size_t kRowsOfMask = 64;

template <typename Texts>
void WriteTexts(const Texts& texts, size_t count, Vector& target) {
  auto* slots = FlatVector::GetData<string_t>(target);
  auto& validity = FlatVector::Validity(target);
  for (size_t begin = 0; begin < count; begin += kRowsOfMask) {
    const size_t end = std::min(begin + kRowsOfMask, count);
    uint64_t valid = ~uint64_t{0};
    for (size_t row = begin; row < end; ++row) {
      if (row + kPrefetchRows < count) __builtin_prefetch(texts[row + kPrefetchRows].data());
      const std::string_view text = texts[row];
      if (text.data() == nullptr) {
        valid &= ~(uint64_t{1} << (row - begin));
      } else if (text.size() <= string_t::INLINE_LENGTH) {
        PutInlined(text, slots[row]);
      } else {
        slots[row] = string_t(text.data(), static_cast<uint32_t>(text.size()));
      }
    }
    if (valid == ~uint64_t{0}) continue;
    if (validity.AllValid()) validity.Initialize(std::max<idx_t>(count, STANDARD_VECTOR_SIZE));
    validity.GetData()[begin / kRowsOfMask] = valid;
  }
}

}  // namespace

size_t FieldList::Place(const std::string& field) {
  const auto found = std::ranges::find(names_, field);
  if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
  names_.push_back(field);
  return names_.size() - 1;
}

ColumnWriter::ColumnWriter(const ScanColumn& column, std::vector<size_t> places, const formats::TableFormat& format)
    : column_(column), places_(std::move(places)) {
  if (column.kind == ScanColumnKind::kJson) json_.emplace(column.type, column.rules);
  if (column.kind == ScanColumnKind::kHiveText) {
    hive_text_.emplace(column.type, *format.As<formats::DelimitedFormat>(), column.path);
  }
}

void ColumnWriter::Write(const logs::ColumnBatch& batch, Vector& target) {
  switch (column_.kind) {
    case ScanColumnKind::kText: return WriteText(batch, target);
    case ScanColumnKind::kJson: return WriteJson(batch, target);
    case ScanColumnKind::kScalar: return WriteScalar(batch, target);
    case ScanColumnKind::kHiveText: return WriteHiveText(batch, target);
    case ScanColumnKind::kInstant: return WriteInstant(batch, target);
    case ScanColumnKind::kChecksum: return WriteChecksum(batch, target);
    case ScanColumnKind::kPathDate: return WritePathDate(batch, target);
  }
}

void ColumnWriter::WriteText(const logs::ColumnBatch& batch, Vector& target) {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  if (source.IsDictionary()) return WriteDictionary(batch, target);
  WriteTexts(source.values, batch.rows, target);
  StringVector::AddBuffer(target, MakeOwner(batch.owner));
}

void ColumnWriter::WriteDictionary(const logs::ColumnBatch& batch, Vector& target) {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  const size_t size = source.dictionary.size();
  if (dictionary_ == nullptr || source.dictionary_id == 0 || source.dictionary_id != dictionary_id_) {
    dictionary_ = std::make_unique<Vector>(target.GetType(), std::max<idx_t>(size, 1));
    WriteTexts(source.dictionary, size, *dictionary_);
    StringVector::AddBuffer(*dictionary_, MakeOwner(batch.owner));
    dictionary_id_ = source.dictionary_id;
  }
  duckdb::SelectionVector codes(std::max<idx_t>(batch.rows, STANDARD_VECTOR_SIZE));
  static_assert(sizeof(duckdb::sel_t) == sizeof(uint32_t));
  std::memcpy(codes.data(), source.codes.data(), batch.rows * sizeof(uint32_t));
  target.Dictionary(*dictionary_, size, codes, batch.rows);
  if (dictionary_id_ != 0) duckdb::DictionaryVector::SetDictionaryId(target, std::to_string(dictionary_id_));
}

void ColumnWriter::WriteJson(const logs::ColumnBatch& batch, Vector& target) {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  for (size_t row = 0; row < batch.rows; ++row) json_->Read(source.At(row), target, row);
  HoldOwner(target, MakeOwner(batch.owner));
}

void ColumnWriter::WriteScalar(const logs::ColumnBatch& batch, Vector& target) const {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  for (size_t row = 0; row < batch.rows; ++row) {
    const std::string_view text = source.At(row);
    if (text.data() == nullptr) {
      SetNull(target, row);
    } else {
      SetScalarText(target, row, text, column_.type, column_.rules);
    }
  }
}

void ColumnWriter::WriteHiveText(const logs::ColumnBatch& batch, Vector& target) {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  for (size_t row = 0; row < batch.rows; ++row) hive_text_->Read(source.At(row), target, row);
}

void ColumnWriter::WriteInstant(const logs::ColumnBatch& batch, Vector& target) {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  auto* slots = FlatVector::GetData<int64_t>(target);
  for (size_t row = 0; row < batch.rows; ++row) {
    const std::string_view text = source.At(row);
    duckdb::timestamp_t instant;
    if (text.data() != nullptr && duckdb::Timestamp::TryConvertTimestamp(text.data(), text.size(), instant, false) ==
                                      duckdb::TimestampCastResult::SUCCESS) {
      slots[row] = sql::PackTimestamp(duckdb::Timestamp::GetEpochMs(instant), sql::kUtcKey);
    } else {
      FlatVector::SetNull(target, row, true);
    }
  }
}

void ColumnWriter::WriteChecksum(const logs::ColumnBatch& batch, Vector& target) const {
  const logs::ColumnVector& source = batch.columns[places_[0]];
  auto* slots = FlatVector::GetData<string_t>(target);
  for (size_t row = 0; row < batch.rows; ++row) {
    slots[row] = StringVector::AddString(target, codec::Base64Encode(codec::Sha256(source.At(row))));
  }
}

void ColumnWriter::WritePathDate(const logs::ColumnBatch& batch, Vector& target) {
  auto* slots = FlatVector::GetData<string_t>(target);
  for (size_t row = 0; row < batch.rows; ++row) {
    std::string text;
    bool whole = true;
    for (const size_t place : places_) {
      const std::string_view part = batch.columns[place].At(row);
      whole = whole && part.data() != nullptr;
      if (place != places_.front()) text.push_back(column_.separator);
      text.append(part);
    }
    if (whole) {
      slots[row] = StringVector::AddString(target, text);
    } else {
      FlatVector::SetNull(target, row, true);
    }
  }
}

}  // namespace opentrail::engine
