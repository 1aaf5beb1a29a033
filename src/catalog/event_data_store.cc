#include "catalog/event_data_store.h"

#include <utility>

namespace opentrail::catalog {
namespace {

constexpr std::string_view kText = "string";
constexpr std::string_view kTexts = "map<string,string>";

constexpr std::string_view kUserIdentity =
    "struct<type:string,principalid:string,arn:string,accountid:string,accesskeyid:string,username:string,"
    "sessioncontext:struct<attributes:struct<creationdate:timestamp,mfaauthenticated:string>,"
    "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,"
    "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>,"
    "sourceidentity:string,ec2roledelivery:string,ec2issuedinvpc:string>,"
    "onbehalfof:struct<userid:string,identitystorearn:string>,"
    "inscopeof:struct<sourcearn:string,sourceaccount:string,issuertype:string,credentialsissuedto:string>,"
    "invokedby:string,identityprovider:string>";

struct Described {
  std::string_view name;
  std::string_view type;
  ColumnSource source = ColumnSource::kKey;
};

constexpr Described kColumns[] = {
    {"eventversion", kText},
    {"useridentity", kUserIdentity},
    {"eventtime", "timestamp"},
    {"eventsource", kText},
    {"eventname", kText},
    {"awsregion", kText},
    {"sourceipaddress", kText},
    {"useragent", kText},
    {"errorcode", kText},
    {"errormessage", kText},
    {"requestparameters", kTexts},
    {"responseelements", kTexts},
    {"additionaleventdata", kTexts},
    {"requestid", kText},
    {"eventid", kText},
    {"readonly", "boolean"},
    {"resources", "array<struct<accountid:string,type:string,arn:string,arnprefix:string>>"},
    {"eventtype", kText},
    {"apiversion", kText},
    {"managementevent", "boolean"},
    {"recipientaccountid", kText},
    {"sharedeventid", kText},
    {"annotation", kText},
    {"vpcendpointid", kText},
    {"vpcendpointaccountid", kText},
    {"serviceeventdetails", kTexts},
    {"addendum", kTexts},
    {"edgedevicedetails", kTexts},
    {"insightdetails", kTexts},
    {"eventcategory", kText},
    {"tlsdetails", "struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>"},
    {"sessioncredentialfromconsole", kText},
    {"eventjson", kText, ColumnSource::kRecord},
    {"eventjsonchecksum", kText, ColumnSource::kRecordChecksum},
};

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool IsEventDataStoreId(std::string_view name) {
  if (name.size() != kEventDataStoreIdLength) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? name[i] != '-' : !IsHexDigit(name[i])) return false;
  }
  return true;
}

Table EventDataStoreTable(std::string database, std::string name) {
  Table table{"awsdatacatalog", std::move(database), std::move(name), {}};
  for (const Described& column : kColumns) {
    table.columns.push_back(
        {.name = std::string(column.name), .hive_type = std::string(column.type), .source = column.source});
  }
  AddFileColumns(table);
  AddPathColumns(table);
  return table;
}

}  // namespace opentrail::catalog
