#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Service;
}

namespace trebol::bench {

// What gRPC itself costs on the way that Trébol's bytes take: the same calls, messages, buffers and
// threads, and nothing done with them. Thread-safe services.

inline constexpr uint64_t kRawChunkSize = 4 << 20;    // bytes of a call between servers
inline constexpr uint64_t kRawMessageSize = 1 << 20;  // bytes of a message to or from a client
inline constexpr int kRawChunksInFlight = 4;          // of one stream

/// A number as the request of a read: how many bytes are wanted.
std::string EncodeCount(uint64_t count);

/// ChunkService: PutChunk forgets what it gets, GetChunk gives as many bytes as it is asked for.
std::unique_ptr<grpc::Service> MakeSink();

/// ObjectService: PutObject gathers chunks and sends each to every sink; GetObject fetches chunks
/// from one sink after the other and streams them.
std::unique_ptr<grpc::Service> MakeRelay(std::vector<std::string> sinks);

}  // namespace trebol::bench
