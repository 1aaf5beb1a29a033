#include "cli/prompt.h"

#include <histedit.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "sql/function.h"

namespace opentrail::cli {
namespace {

constexpr std::string_view kHelp = R"(A statement may span lines and ends with ';'.
  .help             this
  .columns          the table's columns
  .output FORMAT    table, csv, json or jsonl
  .quit             leave; so does Ctrl-D
Tab completes; the arrow keys recall; Ctrl-C ends a running statement or clears what is typed.
)";

constexpr std::array kWords = {"SELECT",   "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT",      "HAVING",  "DISTINCT",
                               "COUNT(*)", "AS",   "AND",   "OR",       "NOT",      "LIKE",       "BETWEEN", "IS NULL",
                               "IN",       "WITH", "UNION", "JOIN",     "UNNEST",   "CROSS JOIN", "CASE",    "WHEN",
                               "THEN",     "ELSE", "END",   "INTERVAL", "DESC",     "CAST",       "TRY_CAST"};

// $XDG_STATE_HOME/opentrail/history, else ~/.local/state/opentrail/history; empty where there is no home.
std::filesystem::path HistoryFile() {
  const char* state = std::getenv("XDG_STATE_HOME");  // NOLINT(concurrency-mt-unsafe): no other thread runs yet
  const char* home = std::getenv("HOME");             // NOLINT(concurrency-mt-unsafe)
  std::filesystem::path folder;
  if (state != nullptr && *state != '\0') {
    folder = state;
  } else if (home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local" / "state";
  } else {
    return {};
  }
  std::error_code error;
  std::filesystem::create_directories(folder / "opentrail", error);
  return error ? std::filesystem::path() : folder / "opentrail" / "history";
}

// libedit's line editor with its history and our completion. Belongs to one thread; one at a time, for libedit's
// callbacks carry no pointer of ours but the client data.
class LineEditor {
 public:
  explicit LineEditor(std::vector<std::string> words) : words_(std::move(words)), history_file_(HistoryFile()) {
    std::sort(words_.begin(), words_.end());
    editor_.reset(el_init("opentrail", stdin, stdout, stderr));
    history_.reset(history_init());
    HistEvent event;
    history(history_.get(), &event, H_SETSIZE, 2000);
    history(history_.get(), &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_.get(), &event, H_LOAD, history_file_.c_str());
    el_set(editor_.get(), EL_CLIENTDATA, this);
    el_set(editor_.get(), EL_PROMPT, &LineEditor::Prompt);
    el_set(editor_.get(), EL_HIST, history, history_.get());
    el_set(editor_.get(), EL_EDITOR, "emacs");
    el_set(editor_.get(), EL_ADDFN, "complete", "Complete a word", &LineEditor::Complete);
    el_set(editor_.get(), EL_BIND, "^I", "complete", nullptr);
  }

  enum class Outcome { kLine, kInterrupted, kEnd };
  Outcome ReadLine(bool continued, std::string& line) {
    continued_ = continued;
    int length = 0;
    errno = 0;
    const char* text = el_gets(editor_.get(), &length);
    if (text == nullptr || length <= 0) {
      if (errno != EINTR) return Outcome::kEnd;
      el_reset(editor_.get());
      return Outcome::kInterrupted;
    }
    line.assign(text, static_cast<size_t>(length));
    return Outcome::kLine;
  }

  void Remember(const std::string& statement) {
    HistEvent event;
    history(history_.get(), &event, H_ENTER, statement.c_str());
    if (!history_file_.empty()) history(history_.get(), &event, H_SAVE, history_file_.c_str());
  }

 private:
  static LineEditor* Self(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return static_cast<LineEditor*>(self);
  }

  static char* Prompt(EditLine* editor) {
    static char first[] = "opentrail> ";
    static char next[] = "       ... ";
    return Self(editor)->continued_ ? next : first;
  }

  // Completes the word before the cursor as far as all candidates agree; lists them where they do not.
  static unsigned char Complete(EditLine* editor, int /*key*/) {
    const LineInfo* info = el_line(editor);
    const char* begin = info->cursor;
    while (begin > info->buffer &&
           (std::isalnum(static_cast<unsigned char>(begin[-1])) != 0 || begin[-1] == '_' || begin[-1] == '.'))
      --begin;
    const std::string_view typed(begin, static_cast<size_t>(info->cursor - begin));
    const auto candidates = Self(editor)->Candidates(typed);
    if (candidates.empty()) return CC_REFRESH_BEEP;
    std::string common = candidates[0];
    for (const std::string& candidate : candidates) {
      size_t same = 0;
      while (same < common.size() && same < candidate.size() &&
             std::tolower(common[same]) == std::tolower(candidate[same]))
        ++same;
      common.resize(same);
    }
    if (common.size() > typed.size()) {
      el_insertstr(editor, common.substr(typed.size()).c_str());
      return CC_REFRESH;
    }
    fmt::print("\n");
    for (const std::string& candidate : candidates) fmt::print("{}  ", candidate);
    fmt::print("\n");
    return CC_REDISPLAY;
  }

  std::vector<std::string> Candidates(std::string_view typed) const {
    std::vector<std::string> found;
    if (typed.empty()) return found;
    for (const std::string& word : words_) {
      const bool matches =
          word.size() >= typed.size() && std::equal(typed.begin(), typed.end(), word.begin(), [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
          });
      if (matches) found.push_back(word);
    }
    return found;
  }

  struct EndEditor {
    void operator()(EditLine* editor) const { el_end(editor); }
  };
  struct EndHistory {
    void operator()(History* history) const { history_end(history); }
  };

  std::vector<std::string> words_;
  std::filesystem::path history_file_;
  std::unique_ptr<History, EndHistory> history_;
  std::unique_ptr<EditLine, EndEditor> editor_;
  bool continued_ = false;
};

const catalog::Table* MainTable(engine::Engine& engine) {
  return engine.Catalog().FindTable("default", "cloudtrail_logs");
}

std::vector<std::string> CompletionWords(engine::Engine& engine) {
  std::vector<std::string> words(kWords.begin(), kWords.end());
  for (const sql::FunctionSignature& function : sql::AllFunctions()) words.emplace_back(function.name);
  words.emplace_back("cloudtrail_logs");
  if (const catalog::Table* table = MainTable(engine)) {
    for (const catalog::Column& column : table->columns) words.push_back(column.name);
  }
  for (const char* field :
       {"useridentity.arn", "useridentity.username", "useridentity.type", "useridentity.accountid",
        "useridentity.accesskeyid", "useridentity.principalid", "useridentity.sessioncontext.sessionissuer.username"}) {
    words.emplace_back(field);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

void PrintColumns(engine::Engine& engine) {
  const catalog::Table* table = MainTable(engine);
  if (table == nullptr) return;
  for (const catalog::Column& column : table->columns) {
    fmt::print("{:<28} {}{}\n", column.name, column.hidden ? "(hidden) " : "", column.hive_type);
  }
}

// A line that starts with a dot. False: leave.
bool RunCommand(engine::Engine& engine, std::string_view line, StatementOptions& options) {
  const auto blank = line.find_first_of(" \t");
  const std::string_view command = line.substr(0, blank);
  std::string_view argument =
      blank == std::string_view::npos ? std::string_view() : line.substr(line.find_first_not_of(" \t", blank));
  if (command == ".quit" || command == ".exit") return false;
  if (command == ".help") {
    fmt::print("{}", kHelp);
  } else if (command == ".columns") {
    PrintColumns(engine);
  } else if (command == ".output") {
    const auto format = ParseOutputFormat(argument);
    if (format && *format != OutputFormat::kParquet) {
      options.format = *format;
    } else {
      fmt::print(stderr, ".output takes table, csv, json or jsonl\n");
    }
  } else {
    fmt::print(stderr, "no command {}; .help lists them\n", command);
  }
  return true;
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

int RunPrompt(engine::Engine& engine, const StatementOptions& options, CancelToken& cancel) {
  StatementOptions current = options;
  LineEditor editor(CompletionWords(engine));
  fmt::print("opentrail: Athena SQL over the table cloudtrail_logs. End a statement with ';'. .help helps.\n");
  std::string statement;
  std::string line;
  while (true) {
    const auto outcome = editor.ReadLine(!statement.empty(), line);
    cancel.Reset();
    if (outcome == LineEditor::Outcome::kEnd) break;
    if (outcome == LineEditor::Outcome::kInterrupted) {
      statement.clear();
      fmt::print("\n");
      continue;
    }
    const std::string_view trimmed = Trimmed(line);
    if (statement.empty() && trimmed.starts_with('.')) {
      editor.Remember(std::string(trimmed));
      if (!RunCommand(engine, trimmed, current)) break;
      continue;
    }
    statement += line;
    if (!trimmed.ends_with(';')) {
      if (Trimmed(statement).empty()) statement.clear();
      continue;
    }
    editor.Remember(std::string(Trimmed(statement)));
    (void)RunStatement(engine, statement, current, stdout, cancel);  // told on the terminal; the prompt goes on
    statement.clear();
  }
  fmt::print("\n");
  return kExitOk;
}

}  // namespace opentrail::cli
