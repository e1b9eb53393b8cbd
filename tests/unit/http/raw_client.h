#pragma once

#include <cstdint>
#include <string>

namespace trebol {

/// A TCP connection to a port of this machine that sends whatever a test wants.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the other side has closed.
  bool Send(const std::string& bytes);
  /// The other side reads an end, and may still answer.
  void EndSending();
  /// Until the other side closes.
  std::string ReadAll();
  /// Until `end` has arrived, or the other side closes.
  std::string ReadUntil(const std::string& end);

 private:
  int socket_;
};

/// A listener that answers the first connection with `bytes` and closes, or says nothing at all.
class RawServer {
 public:
  RawServer();
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  uint16_t port() const { return port_; }
  /// Blocks for one connection.
  void AnswerOnce(const std::string& bytes);

 private:
  int socket_;
  uint16_t port_;
};

}  // namespace trebol
