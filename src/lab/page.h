#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/server.h"
#include "lab/lab_state.h"

namespace opentrail::lab {

// The exercise's page, at http://localhost:PORT/TOKEN/: its steps with this run's values, and its key pair to download.
// Who does not know the token gets nothing.
//
//   GET  ""                        the page
//   GET  labsuser.pem, .ppk
//   GET  status.json               how far the attack is
//   POST attack                    have it come now
//   POST check                     {"user","time","address","method"}: how far the student is, as `opentrail lab check`
class Page final : public http::Handler {
 public:
  struct Parts {
    std::string data_directory;
    uint16_t server_port = 0;
    LabState lab;
  };
  // `attack` is called on the server's threads.
  Page(Parts parts, Clock& clock, std::function<void()> attack)
      : parts_(std::move(parts)), clock_(clock), attack_(std::move(attack)) {}
  boost::asio::awaitable<http::Response> Handle(http::RequestHead head, http::RequestBody& body) override;

 private:
  [[nodiscard]] http::Response Answer(const http::RequestHead& head, std::string_view body) const;
  [[nodiscard]] http::Response Check(std::string_view body) const;
  [[nodiscard]] http::Response Download(std::string_view file) const;
  [[nodiscard]] std::string Text() const;

  const Parts parts_;
  Clock& clock_;
  const std::function<void()> attack_;
};

[[nodiscard]] http::ServerLimits PageLimits();

// The template with each {{name}} replaced by its value, escaped for HTML; a name that is not known stays. Pure.
[[nodiscard]] std::string FillTemplate(std::string_view text,
                                       const std::vector<std::pair<std::string_view, std::string>>& values);

}  // namespace opentrail::lab
