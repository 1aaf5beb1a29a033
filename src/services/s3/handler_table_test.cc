#include "services/s3/handler_table.h"

#include <gtest/gtest.h>

#include "protocol/model.h"

namespace opentrail::services::s3 {
namespace {

TEST(HandlerTableTest, AgreesWithTheModel) {
  const protocol::Service* model = protocol::FindService("s3");
  ASSERT_NE(model, nullptr);
  for (const Handler& handler : Handlers()) {
    const protocol::Operation* operation = model->Find(handler.operation);
    ASSERT_NE(operation, nullptr) << handler.operation;
    EXPECT_NE(handler.authorize, nullptr) << handler.operation;
    EXPECT_EQ(operation->streaming_input, handler.begin_body != nullptr) << handler.operation;
  }
}

}  // namespace
}  // namespace opentrail::services::s3
