// JSON results: one array, one object a line, written as the rows come.

#include "optoutctl/output.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace optout {
namespace {

using Object = nlohmann::ordered_json;  // columns stay in their order

Object json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth;
  return nullptr;
}

class JsonOutput final : public Output {
public:
  JsonOutput(std::vector<Column> columns, std::FILE* to) : columns_(std::move(columns)), to_(to) {}

  void row(const Row& row) override {
    Object object = Object::object();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      object[std::string(columns_[i].name)] = json_of(row.at(i));
    // JSON is UTF-8: octets that are none become U+FFFD.
    const std::string line = object.dump(-1, ' ', false, Object::error_handler_t::replace);
    std::fputs(first_ ? "[\n" : ",\n", to_);
    first_ = false;
    std::fwrite(line.data(), 1, line.size(), to_);
  }

  void finish() override { std::fputs(first_ ? "[]\n" : "\n]\n", to_); }

private:
  std::vector<Column> columns_;
  std::FILE* to_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Output> make_json_output(std::vector<Column> columns, std::FILE* to) {
  return std::make_unique<JsonOutput>(std::move(columns), to);
}

}  // namespace optout
