#include "gateway/s3/http/connection_registry.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>
#include <vector>

#include "absl/algorithm/container.h"

namespace trebol {
namespace {

int64_t NowNs() { return absl::ToInt64Nanoseconds(SystemClock().Now().since_origin); }

/// The other side sent a reset or, behind a request that was read to its end, its own end; even if
/// the next request, unread, is in between.
bool HungUp(int socket, bool body_read) {
  tcp_info info = {};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
  return info.tcpi_state == TCP_CLOSE || (body_read && info.tcpi_state == TCP_CLOSE_WAIT);
}

/// The other side reads a reset: after an end it could take a part of an answer for the whole.
/// Dissolving the association does that to a TCP socket (connect(2)), and wakes who waits for it.
bool Abort(int socket) {
  const sockaddr nobody = {.sa_family = AF_UNSPEC};
  return connect(socket, &nobody, sizeof nobody) == 0;
}

}  // namespace

ConnectionRegistry::Entry::Entry(std::shared_ptr<ConnectionRegistry> registry, int socket)
    : registry_(std::move(registry)), socket_(socket), rests_since_(SystemClock().Now()) {
  MutexLock lock(&registry_->mutex_);
  registry_->entries_.insert(this);
  if (registry_->ending_) registry_->Cut(this);
}

ConnectionRegistry::Entry::~Entry() {
  MutexLock lock(&registry_->mutex_);
  registry_->entries_.erase(this);
  if (cut_) --registry_->cut_;
  if (registry_->entries_.empty()) registry_->none_.NotifyAll();
}

void ConnectionRegistry::Entry::Expect(absl::Duration limit) {
  deadline_ns_ = NowNs() + absl::ToInt64Nanoseconds(limit);
}

void ConnectionRegistry::Entry::Works(std::shared_ptr<Cancellation> cancellation) {
  body_read_ = false;
  bool too_late = false;
  {
    MutexLock lock(&registry_->mutex_);
    works_ = cancellation;
    too_late = registry_->cutting_all_;
  }
  if (too_late) cancellation->Cancel();
}

bool ConnectionRegistry::Entry::Rests() {
  MutexLock lock(&registry_->mutex_);
  works_ = nullptr;
  rests_since_ = SystemClock().Now();
  return !registry_->ending_;
}

bool ConnectionRegistry::MakeRoom() {
  MutexLock lock(&mutex_);
  if (entries_.size() - cut_ < most_) return true;
  Entry* oldest = nullptr;
  for (Entry* entry : entries_) {
    if (entry->works_ != nullptr || entry->cut_) continue;
    if (oldest == nullptr || entry->rests_since_ < oldest->rests_since_) oldest = entry;
  }
  if (oldest == nullptr) return false;
  Cut(oldest);
  return true;
}

void ConnectionRegistry::Look() {
  const int64_t now = NowNs();
  std::vector<std::shared_ptr<Cancellation>> gone;
  {
    MutexLock lock(&mutex_);
    for (Entry* entry : entries_) {
      const int64_t deadline = entry->deadline_ns_;
      const bool late = deadline != 0 && deadline <= now;
      if (late) Cut(entry);
      if (entry->works_ == nullptr) continue;
      if (late || HungUp(entry->socket_, entry->body_read_)) gone.push_back(entry->works_);
    }
  }
  // Not under the lock: what is cancelled may do anything. Twice is once.
  for (const auto& cancellation : gone) cancellation->Cancel();
}

void ConnectionRegistry::BeginEnd() {
  MutexLock lock(&mutex_);
  ending_ = true;
  for (Entry* entry : entries_) {
    if (entry->works_ == nullptr) Cut(entry);
  }
}

bool ConnectionRegistry::AwaitNone(absl::Duration grace) {
  const Instant end = SystemClock().Now() + grace;
  MutexLock lock(&mutex_);
  while (!entries_.empty()) {
    if (grace == absl::InfiniteDuration()) {
      none_.Wait(&mutex_);
      continue;
    }
    const absl::Duration left = end - SystemClock().Now();
    if (left <= absl::ZeroDuration()) return false;
    none_.WaitFor(&mutex_, left);
  }
  return true;
}

void ConnectionRegistry::CutAll() {
  std::vector<std::shared_ptr<Cancellation>> works;
  {
    MutexLock lock(&mutex_);
    cutting_all_ = true;
    for (Entry* entry : entries_) {
      Cut(entry);
      if (entry->works_ != nullptr) works.push_back(entry->works_);
    }
  }
  for (const auto& cancellation : works) cancellation->Cancel();
}

size_t ConnectionRegistry::resting() {
  MutexLock lock(&mutex_);
  return static_cast<size_t>(
      absl::c_count_if(entries_, [](const Entry* entry) { return entry->works_ == nullptr; }));
}

size_t ConnectionRegistry::open() {
  MutexLock lock(&mutex_);
  return entries_.size();
}

void ConnectionRegistry::Cut(Entry* entry) {
  if (entry->cut_) return;
  entry->cut_ = true;
  ++cut_;
  if (entry->works_ == nullptr || !Abort(entry->socket_)) shutdown(entry->socket_, SHUT_RDWR);
}

}  // namespace trebol
