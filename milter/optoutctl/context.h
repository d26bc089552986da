// What every verb needs: the flags all verbs have, the configuration, the store, and where to
// write.
//
// Nothing is read or connected before it is asked for, so that a wrong command line is told first.

#pragma once

#include "config/config.h"
#include "config/reader.h"
#include "optoutctl/output.h"
#include "redis/client.h"
#include "suppression/store.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// The flags that all verbs have.
struct Globals {
  std::string config_file{kDefaultConfigFile};
  Format format = Format::table;
  bool quiet = false;
  bool yes = false;
};

class Context {
public:
  explicit Context(const Globals& globals) : globals_(globals) {}

  bool yes() const noexcept { return globals_.yes; }
  bool quiet() const noexcept { return globals_.quiet; }
  Format format() const noexcept { return globals_.format; }
  const std::string& config_file() const noexcept { return globals_.config_file; }

  // Each throws Trouble if there is none to be had.
  const Config& config();
  redis::Executor& redis();
  SuppressionStore& store();

  // Where results go; nowhere with -q.
  Results results(std::vector<Column> columns) const;

  // Talk, on standard error: say() is silent with -q, complain() is not. Text from outside must be
  // escaped.
  void say(std::string_view sentence) const;
  void complain(std::string_view sentence) const;

  // "optoutctl remove", or "optoutctl -c /other/file remove" where another configuration is in use:
  // how a command that we suggest begins.
  std::string command(std::string_view verb) const;

  // `text` with -c in the commands of ours that it names ("run: optoutctl init"), as above: pasted
  // without it they would act on another Redis. say() and complain() see to it themselves.
  std::string with_config_named(std::string_view text) const;

private:
  const Globals& globals_;  // must outlive the context
  std::optional<Config> config_;
  std::unique_ptr<redis::Executor> redis_;
  std::unique_ptr<SuppressionStore> store_;
};

}  // namespace optout
