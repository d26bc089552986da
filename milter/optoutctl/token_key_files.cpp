#include "optoutctl/token_key_files.h"

#include "config/reader.h"
#include "config/token_key_file.h"
#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace optout {

std::string token_key_path(const Context& context, const std::string& given,
                           const std::string& typed) {
  if (!given.empty()) return given;
  const Loaded loaded = load_config(context.config_file());
  if (!loaded.config.unsubscribe.keys_file.empty()) return loaded.config.unsubscribe.keys_file;
  if (!loaded.usable()) {
    for (const Complaint& complaint : loaded.complaints)
      context.complain(complaint.to_string());
  }
  throw Trouble(EX_CONFIG, fmt::format("which file? unsubscribe.keys names none in {}\n"
                                       "  name it there, or here: {} {}/optout-milter/token.keys",
                                       log::escaped(context.config_file()), context.command(typed),
                                       OPTOUT_SYSCONFDIR));
}

std::string file_word(const std::string& given) {
  return given.empty() ? std::string() : " " + shell_quoted(log::escaped(given));
}

ReadKeys read_token_keys(const Context& context, const std::string& path,
                         const std::string& given) {
  if (::access(path.c_str(), R_OK) != 0) {
    const int error = errno;
    const std::string hint =
        error == ENOENT ? "\n  to make it: " + context.command("keys new") + file_word(given) : "";
    throw Trouble(error == EACCES ? EX_NOPERM : EX_NOINPUT,
                  fmt::format("cannot read {}: {}{}", log::escaped(path),
                              std::generic_category().message(error), hint));
  }
  Report report;
  const Place file{.file = report.add_file(path), .line = 0, .column = 0};
  ReadKeys read{.keys = read_token_key_file(path, file, {}, report), .usable = true};
  for (const Complaint& complaint : report.sorted())
    context.complain(complaint.to_string());
  read.usable = report.errors() == 0;
  return read;
}

void say_what_next(const Context& context, const std::string& path) {
  context.say(fmt::format(
      "note: every relay that shares this Redis needs the same file: copy {} to the others first",
      log::escaped(path)));
  context.say("note: then send each daemon HUP, so that it reads the file");
}

void say_who_can_read(const Context& context, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & S_IRGRP) == 0) return;
  const group* const known = ::getgrgid(status.st_gid);
  std::string sentence =
      fmt::format("note: group {} can read the file",
                  known != nullptr ? std::string(known->gr_name) : std::to_string(status.st_gid));
  if (status.st_gid == 0) {
    sentence += fmt::format("; the daemon's group must be able to: chgrp ITS-GROUP {}",
                            shell_quoted(log::escaped(path)));
  }
  context.say(sentence);
}

}  // namespace optout
