import { SQLDialect } from "@codemirror/lang-sql";

/** The words of Athena: Trino's, and Hive's where tables are defined. */
export const ATHENA = SQLDialect.define({
  keywords:
    "add all alter analyze and any array as asc avro between bucket by case cast columns comment create cross cube current current_date current_time current_timestamp data database " +
    "databases deallocate delete delimited desc describe distinct drop else end escape except execute exists explain external extract fetch fields filter first following for format " +
    "formatted from full group grouping having if ignore in inner inputformat insert intersect interval into is join json last lateral left like limit lines location map merge msck " +
    "natural next not null nulls of offset on only optimize or orc order ordinality outer outputformat over parquet partition partitioned partitions preceding prepare properties range " +
    "recursive rename repair replace respect right rollup row rows schema schemas select serde serdeproperties set sets show some stored struct table tables tablesample tblproperties " +
    "terminated textfile then to truncate try unbounded union unload unnest update using values view views when where window with within without zone",
  types: "bigint binary boolean char date decimal double float int integer ipaddress json real smallint string time timestamp tinyint uuid varbinary varchar",
  builtin: "",
  identifierQuotes: '"`',
  operatorChars: "+-*/%<>=!|",
});
