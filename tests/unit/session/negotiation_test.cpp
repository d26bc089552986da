#include "session/negotiation.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

Config config_with(const Stream& stream) {
  Config config;
  config.streams = {stream};
  return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(negotiation)

BOOST_AUTO_TEST_CASE(the_default_stream_answers_rcpt_and_waits_for_headers) {
  const Negotiation wanted = negotiation_for(Config{});
  BOOST_TEST(wanted.recipients_answered);
  BOOST_TEST(!wanted.data_answered);
}

BOOST_AUTO_TEST_CASE(where_every_stream_strips_rcpt_needs_no_reply) {
  Stream stream;
  stream.on_opted_out = OnOptedOut::strip;
  BOOST_TEST(!negotiation_for(config_with(stream)).recipients_answered);
}

BOOST_AUTO_TEST_CASE(where_no_header_can_matter_data_is_where_the_message_is_accepted) {
  Stream stream;
  stream.honours = {"global", "bounce"};
  BOOST_TEST(negotiation_for(config_with(stream)).data_answered);
}

BOOST_AUTO_TEST_CASE(on_tcp_data_has_a_reply_as_postfix_would_wait_for_a_delayed_ack) {
  Config config;
  config.listen.address = {.path = {}, .host = "127.0.0.1", .port = 8895};
  BOOST_TEST(negotiation_for(config).data_answered);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
