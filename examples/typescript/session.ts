import { setTimeout as sleep } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type StreamRequest,
  type Transport,
  type UnaryRequest,
} from "@connectrpc/connect";
import { type ErrorInfo, ErrorInfoSchema } from "./gen/typescript/google/rpc/error_details_pb.js";
import {
  type CreateSessionRequestSchema,
  SessionService,
} from "./gen/typescript/prism/session/v1/session_service_pb.js";

// Of each call that the keeper makes by itself.
const TIMEOUT_MS = 10_000;

export interface KeeperOptions {
  /** Well below the five minutes after which an idle session ends. */
  heartbeatEveryMs?: number;
  /** How little time the session may have left before it is refreshed. */
  refreshBelowMs?: number;
  /** Told the id of each new session. The id is no secret; the token is, so nobody is told it. */
  onSession?: (id: string, expires: Date) => void;
  onRefresh?: (expires: Date) => void;
  /** Told why a heartbeat failed. The next one is sent all the same. */
  onError?: (error: unknown) => void;
}

/**
 * Keeps one session open: sends heartbeats, refreshes the session before it expires, puts its token into every call of a
 * transport, and makes a new session when a call was refused because the old one is over.
 */
export class SessionKeeper {
  readonly #request: MessageInitShape<typeof CreateSessionRequestSchema>;
  readonly #options: Required<KeeperOptions>;
  readonly #stopping = new AbortController();
  #sessions: Client<typeof SessionService> | undefined;
  #beating: Promise<void> | undefined;
  #token = "";
  /** A session in the making, for which any number of refused calls wait. */
  #pending: Promise<string> | undefined;

  constructor(request: MessageInitShape<typeof CreateSessionRequestSchema>, options: KeeperOptions = {}) {
    const nothing = () => {};
    this.#request = request;
    this.#options = {
      heartbeatEveryMs: 60_000,
      refreshBelowMs: 600_000,
      onSession: nothing,
      onRefresh: nothing,
      onError: nothing,
      ...options,
    };
  }

  /** For the transport that start is given. A refused call has done nothing, so it may be repeated: once (RFC-002 §7.3). */
  readonly interceptor: Interceptor = (next) => async (request) => {
    if (request.method === SessionService.method.createSession) {
      return next(request);
    }
    const again = repeatable(request);
    const token = this.#token;
    try {
      return await next(withToken(again(), token));
    } catch (refusal) {
      // What a client has streamed is not kept here, so it cannot be sent again: the caller has to.
      if (!isOver(refusal) || clientStreams(request) || this.#stopping.signal.aborted) {
        throw refusal;
      }
      return next(withToken(again(), await this.#renew(token)));
    }
  };

  /** Creates the session and keeps it until close. */
  async start(transport: Transport): Promise<void> {
    this.#sessions = createClient(SessionService, transport);
    await this.#renew("");
    this.#beating = this.#keepAlive(this.#sessions, this.#stopping.signal);
  }

  /** Ends the session. Calls that still run are broken off, and later ones are refused: no new session is made. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#beating;
    await this.#pending?.catch(() => {});
    try {
      await this.#sessions?.closeSession({ force: true }, { timeoutMs: TIMEOUT_MS });
    } catch (error) {
      if (!isOver(error)) {
        throw error;
      }
    }
  }

  async #keepAlive(sessions: Client<typeof SessionService>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // Waiting for the next heartbeat is no reason for a program to go on.
        await sleep(this.#options.heartbeatEveryMs, undefined, { signal, ref: false });
        await this.#beat(sessions, signal);
      } catch (error) {
        if (!signal.aborted) {
          this.#options.onError(error);
        }
      }
    }
  }

  /** These calls go through the interceptor like any other, so a heartbeat that finds the session over renews it. */
  async #beat(sessions: Client<typeof SessionService>, signal: AbortSignal): Promise<void> {
    const alive = await sessions.heartbeat({}, { signal, timeoutMs: TIMEOUT_MS });
    // The server says what is left, so this machine's clock does not matter.
    if (alive.ttl !== undefined && durationMs(alive.ttl) > this.#options.refreshBelowMs) {
      return;
    }
    // The token stays the same. A session lives 24 hours at most; then a call is refused, and a new one is made.
    const refreshed = await sessions.refreshSession({}, { signal, timeoutMs: TIMEOUT_MS });
    if (refreshed.newExpiresAt !== undefined) {
      this.#options.onRefresh(timestampDate(refreshed.newExpiresAt));
    }
  }

  /** The token of a session other than the refused one: the present one if it was renewed already. */
  async #renew(refused: string): Promise<string> {
    if (this.#token !== refused) {
      return this.#token;
    }
    this.#pending ??= this.#create().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #create(): Promise<string> {
    const created = await this.#sessions!.createSession(this.#request, { timeoutMs: TIMEOUT_MS });
    this.#token = created.sessionToken;
    this.#options.onSession(created.sessionId, timestampDate(created.expiresAt!));
    return this.#token;
  }
}

/** What Prism says about an error: decide by its reason, never by the message. */
export function errorInfo(error: unknown): ErrorInfo | undefined {
  return ConnectError.from(error).findDetails(ErrorInfoSchema)[0];
}

function isOver(error: unknown): boolean {
  const reason = errorInfo(error)?.reason;
  return (
    ConnectError.from(error).code === Code.Unauthenticated &&
    (reason === "SESSION_EXPIRED" || reason === "SESSION_CLOSED")
  );
}

function clientStreams(request: UnaryRequest | StreamRequest): boolean {
  return request.method.methodKind === "client_streaming" || request.method.methodKind === "bidi_streaming";
}

function withToken<R extends UnaryRequest | StreamRequest>(request: R, token: string): R {
  request.header.set("x-session-token", token);
  return request;
}

/** The request as often as it is asked for: the message of a server's stream can be read only once. */
function repeatable(request: UnaryRequest | StreamRequest): () => UnaryRequest | StreamRequest {
  if (!request.stream || clientStreams(request)) {
    return () => request;
  }
  const read = request.message[Symbol.asyncIterator]().next();
  return () => ({
    ...request,
    message: (async function* () {
      yield (await read).value;
    })(),
  });
}
