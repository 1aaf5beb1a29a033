-- What the corpus asks beside CloudTrail's logs: tables in the shapes that its queries name, each over the folder of its
-- name, whose rows are invented. tests/corpus_test.cc reads this.

CREATE EXTERNAL TABLE vpc_flow_logs (
  version int, account_id string, interface_id string, srcaddr string, dstaddr string, srcport int, dstport int,
  protocol bigint, packets bigint, bytes bigint, `start` bigint, `end` bigint, action string, log_status string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 'vpc_flow_logs'
TBLPROPERTIES ('skip.header.line.count' = '1');

-- The columns' names of older flow logs, and the partition keys as columns.
CREATE EXTERNAL TABLE vpcflow (
  version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int,
  destinationport int, protocol int, numpackets int, numbytes bigint, starttime int, endtime int, action string,
  logstatus string, date_partition string, account_partition string, region_partition string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 'vpcflow';

CREATE EXTERNAL TABLE vpcflow_of_days (
  version int, account string, interfaceid string, sourceaddress string, destinationaddress string, sourceport int,
  destinationport int, protocol int, numpackets int, numbytes bigint, starttime int, endtime int, action string,
  logstatus string, `date` date)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 'vpcflow_of_days';

CREATE EXTERNAL TABLE s3_access_logs (
  bucket string, request_datetime string, remote_ip string, requester string, operation string, key string,
  http_status string, bytes_sent bigint, total_time string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
LOCATION 's3_access_logs';

CREATE EXTERNAL TABLE cloudfront_logs (
  `date` date, `time` string, `c-ip` string, `cs-uri-stem` string, `sc-status` int, `time-taken` float)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
LOCATION 'cloudfront_logs'
TBLPROPERTIES ('skip.header.line.count' = '2');

CREATE EXTERNAL TABLE waf_logs (
  `timestamp` bigint, terminatingruleid string, action string,
  httprequest struct<clientip:string, country:string, uri:string, httpmethod:string>)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 'waf_logs';

CREATE EXTERNAL TABLE awsconfig (
  fileversion string, configsnapshotid string,
  configurationitems array<struct<configurationitemcapturetime:string, resourcetype:string, resourceid:string>>)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
LOCATION 'awsconfig';

-- An event data store of AWS Config's configuration items.
CREATE EXTERNAL TABLE config_items (
  eventversion string, eventcategory string, eventtype string, eventid string, eventtime timestamp, awsregion string,
  recipientaccountid string, addendum map<string, string>,
  eventdata struct<accountid:string, resourcetype:string, resourceid:string, resourcename:string, arn:string,
    awsregion:string, availabilityzone:string, configuration:map<string, string>, tags:map<string, string>>,
  eventjson string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
LOCATION 'config_items';
