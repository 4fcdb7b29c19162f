import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { CacheService } from "./gen/typescript/prism/cache/v1/cache_service_pb.js";
import { QueueService } from "./gen/typescript/prism/queue/v1/queue_service_pb.js";
import { ReaderService } from "./gen/typescript/prism/reader/v1/reader_service_pb.js";
import { SessionService } from "./gen/typescript/prism/session/v1/session_service_pb.js";

const MAX_ATTEMPTS = 4;
const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

// What may be repeated without harm, is: reads. Not Publish, which would publish twice if only the answer was lost; and
// not Write, which is safe with an idempotency key only.
const READS = new Set<DescMethod>([
  ReaderService.method.get,
  ReaderService.method.count,
  CacheService.method.get,
  CacheService.method.getMulti,
  CacheService.method.exists,
  QueueService.method.getTopicInfo,
  SessionService.method.heartbeat,
  SessionService.method.getSession,
]);

/** Repeats reads of a service that cannot be reached, which gRPC does by service config where it has one; connect has none. */
export const retryReads: Interceptor = (next) => async (request) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await next(request);
    } catch (error) {
      const again =
        attempt < MAX_ATTEMPTS && READS.has(request.method) && ConnectError.from(error).code === Code.Unavailable;
      if (!again) {
        throw error;
      }
      const backoff = Math.min(INITIAL_BACKOFF_MS * 2 ** (attempt - 1), MAX_BACKOFF_MS);
      await sleep(backoff * (0.8 + 0.4 * Math.random()), undefined, { signal: request.signal });
    }
  }
};
