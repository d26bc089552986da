// What is wrong with a configuration, and where: collected, so that all of it is said at once.
//
// A Place is two numbers and a file number, cheap to keep in every value; only a complaint spells
// it out. The numbers of files rise in the order in which files are read, which is the order of the
// output.

#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout {

struct Complaint {
  std::string file;
  int line = 0;         // from 1; 0: the file as a whole
  int column = 0;       // from 1, in octets
  std::string setting;  // dotted, such as "redis.timeout"; empty where no setting is meant
  std::string problem;
  bool is_warning = false;

  // "optout-milter.yaml:9:12: redis.timeout: \"fast\" is not a duration (write 250ms or 2s)"
  std::string to_string() const;

  friend bool operator==(const Complaint&, const Complaint&) = default;
};

struct Place {
  int file = 0;
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

class Report {
public:
  // Makes `name` known and returns the file number for its places.
  int add_file(std::string name);

  void error(Place place, std::string_view setting, std::string problem);
  void warning(Place place, std::string_view setting, std::string problem);
  std::size_t errors() const noexcept { return errors_; }

  const std::string& file(Place place) const;
  std::string origin(Place place) const;  // "file:line"

  std::vector<Complaint> sorted() const;  // by file, line and column

private:
  void add(Place place, std::string_view setting, std::string problem, bool is_warning);

  std::vector<std::string> files_;
  std::vector<std::pair<Place, Complaint>> complaints_;
  std::size_t errors_ = 0;
};

// `text` from outside as it may stand in a complaint: in double quotes, escaped, cut when long.
std::string in_quotes(std::string_view text);

}  // namespace optout
