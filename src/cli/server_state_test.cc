#include "cli/server_state.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace opentrail::cli {
namespace {

TEST(ServerState, IsBelievedWhileThatVeryProcessRuns) {
  char name[] = "/tmp/opentrail-state-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string data = name;
  EXPECT_EQ(ReadServerState(data).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(WriteServerState(data, {getpid(), "127.0.0.1", 4711}).has_value());
  const auto read = ReadServerState(data);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->pid, getpid());
  EXPECT_EQ(read->port, 4711);

  // The number has gone to another process since: it was started at another time.
  std::stringstream text;
  text << std::ifstream(data + "/server.json").rdbuf();
  std::string older = text.str();
  const std::string member = "\"started\":\"";
  older.insert(older.find(member) + member.size(), "1");
  std::ofstream(data + "/server.json") << older;
  EXPECT_EQ(ReadServerState(data).error().code, ErrorCode::kNotFound);
  std::filesystem::remove_all(data);
}

}  // namespace
}  // namespace opentrail::cli
