// Tab-separated vectors that others collected, in the directory that OPTOUT_CORPUS names.

#pragma once

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// As a global fixture: ends the program as skipped where there is no corpus.
struct NeedsCorpus {
  NeedsCorpus() {
    if (std::getenv("OPTOUT_CORPUS") != nullptr) return;
    std::cout << "skipped: OPTOUT_CORPUS does not name a directory of test vectors\n" << std::flush;
    std::_Exit(77);
  }
};

// The rows of vectors/`name`, comments left out.
inline std::vector<std::vector<std::string>> corpus_rows(const std::string& name) {
  const char* const corpus = std::getenv("OPTOUT_CORPUS");
  if (corpus == nullptr) throw std::runtime_error("OPTOUT_CORPUS is not set");
  const std::string path = std::string(corpus) + "/vectors/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> columns;
    for (std::size_t from = 0; from != std::string::npos;) {
      const std::size_t tab = line.find('\t', from);
      columns.push_back(line.substr(from, tab == std::string::npos ? tab : tab - from));
      from = tab == std::string::npos ? tab : tab + 1;
    }
    rows.push_back(std::move(columns));
  }
  return rows;
}

// `text` with \xNN turned into that octet and \uNNNN (below U+10000) into UTF-8. Other backslashes
// stay.
inline std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    const std::size_t digits = rest.starts_with("\\x") ? 2 : rest.starts_with("\\u") ? 4 : 0;
    const std::string hex(rest.substr(digits == 0 ? 0 : 2, digits));
    if (digits == 0 || hex.size() != digits ||
        hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
      result += text[i];
      continue;
    }
    const unsigned long code = std::stoul(hex, nullptr, 16);
    if (digits == 2) {
      result += static_cast<char>(code);
    } else {
      if (code >= 0x800) result += static_cast<char>(0xe0 | (code >> 12));
      if (code >= 0x800) result += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      if (code < 0x800) result += static_cast<char>(0xc0 | (code >> 6));
      result += static_cast<char>(0x80 | (code & 0x3f));
    }
    i += digits + 1;
  }
  return result;
}

}  // namespace optout
