#include "tests/simulation/power_cut_client.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/async/runtime.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

// Waits until the cluster has made so many steps, or has no power.
Task<void> AwaitSteps(SimulatedCluster* cluster, uint64_t steps) {
  const uint64_t until = cluster->steps() + steps;
  while (cluster->steps() < until && cluster->disk().powered()) {
    CO_RETURN_IF_ERROR(co_await Sleep(absl::Milliseconds(1)));
  }
  co_return absl::OkStatus();
}

}  // namespace

/// Sends `content` in pieces; breaks off after `sent` bytes if that is less.
class PowerCutClient::Body final : public BodyReader {
 public:
  Body(SimulatedCluster& cluster, std::string content, size_t piece, uint64_t pause, size_t sent)
      : cluster_(cluster),
        content_(std::move(content)),
        piece_(piece),
        pause_(pause),
        sent_(sent) {}

  Task<trebol::Bytes> Next() override {
    if (at_ > 0 && pause_ > 0) {
      CO_RETURN_IF_ERROR(co_await AwaitSteps(&cluster_, std::exchange(pause_, 0)));
    }
    if (at_ >= sent_ && sent_ < content_.size()) co_return absl::CancelledError("the client left");
    const size_t size = std::min(piece_, std::min(sent_, content_.size()) - at_);
    at_ += size;
    co_return trebol::Bytes(absl::string_view(content_).substr(at_ - size, size));
  }
  v1::PutObjectRequest::Trailer trailer() const override { return {}; }

 private:
  SimulatedCluster& cluster_;
  const std::string content_;
  const size_t piece_;
  uint64_t pause_;
  const size_t sent_;
  size_t at_ = 0;
};

/// Takes a value; pauses once after its first bytes.
class PowerCutClient::Writer final : public BodyWriter {
 public:
  Writer(SimulatedCluster& cluster, uint64_t pause) : cluster_(cluster), pause_(pause) {}

  void Begin(const v1::ObjectInfo& info, const v1::ByteRange&) override { this->info = info; }
  Task<void> Write(trebol::Bytes data) override {
    bytes.append(std::string(data));
    if (pause_ > 0) co_return co_await AwaitSteps(&cluster_, std::exchange(pause_, 0));
    co_return absl::OkStatus();
  }

  v1::ObjectInfo info;
  std::string bytes;

 private:
  SimulatedCluster& cluster_;
  uint64_t pause_;
};

void PowerCutClient::Tally::AddTo(ClusterPowerCutRun* run) const {
  run->in_flight += in_flight;
  run->acked_puts += acked_puts;
  run->acked_deletes += acked_deletes;
  run->gets += gets;
  run->broken_uploads += broken_uploads;
  run->refused_by_session += refused_by_session;
  run->violations.insert(run->violations.end(), violations.begin(), violations.end());
}

size_t PowerCutClient::SomeSize(std::mt19937_64& random) const {
  switch (random() % 8) {
    case 0:
      return 0;
    case 1:
      return random() % 7 * chunk_size_;  // exactly whole chunks
    case 2:
    case 3:
      return random() % (7 * chunk_size_);
    case 4:
      return random() % (2 * chunk_size_);
    default:
      return random() % 5000;
  }
}

bool PowerCutClient::Failed(const char* what, size_t key, uint64_t stalls,
                            const absl::Status& status, Tally* tally) const {
  if (!cluster_.disk().powered()) {
    ++tally->in_flight;
    return true;
  }
  if (stalls_ != stalls || stalls % 2 == 1) {
    ++tally->refused_by_session;
  } else {
    tally->violations.push_back(
        absl::StrCat("UNAVAILABLE: ", what, " of ", ClusterLedger::Name(key),
                     " failed while nothing was wrong: ", status.ToString()));
  }
  return false;
}

void PowerCutClient::Put(size_t key, std::mt19937_64& random, Tally* tally) {
  const size_t size = SomeSize(random);
  const size_t piece = random() % 2 == 0 ? size + 1 : 1 + random() % (2 * chunk_size_);
  const uint64_t pause = slow_ && random() % 16 == 0 ? 1 + random() % 14 : 0;
  Send(key, size, piece, pause, tally);
}

void PowerCutClient::PutSlowly(size_t key, uint64_t steps, std::mt19937_64& random, Tally* tally) {
  const size_t size = (1 + random() % 3) * chunk_size_;
  Send(key, size, size, steps, tally);
}

void PowerCutClient::Send(size_t key, size_t size, size_t piece, uint64_t pause, Tally* tally) {
  const uint64_t stalls = stalls_;
  const uint64_t number = ledger_.Send(key, ClusterLedger::Kind::kPut, size);
  auto body =
      std::make_shared<Body>(cluster_, ledger_.Bytes(key, number, size), piece, pause, size);
  const auto put = cluster_.Put(ClusterLedger::Name(key), absl::StrCat(number), body);
  if (put.ok()) {
    ledger_.Acknowledged(key, number);
    ++tally->acked_puts;
  } else if (!Failed("put", key, stalls, put.status(), tally)) {
    ledger_.Refused(key, number);
  }
}

void PowerCutClient::BreakUpload(size_t key, std::mt19937_64& random, Tally* tally) {
  const size_t size = 1 + random() % (4 * chunk_size_);
  const uint64_t number = ledger_.Send(key, ClusterLedger::Kind::kPut, size);
  ledger_.Refused(key, number);  // it is never committed, whatever else happens
  auto body = std::make_shared<Body>(cluster_, ledger_.Bytes(key, number, size),
                                     1 + random() % chunk_size_, 0, random() % size);
  const auto put = cluster_.Put(ClusterLedger::Name(key), absl::StrCat(number), body);
  ++tally->broken_uploads;
  if (put.ok()) {
    tally->violations.push_back(absl::StrCat("WRONG: an upload of ", ClusterLedger::Name(key),
                                             " that broke off was acknowledged"));
  }
}

void PowerCutClient::Delete(size_t key, Tally* tally) {
  const uint64_t stalls = stalls_;
  const uint64_t number = ledger_.Send(key, ClusterLedger::Kind::kDelete, 0);
  const absl::Status status = cluster_.Delete(ClusterLedger::Name(key));
  if (status.ok()) {
    ledger_.Acknowledged(key, number);
    ++tally->acked_deletes;
  } else if (!Failed("delete", key, stalls, status, tally)) {
    ledger_.Refused(key, number);
  }
}

void PowerCutClient::Get(size_t key, std::mt19937_64& random, Tally* tally) {
  const uint64_t stalls = stalls_;
  const uint64_t lower = ledger_.LowerBound(key);
  auto writer =
      std::make_shared<Writer>(cluster_, slow_ && random() % 3 == 0 ? 2 + random() % 5 : 0);
  const absl::Status status = cluster_.Get(ClusterLedger::Name(key), writer);
  const bool absent = absl::IsNotFound(status);
  ClusterLedger::Seen seen;
  uint64_t number = 0;
  if (!writer->bytes.empty() || status.ok()) {
    if (!absl::SimpleAtoi(writer->info.user_metadata().at("tag"), &number)) number = ~uint64_t{0};
    seen = number;
    const std::string sent = ledger_.Bytes(key, number, ledger_.SizeOf(key, number));
    const bool same = status.ok() ? sent == writer->bytes
                                  : sent.compare(0, writer->bytes.size(), writer->bytes) == 0;
    if (!same) {
      tally->violations.push_back(absl::StrCat("WRONG: get of ", ClusterLedger::Name(key),
                                               " gave bytes that are not those of put ", number));
    }
  }
  if (status.ok() || absent) {
    ++tally->gets;
    std::string wrong = ledger_.Check(key, lower, seen);
    if (!wrong.empty()) tally->violations.push_back(absl::StrCat(wrong, " (get)"));
  } else {
    Failed("get", key, stalls, status, tally);
  }
}

}  // namespace trebol
