// A locale in which tolower('I') is not 'i', to show that no key depends on it (AD-03).

#pragma once

#include <clocale>
#include <iostream>

namespace optout {

class TurkishLocale {
public:
  TurkishLocale() : set_(std::setlocale(LC_ALL, "tr_TR.UTF-8") != nullptr) {
    if (!set_) std::cout << "skipped: no locale tr_TR.UTF-8 here (package locales-all has it)\n";
  }
  ~TurkishLocale() { std::setlocale(LC_ALL, "C"); }
  TurkishLocale(const TurkishLocale&) = delete;
  TurkishLocale& operator=(const TurkishLocale&) = delete;

  explicit operator bool() const { return set_; }

private:
  bool set_;
};

}  // namespace optout
