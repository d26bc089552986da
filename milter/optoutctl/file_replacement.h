// A small file put in the place of another, so that whoever reads it finds the old one or the new
// one, whole.
//
// The new one is written beside it as FILE.new, synced, and renamed. As there can be only one
// FILE.new, nobody else changes the file meanwhile.

#pragma once

#include <string>
#include <string_view>

namespace optout {

class FileReplacement {
public:
  // Begins to replace the file at `path`, which need not exist; of a symbolic link, what it leads
  // to. Throws Trouble if somebody else has begun, or the file cannot be read or written beside.
  explicit FileReplacement(const std::string& path);
  ~FileReplacement();  // without commit(), all is as before
  FileReplacement(const FileReplacement&) = delete;
  FileReplacement& operator=(const FileReplacement&) = delete;

  const std::string& old_text() const noexcept { return old_text_; }

  // The new file has the old one's owner, group and mode, but nothing for others; where there was
  // none, the group of its directory, and 0640. Throws Trouble.
  void commit(std::string_view text);

private:
  std::string path_;
  std::string beside_;
  std::string old_text_;
  int file_ = -1;
};

}  // namespace optout
