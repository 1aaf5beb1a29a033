CREATE EXTERNAL TABLE IF NOT EXISTS d.t (a STRING COMMENT 'x', u STRUCT<type: STRING, s: MAP<STRING,ARRAY<INT>>>, d decimal(10,2), v varchar(20))
COMMENT 'it\'s' PARTITIONED BY (`timestamp` string) CLUSTERED BY (a) INTO 4 BUCKETS
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json'='true')
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://bucket/AWSLogs/123456789012/CloudTrail/' TBLPROPERTIES ("projection.enabled"="true")
