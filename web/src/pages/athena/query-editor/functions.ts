/** Functions that are offered while typing: what questions to a trail are made of. */
export const FUNCTIONS = [
  "approx_distinct", "approx_percentile", "arbitrary", "array_agg", "array_distinct", "array_join", "avg", "bool_and", "bool_or", "cardinality", "cast", "ceil", "coalesce",
  "concat", "contains", "count", "count_if", "current_timestamp", "date", "date_add", "date_diff", "date_format", "date_parse", "date_trunc", "element_at", "filter", "first_value",
  "floor", "format_datetime", "from_iso8601_timestamp", "from_unixtime", "greatest", "if", "json_array_length", "json_extract", "json_extract_scalar", "json_format", "json_parse",
  "lag", "lead", "least", "length", "lower", "map_agg", "max", "max_by", "min", "min_by", "now", "nullif", "rank", "regexp_extract", "regexp_like", "regexp_replace", "replace",
  "round", "row_number", "sequence", "split", "split_part", "strpos", "substr", "sum", "to_unixtime", "transform", "trim", "try", "try_cast", "upper", "url_extract_host",
];
