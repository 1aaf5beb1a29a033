// Blocks of the journal: any bytes as a block, and any text in a whole one. What is read lies within the text, in
// order, and the same once more after Rewind; a fault is told.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/journal_block.h"

namespace {

using namespace opentrail::store;

size_t Walk(JournalBlock& block, size_t& bytes) {
  size_t entries = 0;
  bytes = 0;
  for (JournalRecord entry; block.Next(entry); ++entries) {
    if (entry.seq != static_cast<int64_t>(entries) + 1) std::abort();
    bytes += entry.region.size() + entry.record.size();
  }
  return entries;
}

void Read(std::string_view bytes, int64_t last, size_t max_bytes) {
  JournalBlock block;
  if (!block.Open(bytes, 1, last)) return;
  size_t first_bytes = 0, second_bytes = 0;
  const size_t entries = Walk(block, first_bytes);
  if (first_bytes > max_bytes || entries > static_cast<size_t>(last)) std::abort();
  if (block.status() && entries != static_cast<size_t>(last)) std::abort();
  block.Rewind();
  if (Walk(block, second_bytes) != entries || first_bytes != second_bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const int64_t last = data[0] % 8;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Read(text, last, kMaxBlockBytes);
  Read(opentrail::codec::ZstdCompressor(1).Compress(text), last, text.size());
  return 0;
}
