#include "support/postfix_macros.h"

#include <algorithm>

namespace optout::test {

const std::vector<std::string>& default_postfix_macros(MacroStage stage) {
  using Lists = std::map<MacroStage, std::vector<std::string>>;
  static const Lists lists = {
      {MacroStage::connect, {"j", "{daemon_name}", "{daemon_addr}", "v", "_"}},
      {MacroStage::helo,
       {"{tls_version}", "{cipher}", "{cipher_bits}", "{cert_subject}", "{cert_issuer}"}},
      {MacroStage::mail,
       {"i", "{auth_type}", "{auth_authen}", "{auth_author}", "{mail_addr}", "{mail_host}",
        "{mail_mailer}"}},
      {MacroStage::recipient, {"i", "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}"}},
      {MacroStage::data, {"i"}},
      {MacroStage::end_of_message, {"i"}},
      {MacroStage::end_of_headers, {"i"}},
  };
  return lists.at(stage);
}

std::vector<std::string> split_macro_names(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const std::size_t start = list.find_first_not_of(" ,\t");
    if (start == std::string_view::npos) break;
    list.remove_prefix(start);
    const std::size_t length = std::min(list.find_first_of(" ,\t"), list.size());
    names.emplace_back(list.substr(0, length));
    list.remove_prefix(length);
  }
  return names;
}

std::map<std::string, std::string> initial_postfix_macros() {
  return {{"j", "mx.test.example"},       {"{daemon_name}", "mx.test.example"},
          {"{daemon_addr}", "127.0.0.1"}, {"{daemon_port}", "25"},
          {"v", "Postfix 3.7.11"},        {"{mail_mailer}", "smtp"},
          {"{rcpt_mailer}", "smtp"}};
}

std::string postfix_address_macro(std::string_view path) {
  if (path.size() >= 2 && path.front() == '<' && path.back() == '>') {
    path = path.substr(1, path.size() - 2);
  }
  const std::size_t colon = path.find(':');
  if (path.starts_with('@') && colon != std::string_view::npos) path.remove_prefix(colon + 1);
  std::string text(path);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace optout::test
