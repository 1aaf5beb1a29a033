#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/account_client.h"
#include "lab/evidence.h"
#include "lab/lab_state.h"

namespace opentrail::lab {

// One thing that the exercise asks for.
struct Finding {
  std::string id;    // "session-ended": for programs
  std::string task;  // "5.1"
  std::string what;  // "chaos-user is not logged in"
  bool is_done = false;
  std::string hint;  // what is missing, or what to try next; "" where it is done
};

[[nodiscard]] Value ToValue(const Finding& finding);

// Looks at the account by its API (as the lab's own user, who changes nothing), at the web server over SSH, and at the
// website: nothing is believed that cannot be seen. A step that cannot be looked at is not done; its hint says why.
// Takes up to some ten seconds where the web server does not answer.
[[nodiscard]] std::vector<Finding> CheckLab(AccountClient& account, const std::string& data_directory, LabState lab,
                                            const Answers& answers);

// The four answers of the Challenge alone. Pure.
[[nodiscard]] std::vector<Finding> GradeAnswers(const Answers& answers, const Evidence& evidence);

// The answers with those that were given before in place of what is left open; kept in DATA/lab for the next time.
[[nodiscard]] Answers RememberAnswers(const std::string& data_directory, Answers answers);

}  // namespace opentrail::lab
