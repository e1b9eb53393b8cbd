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
  /// The other side reads a reset.
  void Reset();
  /// The most that the system keeps of what is not read yet; before anything came.
  void KeepLittle(int bytes);
  /// At most `size` bytes; fewer at the end.
  std::string ReadExactly(size_t size);
  /// Until the other side closes.
  std::string ReadAll();
  /// Until `end` has arrived, or the other side closes.
  std::string ReadUntil(const std::string& end);
  /// The other side has closed, rather than reset, the connection; waits for either.
  bool EndsWell();
  int socket() const { return socket_; }

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
