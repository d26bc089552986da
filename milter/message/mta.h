// What a message needs of the MTA at the other end: its macros, and the edits it may ask for.
//
// callbacks.cpp implements it with libmilter; tests implement it with a notebook.

#pragma once

#include <string>
#include <string_view>

namespace optout {

class Mta {
public:
  virtual ~Mta() = default;

  // The value of a macro such as "i" or "{rcpt_addr}", empty where the MTA has none. Valid until
  // the callback returns.
  virtual std::string_view macro(const char* name) = 0;

  // Takes a recipient off the envelope: the exact octets that RCPT gave, or the MTA ignores it
  // without a word. Only at end of message. False where the MTA cannot.
  virtual bool delete_recipient(const std::string& as_given) = 0;

  // Adds a header field behind all others; folds in `value` are "\n\t" (LH-11). Sendmail puts it in
  // the place of one of the same name, so whoever wants just one removes others first (LH-02). Only
  // at end of message. False where the MTA cannot.
  virtual bool add_header(const char* name, const std::string& value) = 0;

  // Removes the field that is number `index`, from 1 on, of those of this name; those behind it
  // move up. Only at end of message. False where the MTA cannot.
  virtual bool remove_header(const char* name, unsigned index) = 0;

  // Quarantines the message: it is queued, and stays there until an administrator releases or
  // deletes it. Postfix keeps the reason nowhere. Only at end of message. False where the MTA
  // cannot.
  virtual bool hold(const std::string& reason) = 0;
};

}  // namespace optout
