#include <utility>

#include "catalog/catalog.h"

// The table over CloudTrail's logs as Athena's documentation declares it (docs: "Create a table for CloudTrail logs in
// Athena"); the console's own statement is the same without the newest columns.
namespace opentrail::catalog {

namespace {

constexpr std::string_view kText = "string";

constexpr std::string_view kUserIdentity =
    "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,"
    "username:string,onbehalfof:struct<userid:string,identitystorearn:string>,"
    "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,"
    "ec2roledelivery:string,"
    "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>";
constexpr std::string_view kResources = "array<struct<arn:string,accountid:string,type:string>>";
constexpr std::string_view kAddendum =
    "struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>";
constexpr std::string_view kTlsDetails = "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>";

using NameAndType = std::pair<std::string_view, std::string_view>;

constexpr NameAndType kColumns[] = {
    {"eventversion", kText},
    {"useridentity", kUserIdentity},
    {"eventtime", kText},
    {"eventsource", kText},
    {"eventname", kText},
    {"awsregion", kText},
    {"sourceipaddress", kText},
    {"useragent", kText},
    {"errorcode", kText},
    {"errormessage", kText},
    {"requestparameters", kText},
    {"responseelements", kText},
    {"additionaleventdata", kText},
    {"requestid", kText},
    {"eventid", kText},
    {"resources", kResources},
    {"eventtype", kText},
    {"apiversion", kText},
    {"readonly", kText},
    {"recipientaccountid", kText},
    {"serviceeventdetails", kText},
    {"sharedeventid", kText},
    {"vpcendpointid", kText},
    {"vpcendpointaccountid", kText},
    {"eventcategory", kText},
    {"addendum", kAddendum},
    {"sessioncredentialfromconsole", kText},
    {"edgedevicedetails", kText},
    {"tlsdetails", kTlsDetails},
};

// https://trino.io/docs/current/connector/hive.html#metadata-columns
constexpr NameAndType kFileColumns[] = {
    {"$path", kText},
    {"$file_size", "bigint"},
    {"$file_modified_time", "timestamp with local time zone"},
};

// What a file's path says, under each name that tables in use give it as a partition column.
constexpr NameAndType kPathColumns[] = {
    {"account", kText},
    {"accountid", kText},
    {"account_id", kText},
    {"p_account", kText},
    {"account_partition", kText},
    {"region", kText},
    {"p_region", kText},
    {"region_partition", kText},
    {"organization", kText},
    {"year", kText},
    {"month", kText},
    {"day", kText},
    {"timestamp", kText},
    {"date", kText},
    {"dt", kText},
    {"p_date", kText},
    {"event_date", kText},
    {"eventdate", kText},
    {"partition_date", kText},
    {"date_partition", kText},
    {"log_date", kText},
};

void AddHidden(std::span<const NameAndType> columns, Table& table) {
  for (const auto& [column, type] : columns) {
    table.columns.push_back({std::string(column), std::string(type), true});
  }
}

}  // namespace

void AddFileColumns(Table& table) { AddHidden(kFileColumns, table); }

void AddPathColumns(Table& table) { AddHidden(kPathColumns, table); }

Table CloudTrailTable(std::string database, std::string name) {
  Table table{"awsdatacatalog", std::move(database), std::move(name), {}};
  for (const auto& [column, type] : kColumns) table.columns.push_back({std::string(column), std::string(type), false});
  AddFileColumns(table);
  AddPathColumns(table);
  return table;
}

}  // namespace opentrail::catalog
