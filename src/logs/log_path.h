#pragma once

#include <span>
#include <string>
#include <string_view>

#include "logs/log_file.h"
#include "logs/predicate.h"

// What the path of a log file says, and which files it lets a question leave out.
namespace opentrail::logs {

// Reads AWSLogs/[<organization>/]<account>/CloudTrail*/<region>/<yyyy>/<mm>/<dd>/ from the folders, and where they do not
// say, <account>_CloudTrail_<region>_<yyyymmdd>T<hhmm>Z_* (or with '-' before the time) from the file's name.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
[[nodiscard]] PathFacts ParsePath(std::string_view path);

// The text of a field that the file itself answers ("$path", "$region", ...); empty with data() == nullptr: NULL.
// `room` holds the text where the path does not.
[[nodiscard]] std::string_view FileFieldText(const LogFile& file, const PathFacts& facts, std::string_view field,
                                             std::string& room);

// True: no event behind this path can pass all predicates. Decides on the fields that start with '$', and on eventtime.
[[nodiscard]] bool IsPrunedByPath(const LogFile& file, std::span<const Predicate> predicates);

}  // namespace opentrail::logs
