#include <gtest/gtest.h>

#include "instances/dns_message.h"
#include "instances/dns_names.h"
#include "instances/metadata_test_support.h"
#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

using namespace std::string_literals;

std::string QueryFor(std::string_view name, uint16_t type, bool edns = false) {
  std::string query = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00"s + (edns ? '\1' : '\0');
  for (std::string_view rest = name; !rest.empty();) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    query += static_cast<char>(label.size());
    query += label;
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  query += "\0"s + static_cast<char>(type >> 8) + static_cast<char>(type & 0xff) + "\0\1"s;
  if (edns) query += "\0\0\x29\x04\xd0\0\0\0\0\0\0"s;
  return query;
}

TEST(DnsMessageTest, ReadsAQuestion) {
  const auto query = ParseDnsQuery(QueryFor("S3.AmazonAWS.com", 1, true));
  ASSERT_TRUE(query);
  EXPECT_EQ(query->id, 0x1234);
  EXPECT_EQ(query->name, "s3.amazonaws.com");
  EXPECT_EQ(query->type, 1);
  EXPECT_TRUE(query->has_edns);
  EXPECT_TRUE(query->wants_recursion);
}

TEST(DnsMessageTest, AnswersWithTheQuestionAsItCame) {
  const auto query = ParseDnsQuery(QueryFor("S3.amazonaws.com", 1));
  DnsReply reply;
  reply.addresses = {MakeIpv4(1, 2, 3, 4)};
  EXPECT_EQ(WriteDnsAnswer(*query, reply), "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"s + "\x02S3\x09"s +
                                               "amazonaws\x03"s + "com\0"s + "\0\1\0\1"s +
                                               "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"s);
}

TEST(DnsMessageTest, RefusesWhatIsMalformed) {
  const std::string good = QueryFor("a.b", 1);
  for (size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(ParseDnsQuery(good.substr(0, size))) << size;
  EXPECT_FALSE(ParseDnsQuery(good.substr(0, 11)).error());  // not even a header: no answer
  std::string response = good;
  response[2] = '\x81';
  EXPECT_FALSE(ParseDnsQuery(response).error()) << "two resolvers must not answer each other for ever";
  std::string two = good;
  two[5] = 2;
  EXPECT_EQ(ParseDnsQuery(two).error()->code, DnsCode::kFormatError);
  std::string update = good;
  update[2] = '\x28';
  EXPECT_EQ(ParseDnsQuery(update).error()->code, DnsCode::kNotImplemented);
  std::string pointer = good;
  pointer[12] = '\xc0';
  EXPECT_EQ(ParseDnsQuery(pointer).error()->code, DnsCode::kFormatError);
  EXPECT_EQ(ParseDnsQuery(QueryFor(std::string(63, 'a'), 1))->name.size(), 63U);
  std::string name = std::string(63, 'a');
  for (int i = 0; i < 3; ++i) name += "." + std::string(63, 'a');
  EXPECT_EQ(ParseDnsQuery(QueryFor(name, 1)).error()->code, DnsCode::kFormatError) << "256 bytes";
}

class DnsNamesTest : public testing::Test {
 protected:
  DnsNamesTest() { directory_.Put(SampleInstance("i-1", "172.31.0.11", "203.0.113.7")); }
  // "" for no such name, "-" for nothing of the type, "refused".
  std::string Look(std::string_view vpc, std::string_view name, DnsType type = DnsType::kA) {
    const DnsReply reply = names_.Resolve(vpc, name, static_cast<uint16_t>(type));
    if (reply.code == DnsCode::kRefused) return "refused";
    if (reply.code == DnsCode::kNoSuchName) return "";
    if (!reply.addresses.empty()) return reply.addresses.front().Text();
    return reply.names.empty() ? "-" : reply.names.front();
  }
  FakeDirectory directory_;
  DnsNames names_{directory_};
};

TEST_F(DnsNamesTest, KnowsTheEndpoints) {
  for (const std::string_view name :
       {"s3.amazonaws.com", "ec2.us-east-1.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com"}) {
    EXPECT_EQ(Look("vpc-0a", name), kEndpointAddress.Text());
    EXPECT_EQ(Look("", name), kEndpointAddress.Text());
    EXPECT_EQ(names_.Resolve("vpc-0a", name, 28).code, DnsCode::kNoError);
  }
  EXPECT_EQ(Look("vpc-0a", "s3.amazonaws.com", DnsType::kPtr), "-");
  EXPECT_EQ(Look("vpc-0a", "example.com"), "refused");
  EXPECT_EQ(Look("vpc-0a", "amazonaws.com.example.org"), "refused");
  EXPECT_EQ(Look("vpc-0a", ""), "refused");
}

TEST_F(DnsNamesTest, KnowsInstances) {
  EXPECT_EQ(Look("vpc-0a", "ip-172-31-0-11.ec2.internal"), "172.31.0.11");
  EXPECT_EQ(Look("vpc-0b", "ip-172-31-0-11.ec2.internal"), "");
  EXPECT_EQ(Look("", "ip-172-31-0-11.ec2.internal"), "refused");
  EXPECT_EQ(Look("vpc-0a", "ip-172-31-0-12.ec2.internal"), "");
  EXPECT_EQ(Look("vpc-0a", "ip-172-31-0-11.eu-west-1.compute.internal"), "");
  EXPECT_EQ(Look("vpc-0a", "ip-172-31-0.ec2.internal"), "");
  EXPECT_EQ(Look("vpc-0a", "instance-data.ec2.internal"), "169.254.169.254");
  // A public name is the private address to whoever is in the VPC.
  EXPECT_EQ(Look("vpc-0a", "ec2-203-0-113-7.compute-1.amazonaws.com"), "172.31.0.11");
  EXPECT_EQ(Look("vpc-0b", "ec2-203-0-113-7.compute-1.amazonaws.com"), "203.0.113.7");
  EXPECT_EQ(Look("", "ec2-203-0-113-7.compute-1.amazonaws.com"), "203.0.113.7");
  EXPECT_EQ(Look("", "ec2-203-0-113-8.compute-1.amazonaws.com"), "");
}

TEST_F(DnsNamesTest, KnowsAddresses) {
  EXPECT_EQ(Look("vpc-0a", "11.0.31.172.in-addr.arpa", DnsType::kPtr), "ip-172-31-0-11.ec2.internal");
  EXPECT_EQ(Look("", "11.0.31.172.in-addr.arpa", DnsType::kPtr), "");
  EXPECT_EQ(Look("", "7.113.0.203.in-addr.arpa", DnsType::kPtr), "ec2-203-0-113-7.compute-1.amazonaws.com");
  for (const std::string_view odd :
       {".in-addr.arpa", "1.2.3.in-addr.arpa", "1.2.3.4.5.in-addr.arpa", "..1.2.in-addr.arpa"}) {
    EXPECT_EQ(Look("vpc-0a", odd, DnsType::kPtr), "") << odd;
  }
}

}  // namespace
}  // namespace opentrail::instances
