#pragma once

#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"
#include "store/committer.h"

// How a coroutine of the server waits for other threads; it goes on where it was.
namespace opentrail::gateway {

// Waits until `work` is durable, or has failed.
inline boost::asio::awaitable<Status> Commit(store::Committer& committer, store::Committer::Work work) {
  namespace asio = boost::asio;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Status)>(
      [&committer](auto handler, store::Committer::Work submitted) {
        auto executor = asio::get_associated_executor(handler);
        committer.Submit(std::move(submitted), [executor, handler = std::move(handler)](const Status& status) mutable {
          asio::post(executor, [handler = std::move(handler), status]() mutable { handler(std::move(status)); });
        });
      },
      asio::use_awaitable, std::move(work));
}

// Runs what may block on a thread of the pool.
template <typename T, typename Work>
boost::asio::awaitable<T> RunOn(boost::asio::thread_pool& pool, Work work) {
  namespace asio = boost::asio;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [&pool](auto handler, Work blocking) {
        auto executor = asio::get_associated_executor(handler);
        asio::post(pool, [executor, handler = std::move(handler), blocking = std::move(blocking)]() mutable {
          T result = blocking();
          asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
            handler(std::move(result));
          });
        });
      },
      asio::use_awaitable, std::move(work));
}

}  // namespace opentrail::gateway
