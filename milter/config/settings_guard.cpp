// guard: how many people a sender may mail, and what happens beyond that.

#include "address/ascii.h"
#include "address/lookup_key.h"
#include "config/guard_checks.h"
#include "config/limits.h"
#include "config/sender_pattern.h"
#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace optout {
namespace {

constexpr std::size_t kMostSenders = 1000;

Type<GuardMode> guard_mode_type() {
  return word_type<GuardMode>(
      {{"off", GuardMode::off}, {"monitor", GuardMode::monitor}, {"enforce", GuardMode::enforce}});
}

Type<GuardOutage> guard_outage_type() {
  return word_type<GuardOutage>({{"accept", GuardOutage::accept}, {"defer", GuardOutage::defer}});
}

Type<std::string> identity_kind_type() {
  return text_type([](std::string_view text) {
    std::vector<std::string_view> words;
    words.reserve(kIdentityKinds.size());
    for (const IdentityKind kind : kIdentityKinds)
      words.push_back(to_string(kind));
    const bool is_word = std::find(words.begin(), words.end(), text) != words.end();
    return is_word ? std::string() : not_one_of(text, words, {}).text;
  });
}

// "80%" or "80".
Type<unsigned> percent_type() {
  const auto parse = [](std::string_view text) -> Parsed<unsigned> {
    unsigned percent = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, percent);
    const std::string_view sign(rest, static_cast<std::size_t>(end - rest));
    const bool is_percentage = rest != text.data() && (sign.empty() || sign == "%" || sign == " %");
    if (!is_percentage) return Problem{in_quotes(text) + " is not a percentage (write 80%)"};
    if (error != std::errc{} || percent < 1 || percent > 100)
      return Problem{in_quotes(text) + " is out of range (1% to 100%)"};
    return percent;
  };
  return {parse, [](const unsigned& percent) { return fmt::format("{}%", percent); }};
}

// One address that may stand behind RCPT TO, or "" for nobody.
Type<std::string> mailbox_type() {
  return text_type([](std::string_view text) -> std::string {
    constexpr std::string_view kOfLists = " \t<>(),;:\"\\";
    const bool is_plain = text.find_first_of(kOfLists) == std::string_view::npos &&
                          std::all_of(text.begin(), text.end(), ascii::is_ascii);
    if (text.empty() || (is_plain && lookup_key(text).status == KeyStatus::ok)) return {};
    return in_quotes(text) + " is not one plain address (write postmaster@example.com)";
  });
}

class GuardReader {
public:
  GuardReader(Section& guard, GuardOptions& options, Findings& findings)
      : guard_(guard), options_(options), findings_(findings) {}

  void read() {
    guard_.read("mode", options_.mode, guard_mode_type());
    read_identity();
    read_limits_of_all();
    guard_.read("warn_at", options_.warn_at, percent_type());
    guard_.read("on_outage", options_.on_outage, guard_outage_type());
    read_senders();
    read_notify();
  }

private:
  void read_identity() {
    std::vector<std::string> words;
    for (const IdentityKind kind : options_.identity)
      words.emplace_back(to_string(kind));
    guard_.read_list(
        "identity", words, identity_kind_type(),
        {.if_empty = "an empty list tells nobody from others (leave it out for the default)",
         .one_alone = true});
    options_.identity.clear();
    for (const std::string& word : words) {
      for (const IdentityKind kind : kIdentityKinds) {
        if (word == to_string(kind)) options_.identity.push_back(kind);
      }
    }
  }

  void read_limits_of_all() {
    const Value* list = guard_.list("limits");
    const auto written =
        list ? read_limits(*list, "guard.limits[]", findings_) : std::vector<WrittenLimit>();
    options_.limits = without_places(written);
    for (const WrittenLimit& each : written)
      guard_.note("limits[]", limit_text(each.limit), findings_.report.origin(each.place));
    if (written.empty()) guard_.note("limits", "[]", guard_.origin("limits"));
    if (!written.empty() && options_.mode == GuardMode::off)
      guard_.warning(list->place, "limits", std::string(kGuardIsOff));
  }

  void read_senders() {
    const Value* list = guard_.list("senders");
    if (!list || list->children.empty()) guard_.note("senders", "[]", guard_.origin("senders"));
    if (!list) return;
    std::vector<WrittenSender> senders;
    for (const Value& value : list->children) {
      if (senders.size() == kMostSenders) {
        guard_.error(value.place, "senders", fmt::format("more than {} senders", kMostSenders));
        break;
      }
      if (auto sender = read_sender(value)) senders.push_back(*std::move(sender));
    }
    check_senders(senders, options_.identity, findings_.report);
    for (WrittenSender& sender : senders)
      options_.senders.push_back(std::move(sender.rule));
    if (!options_.senders.empty() && options_.mode == GuardMode::off)
      guard_.warning(list->place, "senders", std::string(kGuardIsOff));
  }

  std::optional<WrittenSender> read_sender(const Value& value) {
    Section section(&value, "guard.senders[]", findings_);
    WrittenSender sender;
    const auto who = section.read("who", sender.rule.who, sender_identity_type());
    const auto own =
        read_own_limits(section, "limits", "guard.senders[].limits[]", false, findings_);
    section.note("limits", own_limits_text(own.value_or(OwnLimits{})), section.origin("limits"));
    // Of a word or a list, Section has complained.
    const bool may_lack = value.kind == Value::Kind::map || value.kind == Value::Kind::nothing;
    if (may_lack && !section.ask("who"))
      section.error(value.place, "who", "missing (write \"auth:crm\" for the SASL user crm)");
    if (may_lack && !section.ask("limits"))
      section.error(value.place, "limits", "missing (write off where nothing is limited)");
    if (!who || !own) return std::nullopt;
    sender.rule.own = *own;
    sender.who = *who;
    return sender;
  }

  void read_notify() {
    const auto notify = guard_.read("notify", options_.notify, mailbox_type());
    const auto via = guard_.read("notify_via", options_.notify_via, smtp_server_type());
    const bool is_understood = notify || !guard_.ask("notify");
    if (via && is_understood && options_.notify.empty() &&
        options_.notify_via != GuardOptions{}.notify_via) {
      guard_.warning(*via, "notify_via", "has no effect without guard.notify");
    }
  }

  Section& guard_;
  GuardOptions& options_;
  Findings& findings_;
};

}  // namespace

void read_guard(Section& root, GuardOptions& options, Findings& findings) {
  const Value* value = root.ask("guard");
  if (value && value->kind == Value::Kind::scalar) {
    root.error(value->place, "guard",
               "settings are expected here, indented by two spaces (to count nothing, write mode: "
               "off among them)");
    value = nullptr;
  }
  Section guard(value, "guard", findings);
  GuardReader(guard, options, findings).read();
}

}  // namespace optout
