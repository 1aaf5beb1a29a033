#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <libstemmer.h>

#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"

// word_stem, by Snowball's stemmers, which Trino's are a port of.
namespace opentrail::engine {
namespace {

// By Trino's codes, with Snowball's names.
constexpr std::array<std::pair<std::string_view, const char*>, 20> kLanguages = {
    {{"ca", "catalan"},    {"da", "danish"},   {"de", "german"},     {"en", "english"},   {"es", "spanish"},
     {"eu", "basque"},     {"fi", "finnish"},  {"fr", "french"},     {"hu", "hungarian"}, {"hy", "armenian"},
     {"ir", "irish"},      {"it", "italian"},  {"lt", "lithuanian"}, {"nl", "dutch"},     {"no", "norwegian"},
     {"pt", "portuguese"}, {"ro", "romanian"}, {"ru", "russian"},    {"sv", "swedish"},   {"tr", "turkish"}}};

struct EndStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

// The stemmers of one place in a query, each made when it is first needed. A copy begins with none.
class Stemmers {
 public:
  Stemmers() = default;
  Stemmers(const Stemmers& /*other*/) {}
  Stemmers& operator=(const Stemmers&) = delete;

  std::string_view Stem(std::string_view word, std::string_view language) {
    sb_stemmer* const stemmer = Of(language);
    const auto* stem =
        sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (stem == nullptr) throw std::bad_alloc();
    return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer))};
  }

 private:
  sb_stemmer* Of(std::string_view language) {
    if (const auto known = stemmers_.find(language); known != stemmers_.end()) return known->second.get();
    const auto found = std::ranges::find(kLanguages, language, [](const auto& entry) { return entry.first; });
    if (found == kLanguages.end()) ThrowInvalidArgument("Unknown stemmer language: {}", language);
    std::unique_ptr<sb_stemmer, EndStemmer> stemmer(sb_stemmer_new(found->second, "UTF_8"));
    if (!stemmer) throw std::bad_alloc();
    return stemmers_.emplace(language, std::move(stemmer)).first->second.get();
  }

  std::map<std::string, std::unique_ptr<sb_stemmer, EndStemmer>, std::less<>> stemmers_;
};

struct WordStem {
  Stemmers stemmers;
  std::string_view operator()(std::string_view word, std::string_view language) {
    return stemmers.Stem(word, language);
  }
};

}  // namespace

void RegisterWordStem(duckdb::DatabaseInstance& database) { RegisterScalar(database, "trino_word_stem", WordStem{}); }

}  // namespace opentrail::engine
