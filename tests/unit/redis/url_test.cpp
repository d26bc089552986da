// Redis addresses as administrators type them.

#include "asking.h"

#include <string>
#include <variant>

namespace optout {
namespace {

RedisOptions read(std::string_view url) {
  const auto parsed = parse_redis_url(url);
  if (const auto* const sentence = std::get_if<std::string>(&parsed)) {
    BOOST_FAIL(std::string(url) + ": " + *sentence);
  }
  return std::get<RedisOptions>(parsed);
}

std::string complaint(std::string_view url) {
  const auto parsed = parse_redis_url(url);
  if (!std::holds_alternative<std::string>(parsed)) return "accepted";
  return std::get<std::string>(parsed);
}

std::string summary(std::string_view url) {
  const RedisOptions options = read(url);
  return options.address.to_string() + " user=" + options.user + " password=" + options.password +
         " db=" + std::to_string(options.database);
}

bool complains_of(std::string_view url, std::string_view words) {
  const std::string sentence = complaint(url);
  BOOST_TEST_INFO(sentence);
  return sentence.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_url)

BOOST_AUTO_TEST_CASE(a_unix_socket_is_a_path_with_or_without_slashes) {
  BOOST_TEST(summary("unix:/run/r.sock") == "unix:/run/r.sock user= password= db=0");
  BOOST_TEST(summary("unix:///run/r.sock") == "unix:/run/r.sock user= password= db=0");
  BOOST_TEST(summary("UNIX:/run/r.sock?db=7") == "unix:/run/r.sock user= password= db=7");
  BOOST_TEST(summary("unix://milter@/run/r.sock?db=1") ==
             "unix:/run/r.sock user=milter password= db=1");
  BOOST_TEST(summary("unix://m:s3@/run/r.sock") == "unix:/run/r.sock user=m password=s3 db=0");
  BOOST_TEST(summary("unix:/run/a%20b@c") == "unix:/run/a b@c user= password= db=0");
}

BOOST_AUTO_TEST_CASE(a_tcp_address_has_redis_own_port_and_database_0_unless_told) {
  BOOST_TEST(summary("redis://10.0.0.5") == "inet:10.0.0.5:6379 user= password= db=0");
  BOOST_TEST(summary("redis://10.0.0.5/") == "inet:10.0.0.5:6379 user= password= db=0");
  BOOST_TEST(summary("Redis://r.example.com:6380/3") ==
             "inet:r.example.com:6380 user= password= db=3");
  BOOST_TEST(summary("redis://localhost?db=65535") ==
             "inet:localhost:6379 user= password= db=65535");
  BOOST_TEST(summary("redis://[::1]") == "inet:[::1]:6379 user= password= db=0");
  BOOST_TEST(summary("redis://[fe80::1%eth0]:7/2") == "inet:[fe80::1%eth0]:7 user= password= db=2");
}

BOOST_AUTO_TEST_CASE(user_and_password_are_percent_decoded) {
  BOOST_TEST(summary("redis://ann:p%40ss%3Aw%2f%25@h") ==
             "inet:h:6379 user=ann password=p@ss:w/% db=0");
  BOOST_TEST(summary("redis://:secret@h:1") == "inet:h:1 user= password=secret db=0");
  BOOST_TEST(summary("redis://ann@h") == "inet:h:6379 user=ann password= db=0");
  BOOST_TEST(summary("redis://ann:a:b@c@h") == "inet:h:6379 user=ann password=a:b@c db=0");
  BOOST_TEST(summary("redis://ann:a/b?c@h/4") == "inet:h:6379 user=ann password=a/b?c db=4");
}

BOOST_AUTO_TEST_CASE(what_the_url_does_not_say_keeps_its_default) {
  BOOST_TEST(read("redis://h").timeout.count() == RedisOptions{}.timeout.count());
  BOOST_TEST(read("redis://h").password_file == "");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_an_address_is_refused_with_the_reason) {
  BOOST_TEST(complains_of("", "not a Redis address"));
  BOOST_TEST(complains_of("localhost:6379", "not a Redis address"));
  BOOST_TEST(complains_of("/run/redis.sock", "not a Redis address"));
  BOOST_TEST(complains_of("http://h", "not a Redis address"));
  BOOST_TEST(complains_of("redis:h", "not a Redis address"));
  BOOST_TEST(complains_of("unix:redis.sock", "must begin with /"));
  BOOST_TEST(complains_of("unix://run/redis.sock", "must begin with /"));
  BOOST_TEST(complains_of("unix:/" + std::string(200, 'x'), "bytes long"));
  BOOST_TEST(complains_of("unix:/run/a%00b", "%00"));
  BOOST_TEST(complains_of("unix:/run/a%zz", "%25"));
  BOOST_TEST(complains_of("redis://", "host is missing"));
  BOOST_TEST(complains_of("redis:///1", "host is missing"));
  BOOST_TEST(complains_of("redis://:6379", "host is missing"));
  BOOST_TEST(complains_of("redis://a b", "not a name or an address"));
  BOOST_TEST(complains_of("redis://::1", "brackets"));
  BOOST_TEST(complains_of("redis://[::1", "] after the IPv6"));
  BOOST_TEST(complains_of("redis://[h]", "not an IPv6 address"));
  BOOST_TEST(complains_of("redis://[::1]x", "after ]"));
  for (const char* const port : {"0", "65536", "-1", "", "80x", " 80"}) {
    BOOST_TEST(complains_of("redis://h:" + std::string(port), "port must be"));
  }
  for (const char* const database : {"65536", "-1", "x", "1/2", "1x", "99999999999999999999"}) {
    BOOST_TEST(complains_of("redis://h/" + std::string(database), "database must be"));
    BOOST_TEST(complains_of("unix:/r?db=" + std::string(database), "database must be"));
  }
  BOOST_TEST(complains_of("redis://h/1?db=1", "twice"));
  BOOST_TEST(complains_of("redis://h?db=1&db=1", "twice"));
  BOOST_TEST(complains_of("redis://h?timeout=1", "only db"));
  BOOST_TEST(complains_of("redis://a%4:b@h", "user name must be written %25"));
  BOOST_TEST(complains_of("redis://a:100%@h", "password must be written %25"));
}

BOOST_AUTO_TEST_CASE(what_others_support_is_refused_by_name_and_with_what_to_do) {
  for (const char* const scheme : {"rediss", "redis+tls", "REDISS", "valkeys"}) {
    BOOST_TEST(complains_of(std::string(scheme) + "://h", "stunnel"));
  }
  for (const char* const scheme :
       {"redis+sentinel", "rediss+sentinel", "redis-sentinel", "sentinel"}) {
    BOOST_TEST(complains_of(std::string(scheme) + "://h/mymaster", std::string(scheme) + "://"));
    BOOST_TEST(complains_of(std::string(scheme) + "://h/mymaster", "address of the master"));
  }
  for (const char* const scheme : {"redis+cluster", "rediss+cluster", "redis-cluster"}) {
    BOOST_TEST(complains_of(std::string(scheme) + "://h", "single Redis"));
  }
}

BOOST_AUTO_TEST_CASE(no_complaint_repeats_a_password) {
  for (const char* const url :
       {"redis://u:hunter2@", "redis://u:hunter2@h:x", "rediss://u:hunter2@h",
        "unix://u:hunter2@run/x", "redis://u:hunter2%@h", "http://u:hunter2@h"}) {
    BOOST_TEST(complaint(url).find("hunter2") == std::string::npos);
    BOOST_TEST(complaint(url) != "accepted");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
