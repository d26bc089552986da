#include "unsubscribe/token.h"

#include "unsubscribe/address_code.h"
#include "unsubscribe/base32.h"
#include "unsubscribe/bits.h"
#include "unsubscribe/siv.h"

#include <algorithm>
#include <array>

namespace optout {
namespace {

constexpr unsigned kVersion = 0;
constexpr unsigned kKeyBits = 6;
constexpr unsigned kDayBits = 15;
constexpr unsigned kScopeBits = 32;
constexpr unsigned kStoredBits = 64;
constexpr std::chrono::sys_days kFirstDay =
    std::chrono::year(2020) / std::chrono::January / std::chrono::day(1);

struct Form {
  std::string_view use;  // what the keys are derived for
  std::size_t tag_octets;
  std::size_t most_octets;  // of the whole token
};

constexpr std::size_t kMostInAddress = kLongestTokenInAddress * 5 / 8;
constexpr std::size_t kMostInLink = kLongestLinkToken * 5 / 8;

// In the order of Purpose.
constexpr std::array<Form, 3> kForms{{
    {"optout-milter token 0 reply", 10, kMostInAddress},
    {"optout-milter token 0 link", 16, kMostInLink},
    {"optout-milter token 0 bounce", 10, kMostInAddress},
}};

constexpr std::size_t index_of(Purpose purpose) noexcept {
  return static_cast<std::size_t>(purpose);
}

std::optional<Token> token_in(std::string_view plaintext) {
  BitReader bits(plaintext);
  Token token;
  const auto day = bits.take(kDayBits);
  const auto has_scope = bits.take(1);
  if (!day || !has_scope) return std::nullopt;
  token.issued = kFirstDay + std::chrono::days(*day);
  if (*has_scope != 0) {
    const auto scope = bits.take(kScopeBits);
    if (!scope) return std::nullopt;
    token.scope = static_cast<std::uint32_t>(*scope);
  }
  const auto is_stored = bits.take(1);
  if (!is_stored) return std::nullopt;
  if (*is_stored != 0) {
    token.stored = bits.take(kStoredBits);
    if (!token.stored) return std::nullopt;
  } else if (auto address = read_address(bits)) {
    token.address = *std::move(address);
  } else {
    return std::nullopt;
  }
  if (!bits.only_padding_left()) return std::nullopt;
  return token;
}

}  // namespace

std::optional<TokenContent> TokenContent::of(const Token& token) {
  const auto day = (token.issued - kFirstDay).count();
  if (day < 0 || day >= 1 << kDayBits) return std::nullopt;
  BitWriter bits;
  bits.put(static_cast<std::uint64_t>(day), kDayBits);
  bits.put(token.scope ? 1 : 0, 1);
  if (token.scope) bits.put(*token.scope, kScopeBits);
  bits.put(token.stored ? 1 : 0, 1);
  if (token.stored) {
    bits.put(*token.stored, kStoredBits);
  } else if (!write_address(bits, token.address)) {
    return std::nullopt;
  }
  return TokenContent(std::move(bits).octets());
}

struct Tokens::Ready {
  unsigned minting = 0;
  std::array<std::array<std::unique_ptr<const Siv>, kHighestTokenKey + 1>, kForms.size()> sivs;
  std::unique_ptr<const KeyedHash> references;
};

Tokens::Tokens(const TokenKeys& keys) {
  auto ready = std::make_unique<Ready>();
  for (const auto& [number, key] : keys) {
    if (key.retired || number < 1 || number > kHighestTokenKey ||
        key.secret.size() != kTokenKeyOctets) {
      continue;
    }
    for (std::size_t i = 0; i < kForms.size(); ++i) {
      ready->sivs.at(i).at(number) =
          std::make_unique<Siv>(key.secret, kForms.at(i).use, kForms.at(i).tag_octets);
    }
    ready->minting = number;  // they come in rising order
    ready->references = std::make_unique<KeyedHash>(
        derive_key(key.secret, "optout-milter stored reference", KeyedHash::kOctets));
  }
  ready_ = std::move(ready);
}

Tokens::~Tokens() = default;
Tokens::Tokens(Tokens&&) noexcept = default;
Tokens& Tokens::operator=(Tokens&&) noexcept = default;

std::optional<std::string> Tokens::mint(Purpose purpose, const Token& token) const {
  const auto content = TokenContent::of(token);
  std::string text;
  if (!content || !mint(purpose, *content, text)) return std::nullopt;
  return text;
}

bool Tokens::mint(Purpose purpose, const TokenContent& content, std::string& to) const {
  if (ready_->minting == 0) return false;
  const std::string& plaintext = content.octets_;
  const Form& form = kForms.at(index_of(purpose));
  const std::size_t size = 1 + form.tag_octets + plaintext.size();
  if (size > form.most_octets) return false;
  std::array<char, std::max(kMostInAddress, kMostInLink)> octets;
  octets.front() = static_cast<char>((kVersion << kKeyBits) | ready_->minting);
  const Siv& siv = *ready_->sivs.at(index_of(purpose)).at(ready_->minting);
  siv.seal({octets.data(), 1}, plaintext, octets.data() + 1);
  append_base32({octets.data(), size}, to);
  return true;
}

std::optional<Token> Tokens::verify(Purpose purpose, std::string_view text) const {
  if (text.size() > base32_length(kForms.at(index_of(purpose)).most_octets)) return std::nullopt;
  const auto octets = octets_of_base32(text);
  if (!octets || octets->empty()) return std::nullopt;
  const std::string_view head = std::string_view(*octets).substr(0, 1);
  const auto header = static_cast<unsigned char>(head.front());
  if (header >> kKeyBits != kVersion) return std::nullopt;
  const unsigned number = header & kHighestTokenKey;
  const auto& siv = ready_->sivs.at(index_of(purpose)).at(number);
  if (siv == nullptr) return std::nullopt;
  const auto plaintext = siv->open(head, std::string_view(*octets).substr(1));
  if (!plaintext) return std::nullopt;
  auto token = token_in(*plaintext);
  if (token) token->key = number;
  return token;
}

std::uint64_t Tokens::stored_reference(std::string_view address) const {
  if (ready_->references == nullptr) return 0;
  const KeyedHash::Value hash = ready_->references->of({}, address);
  std::uint64_t reference = 0;
  for (std::size_t i = 0; i < sizeof reference; ++i)
    reference = reference << 8 | hash.at(i);
  return reference;
}

}  // namespace optout
