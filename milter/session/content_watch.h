// Notices listeners that never show us what their messages say.
//
// Behind smtpd_proxy_filter, Postfix tells a milter the envelope only: recipients whom the end of
// the message should have decided about get their mail, and nothing we answered says so. All that
// can be seen is that message after message is called off, or the connection closed.
//
// Threads: any; it does its own locking, and takes no lock while all is well.

#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace optout {

class ContentWatch {
public:
  // So many in a row are no accident. A message that ended right behind DATA is no client's whim,
  // and counts ten times: of the others many may only have asked whether a recipient would be
  // taken. (Of a connection that ends with a message, libmilter may drop all behind RCPT.)
  static constexpr unsigned kSuspicious = 50;
  static constexpr unsigned kBehindData = 10;

  // A message of this listener reached its end.
  void seen(std::string_view listener);

  // A message of this listener ended, and we know no more of it than its envelope. True when an
  // administrator should hear of it: after kSuspicious in a row, and then after ten times as many.
  bool missed(std::string_view listener, bool behind_data);

private:
  struct Row {
    unsigned missed = 0;
    unsigned tell_at = kSuspicious;
  };
  std::atomic<bool> anything_missed_ = false;
  std::mutex mutex_;
  std::map<std::string, Row, std::less<>> listeners_;  // guarded by mutex_; only those that missed
};

}  // namespace optout
