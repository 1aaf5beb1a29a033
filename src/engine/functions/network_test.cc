#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class NetworkFunctionsTest : public FunctionTest {
 protected:
  NetworkFunctionsTest() { RegisterNetworkFunctions(Database()); }

  std::string Printed(const std::string& address) {
    return Eval("trino_cast_ipaddress_to_varchar(trino_cast_varchar_to_ipaddress('" + address + "'))");
  }
  std::string Contains(const std::string& cidr, const std::string& address) {
    return EvalRow("trino_cidr_contains('" + cidr + "', trino_try_cast_varchar_to_ipaddress(x))",
                   "'" + address + "' AS x");
  }
  std::string ContainsError(const std::string& cidr) {
    return EvalError("trino_cidr_contains('" + cidr + "', trino_cast_varchar_to_ipaddress('10.0.0.1'))");
  }
};

TEST_F(NetworkFunctionsTest, AddressesPrintAsJavaPrintsThem) {
  EXPECT_EQ(Printed("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(Printed("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(Printed("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(Printed("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1") << "one zero group stays";
  EXPECT_EQ(Printed("::"), "::");
  EXPECT_EQ(Printed("::1"), "::1");
  EXPECT_EQ(Printed("1::"), "1::");
  EXPECT_EQ(Printed("fe80::1%eth0"), "fe80::1") << "the zone is left out";
  EXPECT_EQ(Printed("::1.2.3.4"), "::102:304");
  EXPECT_EQ(Eval("octet_length(trino_cast_varchar_to_ipaddress('10.0.0.1'))"), "16");
}

TEST_F(NetworkFunctionsTest, WhatIsNoAddressIsRefused) {
  for (const std::string text : {"ec2.amazonaws.com", "10.0.0.256", "10.0.0", "10.0.0.01", "1::2::3", "fe80::1%",
                                 "10.0.0.1%eth0", "", "AWS Internal"}) {
    EXPECT_EQ(EvalError("trino_cast_varchar_to_ipaddress('" + text + "')"),
              "INVALID_CAST_ARGUMENT: Cannot cast value to IPADDRESS: " + text);
    EXPECT_EQ(Eval("trino_try_cast_varchar_to_ipaddress('" + text + "')"), "NULL");
  }
}

TEST_F(NetworkFunctionsTest, CidrContains) {
  EXPECT_EQ(Contains("10.0.0.0/8", "10.255.0.1"), "true");
  EXPECT_EQ(Contains("10.0.0.0/8", "11.0.0.1"), "false");
  EXPECT_EQ(Contains("203.0.113.128/25", "203.0.113.127"), "false");
  EXPECT_EQ(Contains("203.0.113.128/25", "203.0.113.200"), "true");
  EXPECT_EQ(Contains("10.0.0.1/32", "10.0.0.1"), "true");
  EXPECT_EQ(Contains("0.0.0.0/0", "8.8.8.8"), "true");
  EXPECT_EQ(Contains("0.0.0.0/0", "2001:db8::1"), "false");
  EXPECT_EQ(Contains("2001:db8::/32", "2001:db8:1::1"), "true");
  EXPECT_EQ(Contains("2001:db8::1/32", "2001:db9::1"), "false");
  EXPECT_EQ(Contains("::/0", "10.0.0.1"), "true");
  EXPECT_EQ(Contains("10.0.0.0/8", "ec2.amazonaws.com"), "NULL");
  EXPECT_EQ(ContainsError("10.0.0.0"), "INVALID_FUNCTION_ARGUMENT: Invalid CIDR");
  EXPECT_EQ(ContainsError("10.0.0.1/8"), "INVALID_FUNCTION_ARGUMENT: Invalid CIDR");
  EXPECT_EQ(ContainsError("x/8"), "INVALID_FUNCTION_ARGUMENT: Invalid network IP address");
  EXPECT_EQ(ContainsError("10.0.0.0/33"), "INVALID_FUNCTION_ARGUMENT: Invalid CIDR");
  EXPECT_EQ(ContainsError("10.0.0.0/-1"), "INVALID_FUNCTION_ARGUMENT: Invalid prefix length");
}

TEST_F(NetworkFunctionsTest, UrlParts) {
  const std::string url = "'https://user@shop.example.com:8443/caf%C3%A9/a;b?x=1&y=two%20words&flag&x=2#top%20'";
  EXPECT_EQ(Eval("trino_url_extract_protocol(" + url + ")"), "https");
  EXPECT_EQ(Eval("trino_url_extract_host(" + url + ")"), "shop.example.com");
  EXPECT_EQ(Eval("trino_url_extract_port(" + url + ")"), "8443");
  EXPECT_EQ(Eval("trino_url_extract_path(" + url + ")"), "/caf\xc3\xa9/a;b");
  EXPECT_EQ(Eval("trino_url_extract_query(" + url + ")"), "x=1&y=two words&flag&x=2");
  EXPECT_EQ(Eval("trino_url_extract_fragment(" + url + ")"), "top ");
  EXPECT_EQ(Eval("trino_url_extract_parameter(" + url + ", 'x')"), "1");
  EXPECT_EQ(Eval("trino_url_extract_parameter(" + url + ", 'y')"), "two words");
  EXPECT_EQ(Eval("trino_url_extract_parameter(" + url + ", 'flag')"), "");
  EXPECT_EQ(Eval("trino_url_extract_parameter(" + url + ", 'none')"), "NULL");
}

TEST_F(NetworkFunctionsTest, UrlsWithoutParts) {
  EXPECT_EQ(Eval("trino_url_extract_host('https://bad_name.example.com/x')"), "") << "no server's authority";
  EXPECT_EQ(Eval("trino_url_extract_host('/only/a/path')"), "");
  EXPECT_EQ(Eval("trino_url_extract_path('/only/a/path')"), "/only/a/path");
  EXPECT_EQ(Eval("trino_url_extract_port('http://a.b/')"), "NULL");
  EXPECT_EQ(Eval("trino_url_extract_host('http://[2001:db8::1]:80/')"), "[2001:db8::1]");
  EXPECT_EQ(Eval("trino_url_extract_host('http://10.0.0.1')"), "10.0.0.1");
  EXPECT_EQ(Eval("trino_url_extract_path('mailto:a@b.c')"), "");
  EXPECT_EQ(Eval("trino_url_extract_host('')"), "");
  for (const std::string text : {"http://a b/", "http://a/%zz", "http://", "1http://a", "http:", "http://a/<x>"}) {
    EXPECT_EQ(Eval("trino_url_extract_host('" + text + "')"), "NULL") << text;
  }
}

TEST_F(NetworkFunctionsTest, UrlCoding) {
  EXPECT_EQ(Eval("trino_url_encode('a b&c=\xc3\xa9~*-_.')"), "a+b%26c%3D%C3%A9%7E*-_.");
  EXPECT_EQ(Eval("trino_url_decode('a+b%26c%3D%C3%A9')"), "a b&c=\xc3\xa9");
  EXPECT_EQ(Eval("trino_url_decode('%ff')"), "\xef\xbf\xbd");
  EXPECT_EQ(EvalError("trino_url_decode('100%')"),
            "INVALID_FUNCTION_ARGUMENT: URLDecoder: Incomplete trailing escape (%) pattern");
}

}  // namespace
}  // namespace opentrail::engine
