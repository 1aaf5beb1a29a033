#include "trail/record_writer.h"

#include "base/append.h"
#include "codec/json.h"
#include "codec/json_value.h"

namespace opentrail::trail {
namespace {

constexpr size_t kMaxParametersBytes = 100 * 1024;  // requestParameters, responseElements

}  // namespace

std::string_view Truncate(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<uint8_t>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

void WriteTlsDetails(RecordWriter& writer, const http::RequestHead& head) {
  writer.Begin("tlsDetails");
  writer.Text("tlsVersion", head.peer.tls_version);
  writer.Text("cipherSuite", head.peer.cipher_suite);
  writer.Text("clientProvidedHostHeader", head.Host());
  if (!head.peer.key_exchange.empty()) writer.Text("keyExchange", head.peer.key_exchange);
  writer.End();
}

RecordWriter::RecordWriter() {
  out_.reserve(2048);
  out_ += '{';
}

// The names are CloudTrail's own: nothing to escape.
void RecordWriter::Key(std::string_view key) { AppendAll(out_, '"', key, "\":"); }

void RecordWriter::Close(char bracket) {
  if (out_.back() == ',') out_.pop_back();
  AppendAll(out_, bracket, ',');
}

void RecordWriter::Begin(std::string_view key) { AppendAll(out_, '"', key, "\":{"); }

void RecordWriter::BeginList(std::string_view key) { AppendAll(out_, '"', key, "\":["); }

void RecordWriter::BeginElement() { out_ += '{'; }

void RecordWriter::Plain(std::string_view key, std::string_view text) {
  AppendAll(out_, '"', key, "\":\"", text, "\",");
}

void RecordWriter::Text(std::string_view key, std::string_view text) {
  if (codec::IsPlainJsonText(text)) return Plain(key, text);
  Key(key);
  codec::AppendJsonString(out_, text);
  out_ += ',';
}

void RecordWriter::Boolean(std::string_view key, bool value) {
  Key(key);
  out_ += value ? "true," : "false,";
}

void RecordWriter::Json(std::string_view key, const Value& value) {
  Key(key);
  codec::AppendJson(out_, value);
  out_ += ',';
}

void RecordWriter::Bounded(std::string_view key, const Value& value) {
  Key(key);
  const size_t before = out_.size();
  codec::AppendJson(out_, value);
  if (out_.size() - before > kMaxParametersBytes) {
    out_.resize(before);
    out_ += R"({"omitted":true})";
  }
  out_ += ',';
}

std::string RecordWriter::Finish() {
  Close('}');
  out_.pop_back();
  return std::move(out_);
}

}  // namespace opentrail::trail
