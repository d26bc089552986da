#include "doctor/postfix.h"

#include "doctor/program.h"
#include "util/shell_word.h"
#include "util/whole_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace optout::doctor {
namespace {

const std::string kNothing;

// "name = value" of each line.
template <typename Take>
void each_setting(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const auto equals = line.find(" =");
    if (equals == std::string_view::npos) continue;
    std::string_view value = line.substr(equals + 2);
    if (value.starts_with(' ')) value.remove_prefix(1);
    take(std::string(line.substr(0, equals)), std::string(value));
  }
}

std::vector<std::string> command(const Postfix& postfix, std::vector<std::string> words) {
  if (!postfix.directory.empty()) words.insert(words.begin() + 1, {"-c", postfix.directory});
  return words;
}

std::string typed(const Postfix& postfix, std::string_view program, std::string_view rest) {
  if (postfix.directory.empty()) return fmt::format("{} {}", program, rest);
  return fmt::format("{} -c {} {}", program, shell_word(postfix.directory), rest);
}

}  // namespace

bool PostfixService::is_submission() const {
  const std::string_view port = std::string_view(name).substr(name.rfind(':') + 1);
  constexpr std::string_view kPorts[] = {"submission", "submissions", "smtps", "587", "465"};
  return type == "inet" &&
         std::find(std::begin(kPorts), std::end(kPorts), port) != std::end(kPorts);
}

const std::string& Postfix::value(const std::string& name) const {
  const auto found = parameters.find(name);
  return found != parameters.end() ? found->second : kNothing;
}

const std::string& Postfix::value(const std::string& name, const PostfixService& service) const {
  const auto found = service.overrides.find(name);
  return found != service.overrides.end() ? found->second : value(name);
}

Sight Postfix::sight_of(const PostfixService& service) const {
  return {.queue_directory = value("queue_directory"), .chrooted = service.chrooted};
}

const PostfixService* Postfix::service(std::string_view name, std::string_view type) const {
  const auto found = std::find_if(services.begin(), services.end(), [&](const auto& service) {
    return service.name == name && service.type == type;
  });
  return found != services.end() ? &*found : nullptr;
}

std::string Postfix::set(const std::string& name, const std::string& value) const {
  return typed(*this, "postconf", fmt::format("-e '{} = {}'", name, value));
}

// postconf -P takes no white space within a value; where there must be some, the line is to be
// written by hand.
std::string Postfix::set(const PostfixService& service, const std::string& name,
                         const std::string& value) const {
  if (value.find(' ') != std::string::npos) {
    return fmt::format("in master.cf, below {} {}:  -o {{ {} = {} }}", service.name, service.type,
                       name, value);
  }
  return typed(*this, "postconf",
               fmt::format("-P '{}/{}/{}={}'", service.name, service.type, name, value));
}

std::string Postfix::reload() const {
  return typed(*this, "postfix", "reload");
}

Postfix parse_postfix(std::string_view parameters, std::string_view services,
                      std::string_view overrides) {
  Postfix postfix;
  each_setting(parameters, [&](std::string name, std::string value) {
    postfix.parameters[std::move(name)] = std::move(value);
  });
  // A "-" in the column chroot meant yes before Postfix 3.0, and does where it is to be compatible.
  const std::string& level = postfix.value("compatibility_level");
  const bool by_default = level.empty() || level == "0";

  std::istringstream lines{std::string(services)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    PostfixService service;
    std::string skipped, chroot, most;
    words >> service.name >> service.type >> skipped >> skipped >> chroot >> skipped >> most >>
        service.program;
    if (service.program.empty()) continue;
    service.chrooted = chroot == "y" || (chroot == "-" && by_default);
    service.most_processes = whole_number<unsigned>(most);
    postfix.services.push_back(std::move(service));
  }
  // "submission/inet/smtpd_milters = …"; names hold no slash but those of paths, so from behind.
  each_setting(overrides, [&](const std::string& name, const std::string& value) {
    const auto last = name.rfind('/');
    const auto first = last == std::string::npos ? last : name.rfind('/', last - 1);
    if (first == std::string::npos) return;
    for (PostfixService& service : postfix.services) {
      if (service.name == name.substr(0, first) &&
          service.type == name.substr(first + 1, last - first - 1))
        service.overrides[name.substr(last + 1)] = value;
    }
  });
  return postfix;
}

std::variant<Postfix, std::string> ask_postfix(const std::string& directory) {
  Postfix where;
  where.directory = directory;
  std::vector<std::string> answers;
  for (const char* question : {"-x", "-M", "-Px"}) {
    auto asked = run_program(command(where, {"postconf", question}));
    if (auto* why = std::get_if<std::string>(&asked)) return std::move(*why);
    auto& said = std::get<ProgramOutput>(asked);
    if (said.exit_status != 0)
      return fmt::format("postconf {}: {}", question, said.first_line_of_err());
    answers.push_back(std::move(said.out));
  }
  Postfix postfix = parse_postfix(answers[0], answers[1], answers[2]);
  postfix.directory = directory;
  return postfix;
}

std::string Asker::setting(const Postfix& postfix, const std::string& of_one,
                           const std::string& of_all) const {
  if (ours) {
    const auto own = milters[*ours].settings.find(of_one);
    if (own != milters[*ours].settings.end()) return own->second;
  }
  return postfix.value(of_all, *service);
}

std::vector<Asker> askers(const Postfix& postfix, const SocketAddress& ours) {
  std::vector<Asker> all;
  const auto add = [&](const PostfixService& service, const std::string& parameter) {
    Asker asker{.service = &service,
                .parameter = parameter,
                .milters = postfix_milters(postfix.value(parameter, service)),
                .ours = {}};
    for (std::size_t i = 0; i < asker.milters.size() && !asker.ours; ++i) {
      const Match found = match(asker.milters[i], ours, postfix.sight_of(service));
      if (found != Match::other) asker.ours = i;
      asker.hidden = found == Match::hidden;
    }
    all.push_back(std::move(asker));
  };
  for (const PostfixService& service : postfix.services) {
    if (service.program == "smtpd") add(service, "smtpd_milters");
  }
  if (const auto* cleanup = postfix.service("cleanup", "unix")) add(*cleanup, "non_smtpd_milters");
  return all;
}

MapLookup postmap(const Postfix& postfix) {
  return [postfix](const std::string& table, const std::string& key) -> std::optional<std::string> {
    const auto asked = run_program(command(postfix, {"postmap", "-q", key, table}));
    const auto* said = std::get_if<ProgramOutput>(&asked);
    if (said == nullptr || said->exit_status != 0) return std::nullopt;
    return said->out.substr(0, said->out.find('\n'));
  };
}

}  // namespace optout::doctor
