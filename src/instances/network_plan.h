#pragma once

#include <cstdint>

#include "instances/network_address.h"

// The addresses that the network itself uses. All of them live inside namespaces of its own, save the user's.
namespace opentrail::instances {

constexpr Ipv4 MakeIpv4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return {a << 24 | b << 16 | c << 8 | d}; }

// Where the AWS endpoints are, as seen from every instance and from the internet; its resolver, too. Of the range that
// RFC 2544 keeps for benchmarks: nobody's.
inline constexpr Ipv4 kEndpointAddress = MakeIpv4(198, 18, 0, 1);
// In a router, for instances that have no way out: what an interface endpoint of the VPC would be.
inline constexpr Ipv4 kLocalEndpointAddress = MakeIpv4(169, 254, 169, 2);
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
inline constexpr Ipv4 kMetadataAddress = MakeIpv4(169, 254, 169, 254);
// The resolver of every VPC, beside its second address
// (https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
inline constexpr Ipv4 kResolverAddress = MakeIpv4(169, 254, 169, 253);
inline constexpr uint32_t kRouterOffset = 1, kResolverOffset = 2;  // of a subnet's and a VPC's first address

// A router's own address on its way out, by its number from 1.
inline constexpr uint32_t kMaxRouters = 4096;
constexpr Ipv4 UplinkAddress(uint32_t number) { return {MakeIpv4(198, 18, 1, 0).bits + number}; }

// The user's own address as instances see it ("My IP"): one of these ranges' that the host does not use, mostly the
// same for the same data directory.
inline constexpr Ipv4Prefix kUserRanges[] = {{MakeIpv4(198, 18, 0, 0), 24}, {MakeIpv4(198, 19, 255, 0), 24}};
inline constexpr uint32_t kFirstUser = 2, kLastUser = 254;  // of a range's first address
// Where public addresses come from, as far as the host leaves them free (RFC 5737: nobody's).
inline constexpr Ipv4Prefix kPublicRanges[] = {
    {MakeIpv4(198, 51, 100, 0), 24}, {MakeIpv4(203, 0, 113, 0), 24}, {MakeIpv4(192, 0, 2, 0), 24}};

// What no host can have: this machine's own, links', several at once, and the network's own addresses above.
inline constexpr Ipv4Prefix kReservedRanges[] = {{MakeIpv4(0, 0, 0, 0), 8},
                                                 {MakeIpv4(127, 0, 0, 0), 8},
                                                 {MakeIpv4(169, 254, 0, 0), 16},
                                                 {MakeIpv4(198, 18, 0, 0), 15},
                                                 {MakeIpv4(224, 0, 0, 0), 3}};

inline constexpr uint32_t kVpcMtu = 9001;  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
inline constexpr uint32_t kInternetMtu = 1500;

}  // namespace opentrail::instances
