#include "doctor/milter_name.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

namespace optout::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string canonical(const std::string& path) {
  std::error_code error;
  const fs::path known = fs::weakly_canonical(path, error);
  return error ? fs::path(path).lexically_normal().string() : known.string();
}

bool is_this_host(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool same_tcp(const SocketAddress& named, const SocketAddress& ours) {
  if (named.port != ours.port || ours.is_unix()) return false;
  const bool any = ours.host == "0.0.0.0" || ours.host == "::";
  return any || named.host == ours.host || (is_this_host(named.host) && is_this_host(ours.host));
}

// "/x" below "/var/spool/postfix"; the text behind it, or nothing.
std::string_view below(std::string_view path, std::string_view directory) {
  while (directory.ends_with('/'))
    directory.remove_suffix(1);
  if (directory.empty() || !path.starts_with(directory)) return {};
  path.remove_prefix(directory.size());
  return path.starts_with('/') ? path.substr(1) : std::string_view();
}

}  // namespace

std::vector<std::string> postfix_list(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  for (const char c : text) {
    if (c == '{') ++depth;
    if (c == '}') --depth;
    if (depth <= 0 && (c == ',' || kSpace.find(c) != std::string_view::npos)) {
      if (!part.empty()) parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(std::move(part));
  return parts;
}

MilterName milter_name(std::string_view text) {
  MilterName name;
  text = trimmed(text);
  name.written = text;
  if (text.starts_with('{') && text.ends_with('}')) {
    std::vector<std::string> parts = postfix_list(text.substr(1, text.size() - 2));
    // "a = b" is three parts, as is "a= b": put together again by the equals sign.
    std::string settings;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const bool goes_on = parts[i].starts_with('=') || settings.ends_with('=');
      settings += (goes_on || settings.empty() ? "" : " ") + parts[i];
    }
    for (const std::string& setting : postfix_list(settings)) {
      const auto equals = setting.find('=');
      if (equals != std::string::npos)
        name.settings[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    if (!parts.empty()) name.text = parts.front();
  } else {
    name.text = text;
  }
  for (const std::string_view prefix : {"unix:", "local:"}) {
    if (name.text.starts_with(prefix)) name.path = name.text.substr(prefix.size());
  }
  if (name.path.empty()) {
    auto parsed = parse_socket_address(name.text);
    if (auto* address = std::get_if<SocketAddress>(&parsed)) name.tcp = std::move(*address);
  }
  return name;
}

std::vector<MilterName> postfix_milters(std::string_view text) {
  std::vector<MilterName> names;
  for (const std::string& part : postfix_list(text))
    names.push_back(milter_name(part));
  return names;
}

Match match(const MilterName& name, const SocketAddress& ours, const Sight& sight) {
  if (!name.is_unix()) return same_tcp(name.tcp, ours) ? Match::ours : Match::other;
  if (!ours.is_unix()) return Match::other;
  const std::string socket = canonical(ours.path);
  const bool is_relative = !name.path.starts_with('/');
  const std::string seen =
      is_relative || sight.chrooted ? sight.queue_directory + "/" + name.path : name.path;
  if (canonical(seen) == socket) return Match::ours;
  return !is_relative && canonical(name.path) == socket ? Match::hidden : Match::other;
}

std::string name_for_postfix(const SocketAddress& ours, const std::string& queue_directory) {
  if (!ours.is_unix()) return ours.to_string();
  for (const std::string& queue : {queue_directory, canonical(queue_directory)}) {
    if (const auto name = below(ours.path, queue); !name.empty())
      return "unix:" + std::string(name);
  }
  return "unix:" + ours.path;
}

bool is_signer(const MilterName& name) {
  constexpr std::string_view kWords[] = {"dkim", "rspamd"};
  constexpr std::uint16_t kPorts[] = {8891, 8892, 11332, 12301};
  if (!name.is_unix())
    return std::find(std::begin(kPorts), std::end(kPorts), name.tcp.port) != std::end(kPorts);
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
    return name.path.find(word) != std::string::npos;
  });
}

}  // namespace optout::doctor
