#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <list>

#include <boost/asio/ip/tcp.hpp>

namespace opentrail::http {

// Cuts off what takes too long. A timer for each wait would cost more than the wait: one sweep over a thread's
// connections, several times a limit, does for all. Belongs to one thread. Internal to http/.
class Deadlines {
 public:
  // A connection's deadline, while it is there. The socket outlives it.
  class Watch {
   public:
    Watch(Deadlines& deadlines, boost::asio::ip::tcp::socket& socket)
        : deadlines_(deadlines), socket_(socket), place_(deadlines.watches_.insert(deadlines.watches_.end(), this)) {}
    ~Watch() { deadlines_.watches_.erase(place_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // What the socket waits for fails once the time is over, again and again until Disarm.
    void ArmUntil(int64_t milliseconds) {
      until_ = milliseconds;
      expired_ = false;
    }
    void Arm(int64_t timeout_ms) { ArmUntil(Now() + timeout_ms); }
    void Disarm() { until_ = kNever; }
    [[nodiscard]] bool expired() const { return expired_; }

   private:
    friend class Deadlines;
    static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
    Deadlines& deadlines_;
    boost::asio::ip::tcp::socket& socket_;
    std::list<Watch*>::iterator place_;
    int64_t until_ = kNever;
    bool expired_ = false;
  };

  static int64_t Now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

  void Sweep() {
    const int64_t now = Now();
    for (Watch* watch : watches_) {
      if (watch->until_ > now) continue;
      watch->expired_ = true;
      boost::system::error_code ignored;
      watch->socket_.cancel(ignored);
    }
  }

 private:
  std::list<Watch*> watches_;
};

}  // namespace opentrail::http
