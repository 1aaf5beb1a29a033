#include "engine/functions/url.h"

#include <charconv>
#include <cstring>

#include "engine/functions/ip_address.h"
#include "engine/functions/utf8_repair.h"

namespace opentrail::engine {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOneOf(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

std::optional<uint8_t> HexByte(std::string_view text, size_t at) {
  if (at + 2 > text.size()) return std::nullopt;
  uint8_t byte = 0;
  const auto [stop, error] = std::from_chars(text.data() + at, text.data() + at + 2, byte, 16);
  if (error != std::errc() || stop != text.data() + at + 2) return std::nullopt;
  return byte;
}

// Letters, digits, marks, whole escapes, non-ASCII and the `extra` characters.
bool IsLegal(std::string_view part, std::string_view extra) {
  for (size_t at = 0; at < part.size(); at++) {
    const char c = part[at];
    if (c == '%') {
      if (!HexByte(part, at + 1)) return false;
      at += 2;
      continue;
    }
    const bool legal =
        IsAlpha(c) || IsDigit(c) || static_cast<uint8_t>(c) >= 0x80 || IsOneOf(c, "_-!.~'()*") || IsOneOf(c, extra);
    if (!legal) return false;
  }
  return true;
}

// Labels of letters, digits and inner dashes; the last begins with a letter (else it would be an IPv4 address).
bool IsHostName(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string_view last;
  while (true) {
    const size_t dot = host.find('.');
    last = host.substr(0, dot);
    if (last.empty() || last.front() == '-' || last.back() == '-') return false;
    for (const char c : last) {
      if (!IsAlpha(c) && !IsDigit(c) && c != '-') return false;
    }
    if (dot == std::string_view::npos) return IsAlpha(last.front());
    host.remove_prefix(dot + 1);
  }
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[')) {
    const auto address = host.ends_with(']') ? ParseIpAddress(host.substr(1, host.size() - 2)) : std::nullopt;
    return address && host.find(':') != std::string_view::npos;
  }
  return IsHostName(host) || ParseIpAddress(host).has_value();
}

// [user@]host[:port]; an authority of another form is legal and has no host.
void ParseServer(std::string_view authority, Url& url) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return;
  const size_t colon = authority.find(':', bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!IsHost(host)) return;
  if (colon != std::string_view::npos && colon + 1 < authority.size()) {
    const std::string_view digits = authority.substr(colon + 1);
    int32_t port = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || stop != digits.data() + digits.size() || port < 0) return;
    url.port = port;
  }
  url.host = host;
}

// Takes "scheme:" off the text where it begins with one.
bool TakeScheme(std::string_view& text, Url& url) {
  const size_t end = text.find_first_of(":/?#");
  if (end == std::string_view::npos || text[end] != ':') return true;
  const std::string_view scheme = text.substr(0, end);
  if (scheme.empty() || !IsAlpha(scheme.front())) return false;
  for (const char c : scheme) {
    if (!IsAlpha(c) && !IsDigit(c) && !IsOneOf(c, "+-.")) return false;
  }
  url.scheme = scheme;
  text.remove_prefix(end + 1);
  return !text.empty();
}

}  // namespace

std::optional<Url> ParseUrl(std::string_view text) {
  Url url;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    if (!IsLegal(url.fragment, ";/?:@&=+$,[]")) return std::nullopt;
    text = text.substr(0, hash);
  }
  if (!TakeScheme(text, url)) return std::nullopt;
  if (!url.scheme.empty() && !text.starts_with('/')) {  // opaque, "mailto:a@b": no path, no query
    return IsLegal(text, ";/?:@&=+$,[]") ? std::optional(url) : std::nullopt;
  }
  if (const size_t mark = text.find('?'); mark != std::string_view::npos) {
    url.query = text.substr(mark + 1);
    if (!IsLegal(*url.query, ";/?:@&=+$,[]")) return std::nullopt;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::string_view authority = text.substr(0, text.find('/'));
    if (authority.empty() && text.empty() && !url.query) return std::nullopt;
    if (!IsLegal(authority, "$,;:@&=+[]")) return std::nullopt;
    ParseServer(authority, url);
    text.remove_prefix(authority.size());
  }
  if (!IsLegal(text, "/;:@&=+$,")) return std::nullopt;
  url.path = text;
  return url;
}

std::string PercentDecoded(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string bytes;
  for (size_t at = 0; at < text.size(); at++) {
    const auto byte = text[at] == '%' ? HexByte(text, at + 1) : std::nullopt;
    bytes += byte ? static_cast<char>(*byte) : text[at];
    if (byte) at += 2;
  }
  return RepairedUtf8(bytes);
}

std::string FormEncoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsAlpha(c) || IsDigit(c) || IsOneOf(c, "-_.*")) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded.append({'%', kHex[static_cast<uint8_t>(c) >> 4], kHex[static_cast<uint8_t>(c) & 15]});
    }
  }
  return encoded;
}

std::optional<std::string> FormDecoded(std::string_view text) {
  std::string bytes;
  for (size_t at = 0; at < text.size(); at++) {
    if (text[at] == '%') {
      const auto byte = HexByte(text, at + 1);
      if (!byte) return std::nullopt;
      bytes += static_cast<char>(*byte);
      at += 2;
    } else {
      bytes += text[at] == '+' ? ' ' : text[at];
    }
  }
  return RepairedUtf8(bytes);
}

}  // namespace opentrail::engine
