#include "optoutctl/explanation.h"

#include "message/activity.h"
#include "message/transaction.h"
#include "optoutctl/notebook_mta.h"
#include "policy/header_facts.h"
#include "suppression/members.h"
#include "suppression/redis_registry.h"
#include "suppression/redis_store.h"
#include "unsubscribe/reply_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

// As SMTP writes it.
std::string path(const std::string& address) {
  return address.starts_with('<') ? address : fmt::format("<{}>", address);
}

class Explainer {
public:
  Explainer(const Config& config, redis::Executor& redis, Message message)
      : executor_(redis),
        store_(std::make_shared<RecordingStore>(
            make_redis_store(executor_, config.prefix, config.addresses))) {
    told_.snapshot = make_snapshot(config, store_,
                                   std::make_shared<LookingRegistry>(make_redis_registry(
                                       executor_, config.prefix, config.addresses)));
    told_.message = std::move(message);
  }

  Explanation run() {
    const Message& message = told_.message;
    Transaction transaction(told_.snapshot,
                            {.sender = path(message.sender),
                             .auth = message.auth,
                             .client = message.client,
                             .listener = message.listener,
                             .session_id = {},
                             .pickup = message.pickup,
                             .recipients_answered = can_refuse_at_recipient(streams())},
                            activity_);
    at_mail(transaction);
    for (const std::string& address : message.recipients)
      at_recipient(transaction, address);
    if (transaction.has_recipients()) at_data(transaction);
    Selection selection(*told_.snapshot->selector, told_.envelope);
    for (HeaderField& field : told_.message.header) {
      transaction.header(field.name, field.value);
      headers_.add(field.name, field.value);
      field.too_long = !selection.header(field.name, field.value);
    }
    choose_stream();
    if (told_.reply && !told_.decided_at_data) at_end(transaction);
    for (ExplainedRecipient& recipient : told_.recipients)
      note_delivery(recipient);
    told_.added = mta_.added();
    told_.removed = mta_.removed();
    told_.held = mta_.held();
    told_.would_record = store_->would_record();
    told_.would_count = guard_counts(told_.snapshot->config);
    return std::move(told_);
  }

private:
  const std::vector<Stream>& streams() const { return told_.snapshot->config.streams; }

  void at_mail(const Transaction& transaction) {
    const Message& message = told_.message;
    const bool null_sender = message.sender.empty() || message.sender == "<>";
    told_.envelope = {.null_sender = null_sender,
                      .pickup = message.pickup,
                      .sender = null_sender ? "<>" : lookup_key(message.sender).key,
                      .auth = message.auth,
                      .client = message.client,
                      .listener = message.listener};
    told_.candidates.assign(transaction.candidates().begin(), transaction.candidates().end());
    told_.decides_at_recipient = optout::decides_at_recipient(told_.candidates, told_.envelope);
    told_.winner = told_.candidates.front();
  }

  // By the header, which is all at hand, even where the milter decides before it comes.
  void choose_stream() {
    const auto& candidates = told_.candidates;
    told_.list_id = headers_.list_id();
    told_.why_no_list = headers_.why_no_list();
    bool won = false;
    for (const Stream& stream : streams()) {
      const bool can_win =
          std::find(candidates.begin(), candidates.end(), &stream) != candidates.end();
      told_.streams.push_back(
          {&stream, can_win, why_not(stream.when, told_.envelope, told_.message.header)});
      if (!won && !told_.streams.back().why_not) {
        told_.winner = &stream;
        won = true;
      }
      if (&stream == candidates.back()) break;  // it takes whatever is left
    }
  }

  void at_recipient(Transaction& transaction, const std::string& address) {
    ExplainedRecipient recipient{.address = address, .key = lookup_key(address)};
    const Config& config = told_.snapshot->config;
    if (const auto local_part = at_our_domain(recipient.key)) {
      const Tokens& tokens = *told_.snapshot->unsubscribe->tokens;
      const auto text = token_of(*local_part);
      recipient.is_request = tokens.verify(Purpose::reply, text.value_or(*local_part)).has_value();
      recipient.bad_token = text && !recipient.is_request;
    }
    const Exemption exempt = exemption(recipient.key, config.our_domains);
    if (exempt == Exemption::none && !recipient.is_request)
      recipient.members = spellings(recipient.key, {}, config.addresses).members;
    recipient.verdict.exemption = exempt;
    recipient.reply = transaction.recipient(path(address), mta_);
    recipient.asked = executor_.take();
    const std::vector<RecordedLookup> looked_up = lookups();
    const bool is_judged = exempt == Exemption::none && !recipient.is_request &&
                           !recipient.is_invalid() && told_.decides_at_recipient;
    if (is_judged && looked_up.empty())  // for no set can be asked before the header is known
      recipient.verdict = judge_recipient(told_.candidates, recipient.key, Answer());
    for (const RecordedLookup& lookup : looked_up) {
      note_listings(recipient, lookup);
      recipient.verdict = judge_recipient(
          told_.candidates, recipient.key,
          lookup.answers ? Result<Answer>(recipient.listed) : lookup.answers.error());
    }
    told_.recipients.push_back(std::move(recipient));
  }

  // The local part of an address at our domain, as message/requests.cpp takes it.
  std::optional<std::string_view> at_our_domain(const LookupKey& key) const {
    const Snapshot& snapshot = *told_.snapshot;
    if (!snapshot.unsubscribe || key.domain() != snapshot.config.unsubscribe.domain)
      return std::nullopt;
    const std::string_view address = key.key;
    return address.substr(0, address.size() - key.domain().size() - 1);
  }

  // The lookups since the last call. Behind a failure Redis is not asked for a while; what counts
  // is why, and that the first one says.
  std::vector<RecordedLookup> lookups() {
    std::vector<RecordedLookup> all = store_->take();
    for (RecordedLookup& lookup : all) {
      if (lookup.answers) continue;
      if (!failure_) failure_ = lookup.answers.error();
      if (lookup.answers.error().fault == Fault::backing_off) lookup.answers = *failure_;
    }
    return all;
  }

  static void note_listings(ExplainedRecipient& recipient, const RecordedLookup& lookup) {
    if (!lookup.answers) return;
    for (std::size_t i = 0; i < lookup.recipients.size(); ++i) {
      if (lookup.recipients[i].members != recipient.members) continue;
      const Answer& found = (*lookup.answers)[i];
      recipient.listed.insert(recipient.listed.end(), found.begin(), found.end());
    }
  }

  static bool asks_about(const RecordedLookup& lookup, const ExplainedRecipient& recipient) {
    return std::any_of(lookup.recipients.begin(), lookup.recipients.end(),
                       [&](const Spellings& s) { return s.members == recipient.members; });
  }

  // Who waits for the end of the message is asked about now; in vain does no harm.
  void at_data(Transaction& transaction) {
    told_.reply = Reply::proceed();
    told_.decided_at_data = transaction.data(mta_).kind() == Reply::Kind::accept;
    told_.asked_at_data = executor_.take();
    for (const RecordedLookup& lookup : lookups())
      note_listings(lookup);
  }

  void note_listings(const RecordedLookup& lookup) {
    for (ExplainedRecipient& recipient : told_.recipients)
      note_listings(recipient, lookup);
  }

  // Whether monitor mode would have refused this one at RCPT: then the message is judged without.
  static bool would_be_gone(const ExplainedRecipient& recipient) {
    return !recipient.reply.refuses() && recipient.verdict.action == Action::reject;
  }

  // Asks to unsubscribe, or would like to, and is nobody who gets mail.
  bool is_swallowed(const ExplainedRecipient& recipient) const {
    const bool discards = told_.winner->bad_token == BadToken::discard && !told_.monitor();
    return recipient.is_request || (recipient.bad_token && discards);
  }

  void at_end(Transaction& transaction) {
    told_.reply = transaction.end_of_message(mta_);
    told_.winner = transaction.candidates().front();
    told_.asked_at_end = executor_.take();
    std::vector<ExplainedRecipient*> recipients;
    std::size_t all = 0;
    for (ExplainedRecipient& recipient : told_.recipients) {
      if (recipient.reply.refuses() || is_swallowed(recipient)) continue;
      ++all;
      if (recipient.is_invalid() && !told_.monitor()) {
        recipient.verdict = Verdict::no_such_address();
      } else if (!would_be_gone(recipient)) {
        recipients.push_back(&recipient);
      }
    }
    const Exemption exempt =
        all == 1 ? exemption(told_.envelope, headers_) : Exemption::none;  // as the Transaction
    MessageVerdict verdict = judge(recipients, exempt);
    const bool refused = told_.reply->kind() == Reply::Kind::permanent;
    if (refused && verdict.message.action == Action::accept &&
        told_.winner->list_unsubscribe == ListUnsubscribe::require) {
      verdict = {.message = Verdict::lack_of_way_out(), .recipients = {}};
    }
    told_.verdict = verdict.message;
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      Verdict own = i < verdict.recipients.size() ? verdict.recipients[i] : verdict.message;
      settle(*recipients[i], std::move(own));
    }
  }

  MessageVerdict judge(const std::vector<ExplainedRecipient*>& recipients, Exemption exempt) {
    if (exempt != Exemption::none && told_.winner->recipients_only.empty())
      return {.message = Verdict::exempt(exempt), .recipients = {}};
    std::vector<Standing> standings(recipients.size());
    for (const RecordedLookup& lookup : lookups()) {
      note_listings(lookup);
      if (lookup.answers) continue;
      for (std::size_t i = 0; i < recipients.size(); ++i) {
        if (asks_about(lookup, *recipients[i])) standings[i].fault = lookup.answers.error();
      }
    }
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      const ExplainedRecipient& recipient = *recipients[i];
      const bool exempted = recipient.verdict.exemption != Exemption::none;
      standings[i].may_be_mailed = exempted || may_be_mailed(*told_.winner, recipient.key);
      standings[i].listed = recipient.listed;
    }
    return judge_message(*told_.winner, told_.list_id, standings);
  }

  // `own`: what was decided about the recipient alone.
  void settle(ExplainedRecipient& recipient, Verdict own) const {
    const Action message = told_.verdict.action;
    const bool spared = own.action == Action::accept || own.action == Action::tag;
    recipient.with_all = spared && (message == Action::reject || message == Action::hold);
    if (recipient.with_all) own.action = message;
    if (recipient.verdict.exemption != Exemption::none) own.exemption = recipient.verdict.exemption;
    recipient.verdict = std::move(own);
  }

  // What the Transaction did has the last word, also where policy was not asked (an invalid
  // address).
  void note_delivery(ExplainedRecipient& recipient) const {
    const Reply& last = recipient.reply.refuses() || !told_.reply ? recipient.reply : *told_.reply;
    if (last.refuses()) {
      recipient.verdict.action =
          last.kind() == Reply::Kind::transient ? Action::defer : Action::reject;
    }
    recipient.delivered = !last.refuses() && last.kind() != Reply::Kind::discard && !mta_.held() &&
                          !mta_.has_deleted(path(recipient.address));
  }

  Explanation told_;
  RecordingExecutor executor_;
  std::shared_ptr<RecordingStore> store_;
  NotebookMta mta_;
  Activity activity_;
  HeaderFacts headers_;
  std::optional<Error> failure_;  // the first
};

}  // namespace

Explanation explain(const Config& config, redis::Executor& redis, Message message) {
  return Explainer(config, redis, std::move(message)).run();
}

bool Explanation::delivered() const noexcept {
  return std::all_of(recipients.begin(), recipients.end(),
                     [](const ExplainedRecipient& recipient) { return recipient.delivered; });
}

bool Explanation::deferred() const noexcept {
  return std::any_of(recipients.begin(), recipients.end(), [](const ExplainedRecipient& recipient) {
    return !recipient.delivered && recipient.verdict.action == Action::defer;
  });
}

std::optional<Error> Explanation::fault() const {
  if (verdict.fault) return verdict.fault;
  for (const ExplainedRecipient& recipient : recipients) {
    if (recipient.verdict.fault) return recipient.verdict.fault;
  }
  return std::nullopt;
}

}  // namespace optout
