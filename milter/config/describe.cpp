// -T: the settings in effect as YAML again, from the list that reading them left; and when mail is
// decided under them, and why not earlier.

#include "config/reader.h"
#include "log/log.h"
#include "policy/when_decided.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout {
namespace {

// A list of sections is named "streams[]" in the names of settings, and "streams:" in YAML.
bool is_list(std::string_view section) {
  return section.ends_with("[]");
}

std::vector<std::string_view> parts_of(std::string_view setting) {
  std::vector<std::string_view> parts;
  for (auto dot = setting.find('.'); dot != std::string_view::npos; dot = setting.find('.')) {
    parts.push_back(setting.substr(0, dot));
    setting.remove_prefix(dot + 1);
  }
  parts.push_back(setting);
  return parts;
}

class Printer {
public:
  void print(const Effective& effective) {
    std::vector<std::string_view> sections = parts_of(effective.setting);
    const std::string_view key = sections.back();
    const bool is_item = is_list(key);  // a whole entry of a list
    if (!is_item) sections.pop_back();
    open(sections, effective.setting);
    const std::string name = is_item ? std::string() : fmt::format("{}: ", key);
    const std::string line = fmt::format("{}{}{}", indent(), name, effective.value);
    constexpr std::size_t kCommentColumn = 56;
    constexpr std::size_t kLongestOrigin = 4096;
    out_ += fmt::format("{:<{}}  # {}\n", line, kCommentColumn,
                        log::escaped(effective.origin, kLongestOrigin));
  }

  std::string take() { return std::move(out_); }

private:
  // Closes the sections that have ended and opens those that begin.
  void open(const std::vector<std::string_view>& sections, std::string_view setting) {
    std::size_t same = 0;
    while (same < sections.size() && same < open_.size() && sections[same] == open_[same])
      ++same;
    open_.resize(same);
    for (; same < sections.size(); ++same) {
      const std::string_view name = sections[same];
      out_ +=
          fmt::format("{}{}:\n", indent(), is_list(name) ? name.substr(0, name.size() - 2) : name);
      open_.push_back(name);
      if (is_list(name)) first_of_item_ = setting;
    }
    // An entry of a list begins with the setting that the first one began with.
    item_begins_ = setting == first_of_item_;
  }

  std::string indent() {
    std::string text;
    for (const std::string_view section : open_)
      text += is_list(section) ? "    " : "  ";
    if (std::exchange(item_begins_, false)) text.replace(text.size() - 2, 2, "- ");
    return text;
  }

  std::string out_;
  std::vector<std::string_view> open_;
  std::string_view first_of_item_;
  bool item_begins_ = false;
};

// As comments, so that all of -T reads back.
std::string describe_decisions(const std::vector<Stream>& streams) {
  std::string out =
      "\n# When mail is decided (without a sender, or from sendmail(1): at end of message)\n";
  if (streams.size() > kMostDescribed) {
    out += fmt::format(
        "#   of more than {} streams this is not said; of one message, optoutctl explain does\n",
        kMostDescribed);
  }
  for (const auto& [stream, chosen, decided, seen] : when_decided(streams)) {
    out += fmt::format("#   {}\n#     the stream is known {}\n#     opt-outs are decided {}\n",
                       stream, chosen, decided);
    if (!seen.empty()) out += fmt::format("#     the content is seen in any case: {}\n", seen);
  }
  return out;
}

}  // namespace

std::string describe_effective(const Loaded& loaded) {
  Printer printer;
  for (const Effective& effective : loaded.effective)
    printer.print(effective);
  return printer.take() + describe_decisions(loaded.config.streams);
}

}  // namespace optout
