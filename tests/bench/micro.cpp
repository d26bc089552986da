// bench_micro: what our own steps cost, without sockets: nanoseconds a call, the best of several
// rounds.

#include "address/lookup_key.h"
#include "policy/known_sets.h"
#include "policy/policy.h"
#include "suppression/lookup_batch.h"
#include "suppression/members.h"
#include "unsubscribe/field_edits.h"
#include "unsubscribe/offers.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace optout;
using Clock = std::chrono::steady_clock;

// The compiler must believe that somebody looks at it.
template <typename T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

template <typename Step>
double nanoseconds(Step step) {
  constexpr auto kRound = std::chrono::milliseconds(50);
  double best = 1e12;
  for (int round = 0; round < 5; ++round) {
    std::uint64_t calls = 0;
    const auto start = Clock::now();
    auto now = start;
    while (now - start < kRound) {
      for (int i = 0; i < 64; ++i)
        step();
      calls += 64;
      now = Clock::now();
    }
    best = std::min(best, std::chrono::duration<double, std::nano>(now - start).count() /
                              static_cast<double>(calls));
  }
  return best;
}

template <typename Step>
void row(std::string_view what, Step step) {
  fmt::print("{:<52} {:>10.0f}\n", what, nanoseconds(step));
}

std::vector<Spellings> everybody(unsigned count) {
  std::vector<Spellings> all;
  for (unsigned i = 0; i < count; ++i) {
    all.push_back(
        spellings(lookup_key(fmt::format("<Lena.{:06}@c{}.example.net>", i, i % 100)), {}, {}));
  }
  return all;
}

void addresses() {
  const auto key_of = [](std::string_view what, std::string_view path) {
    row(fmt::format("lookup_key, {}", what), [path] { keep(lookup_key(path)); });
  };
  key_of("plain ASCII", "<Lena.Meier@Customers.Example.NET>");
  key_of("internationalised domain",
         "<lena@B\xc3\xbc"
         "cher.Example>");
  key_of("UTF-8 local part and domain",
         "<L\xc3\xa9na@b\xc3\xbc"
         "cher.example>");
  key_of("quoted", "<\"lena meier\"@example.net>");
  key_of("source route", "<@relay.example,@mx.example:lena@example.net>");

  const LookupKey key = lookup_key("<Lena.Meier@Customers.Example.NET>");
  const MemberOptions plain;
  MemberOptions digests;
  digests.digest_keys[1] = std::string(32, 'k');
  row("spellings", [&] { keep(spellings(key, key.key, plain)); });
  row("spellings, with digests of one key", [&] { keep(spellings(key, key.key, digests)); });
}

void policy() {
  const Stream stream;
  const Stream* const candidates[] = {&stream};
  const LookupKey lena = lookup_key("<lena.meier@customers.example.net>");
  const Result<Answer> not_listed = Answer();
  const Result<Answer> listed = Answer{Listing{SetName::global(), lena.key, {}}};
  row("judge_recipient, not listed", [&] { keep(judge_recipient(candidates, lena, not_listed)); });
  row("judge_recipient, listed", [&] { keep(judge_recipient(candidates, lena, listed)); });
  row("sets_at_end", [&] { keep(sets_at_end(stream, {}, "news.example.net")); });
}

// A thousand streams with ten conditions each, as a provider might have one for each customer. The
// message matches the last of them; no other takes it.
std::vector<Stream> thousand_streams() {
  std::vector<Stream> streams;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    Stream stream;
    stream.name = "customer" + n;
    stream.when.sender = {"*@customer" + n + ".example", "*@*.customer" + n + ".example",
                          "news@shop" + n + ".example"};
    stream.when.auth = {"customer" + n, "customer" + n + "-*"};
    stream.when.client = {*parse_ip_network(fmt::format("10.{}.{}.0/24", i / 250, i % 250))};
    stream.when.listener = {"submission", "smtps"};
    stream.when.header = {{"list-id", {"*.lists.customer" + n + ".example"}},
                          {"x-campaign", {"*-customer" + n}}};
    streams.push_back(std::move(stream));
  }
  streams.emplace_back();
  return streams;
}

void selection() {
  const std::vector<Stream> streams = thousand_streams();
  const StreamSelector selector(streams);
  const Envelope envelope{.sender = "bounces@mail.customer999.example",
                          .auth = "customer999-crm",
                          .client = "10.3.249.17",
                          .listener = "submission"};
  HeaderFacts facts;
  facts.add("List-Id", "News <news.lists.customer999.example>");
  row("choosing one of 1000 streams x 10 conditions", [&] {
    Selection selection(selector, envelope);
    selection.header("Received", "from mx.example.net by relay.example.net");
    selection.header("Subject", "Our offers of the week");
    selection.header("X-Campaign", "spring-customer999");
    selection.end_of_headers(facts);
    keep(selection.winner());
  });
  const KnownSets known(streams);
  std::vector<const Stream*> all;
  for (const Stream& stream : streams)
    all.push_back(&stream);
  row("the sets that 1001 candidates have in common", [&] { keep(known.of(all)); });
  const StreamSelector one({streams.data() + 1000, 1});
  row("choosing one of one stream", [&] { keep(Selection(one, envelope).winner()); });
}

void batches() {
  const RedisSchema schema("optout:", {});
  std::vector<SetName> sets;
  for (const char* name : {"global", "list:news.example.com", "complaint", "bounce", "block"})
    sets.emplace_back(name);
  for (const unsigned count : {1U, 50U}) {
    const std::vector<Spellings> recipients = everybody(count);
    Lookup lookup{.recipients = recipients, .sets = sets, .hits = {}, .unread = {}};
    Lookup* const lookups[] = {&lookup};
    LookupBatch batch(schema);
    row(fmt::format("LookupBatch, {} recipients x 5 sets", count), [&] {
      batch.ask(lookups);
      keep(batch.commands());
    });
  }
}

TokenKeys one_key() {
  std::string secret;
  for (char octet = 0; secret.size() < kTokenKeyOctets; octet = static_cast<char>(octet + 37))
    secret += octet;
  return {{1, {.secret = secret, .made = {}, .retired = false}}};
}

void tokens() {
  const Tokens tokens(one_key());
  const SetName list = SetName::list("news.example.com");
  const Token token{.issued = std::chrono::sys_days(std::chrono::days(20514)),
                    .scope = set_reference(list),
                    .address = "lena.meier@customers.example.net",
                    .stored = {},
                    .key = 0};
  const std::string text = tokens.mint(Purpose::reply, token).value_or("");
  row("set_reference", [&] { keep(set_reference(list)); });
  row("mint", [&] { keep(tokens.mint(Purpose::reply, token)); });
  row("verify", [&] { keep(tokens.verify(Purpose::reply, text)); });
  row("verify, forged", [&] { keep(tokens.verify(Purpose::bounce, text)); });
}

// The fields of a message to one recipient, from her address to what the MTA is asked to do.
void list_unsubscribe() {
  UnsubscribeOptions options;
  options.domain = "optout.example.com";
  options.link = "https://optout.example.com/u/";
  const Offers offers(options, std::make_shared<const Tokens>(one_key()), nullptr, {});
  const auto list = scope_of_token(SetName::list("news.example.com"));
  const std::chrono::sys_days today{std::chrono::days(20514)};
  const std::string lena = "lena.meier@customers.example.net";
  row("Offers::offer", [&] { keep(offers.offer(lena, list, today)); });
  const Offer offer = offers.offer(lena, list, today);
  ListFields senders;
  const OwnFields own{.link = offer.link, .mailto = offer.mailto, .signed_link = true};
  row("ListFields::plan", [&] { keep(senders.plan(false, own)); });
}

}  // namespace

int main() {
  fmt::print("{:<52} {:>10}\n", "", "ns");
  addresses();
  policy();
  selection();
  batches();
  tokens();
  list_unsubscribe();
}
