// load_client: measures one milter, and prints one line of tab-separated numbers. tests/bench/run
// calls it.

#include "load.h"
#include "population.h"

#include <fmt/format.h>
#include <getopt.h>
#include <sys/types.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::bench {
namespace {

constexpr const char* kUsage =
    "usage: load_client --socket PATH [OPTION…]\n"
    "       load_client --members [--suppressed N]\n"
    "       load_client --columns\n"
    "\n"
    "  --members         print the members of the suppression set, one a line, and exit\n"
    "  --columns         print the names of what a measurement prints, and exit\n"
    "  --socket PATH     the milter's unix socket\n"
    "  --expect WHAT     what must become of suppressed recipients: nothing, refused, stripped, "
    "or\n"
    "                    offered: stripped, and others are offered a way to unsubscribe\n"
    "  --suppressed N    members of the set (100000); 5 % of the recipients are among them\n"
    "  --recipients N    in a message (1)\n"
    "  --connections N   at once (1)\n"
    "  --reuse N         messages over one connection (20)\n"
    "  --pause MS        before each SMTP command (0)\n"
    "  --list-id TEXT    a List-Id for every message (none)\n"
    "  --bare            no List-Unsubscribe in any; another field of its length instead\n"
    "  --seconds N       to measure, after a fifth as long to warm up (2)\n"
    "  --messages N      measure so many messages instead\n"
    "  --milter PID, --redis PID   whose CPU to measure\n"
    "\n"
    "Exit status: 0; 1 if an answer was wrong; 64 for a wrong option; 69 if the milter is away.\n";

constexpr const char* kColumns =
    "seconds\tmessages\tmessages_per_s\trcpt_p50_us\trcpt_p99_us\teom_p50_us\teom_p99_us\t"
    "milter_us_per_message\tredis_us_per_message\tclient_us_per_message\tsuppressed_share";

struct CommandLine {
  LoadOptions load;
  std::optional<pid_t> milter;
  std::optional<pid_t> redis;
  bool members = false;
  bool columns = false;
};

struct Misused {
  std::string problem;
};

template <typename Number>
Number number(const char* text) {
  const std::string_view digits = text;
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < 0) {
    throw Misused{fmt::format("\"{}\" is no number", digits)};
  }
  return value;
}

std::chrono::nanoseconds seconds(const char* text) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(number<double>(text)));
}

Expected expected(std::string_view word) {
  if (word == "nothing") return Expected::nothing;
  if (word == "refused") return Expected::refused;
  if (word == "stripped") return Expected::stripped;
  if (word == "offered") return Expected::offered;
  throw Misused{fmt::format("--expect {}: nothing, refused, stripped or offered", word)};
}

CommandLine parse(int argc, char** argv) {
  static const option options[] = {
      {"socket", 1, nullptr, 's'},      {"expect", 1, nullptr, 'e'},
      {"suppressed", 1, nullptr, 'n'},  {"recipients", 1, nullptr, 'r'},
      {"connections", 1, nullptr, 'c'}, {"reuse", 1, nullptr, 'u'},
      {"pause", 1, nullptr, 'p'},       {"list-id", 1, nullptr, 'l'},
      {"seconds", 1, nullptr, 't'},     {"messages", 1, nullptr, 'm'},
      {"milter", 1, nullptr, 'M'},      {"redis", 1, nullptr, 'R'},
      {"members", 0, nullptr, 'L'},     {"columns", 0, nullptr, 'C'},
      {"bare", 0, nullptr, 'b'},        {nullptr, 0, nullptr, 0}};
  CommandLine line;
  LoadOptions& load = line.load;
  opterr = 0;
  for (int letter = 0; (letter = ::getopt_long(argc, argv, ":", options, nullptr)) != -1;) {
    switch (letter) {
      case 's':
        load.socket = optarg;
        break;
      case 'e':
        load.plan.expected = expected(optarg);
        break;
      case 'n':
        load.suppressed = number<unsigned>(optarg);
        break;
      case 'r':
        load.plan.recipients = number<unsigned>(optarg);
        break;
      case 'c':
        load.connections = number<unsigned>(optarg);
        break;
      case 'u':
        load.plan.messages_per_connection = number<unsigned>(optarg);
        break;
      case 'p':
        load.pause = seconds(optarg) / 1000;
        break;
      case 'l':
        load.plan.list_id = optarg;
        break;
      case 'b':
        load.plan.list_unsubscribe = false;
        break;
      case 't':
        load.duration = seconds(optarg);
        break;
      case 'm':
        load.messages = number<std::uint64_t>(optarg);
        break;
      case 'M':
        line.milter = number<pid_t>(optarg);
        break;
      case 'R':
        line.redis = number<pid_t>(optarg);
        break;
      case 'L':
        line.members = true;
        break;
      case 'C':
        line.columns = true;
        break;
      default:
        throw Misused{fmt::format("{}: no such option, or its value is missing", argv[optind - 1])};
    }
  }
  if (optind < argc) throw Misused{fmt::format("what is \"{}\"?", argv[optind])};
  const bool measures = !line.members && !line.columns;
  if (measures && load.socket.empty()) throw Misused{"--socket is missing"};
  if (load.plan.recipients == 0 || load.connections == 0 ||
      load.plan.messages_per_connection == 0) {
    throw Misused{"--recipients, --connections and --reuse are at least 1"};
  }
  return line;
}

void print(Measured& measured, bool has_milter, bool has_redis) {
  Tally& tally = measured.tally;
  const double messages = static_cast<double>(tally.messages);
  const double time = std::chrono::duration<double>(measured.time).count();
  const auto per_message = [&](std::chrono::nanoseconds cpu) {
    return std::chrono::duration<double, std::micro>(cpu).count() / messages;
  };
  fmt::print("{:.3f}\t{}\t{:.1f}", time, tally.messages, messages / time);
  fmt::print("\t{:.1f}\t{:.1f}", tally.recipient.percentile(50), tally.recipient.percentile(99));
  fmt::print("\t{:.1f}\t{:.1f}", tally.end_of_message.percentile(50),
             tally.end_of_message.percentile(99));
  fmt::print("\t{:.2f}", has_milter ? per_message(measured.cpu.front()) : 0);
  fmt::print("\t{:.2f}", has_redis ? per_message(measured.cpu[has_milter ? 1 : 0]) : 0);
  fmt::print("\t{:.2f}", per_message(measured.cpu.back()));
  fmt::print("\t{:.4f}\n",
             static_cast<double>(tally.suppressed) / static_cast<double>(tally.recipients));
}

int measure(const CommandLine& line) {
  std::vector<CpuClock> processes;
  if (line.milter) processes.emplace_back(*line.milter);
  if (line.redis) processes.emplace_back(*line.redis);
  Measured measured = Load(line.load, std::move(processes)).run();
  if (measured.tally.wrong > 0) {
    fmt::print(stderr, "load_client: {} wrong answers, the first: {}\n", measured.tally.wrong,
               measured.tally.first_wrong);
    return 1;
  }
  if (measured.tally.messages == 0) {
    fmt::print(stderr, "load_client: not one message in {} s\n",
               std::chrono::duration<double>(measured.time).count());
    return 1;
  }
  print(measured, line.milter.has_value(), line.redis.has_value());
  return 0;
}

int run(int argc, char** argv) {
  const CommandLine line = parse(argc, argv);
  if (line.columns) {
    fmt::print("{}\n", kColumns);
  } else if (line.members) {
    for (unsigned i = 0; i < line.load.suppressed; ++i)
      fmt::print("{}\n", Population::member(i));
  } else {
    return measure(line);
  }
  return 0;
}

}  // namespace
}  // namespace optout::bench

int main(int argc, char** argv) {
  try {
    return optout::bench::run(argc, argv);
  } catch (const optout::bench::Misused& misused) {
    fmt::print(stderr, "load_client: {}\n\n{}", misused.problem, optout::bench::kUsage);
    return 64;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "load_client: {}\n", problem.what());
    return 69;
  }
}
