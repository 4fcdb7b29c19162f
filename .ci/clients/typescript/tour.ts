// The README's tour as a TypeScript client sees it: a session, a topic, three messages, and a closed door.
// Reads PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not as promised.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { toJsonString } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "./gen/typescript/google/rpc/error_details_pb.js";
import { AccessPattern } from "./gen/typescript/prism/config/v1/client_config_pb.js";
import {
  AcknowledgeResponseSchema,
  type Message,
  MessageSchema,
  type PublishResponse,
  PublishResponseSchema,
  QueueService,
  StartPosition,
} from "./gen/typescript/prism/queue/v1/queue_service_pb.js";
import {
  CloseSessionResponseSchema,
  HeartbeatResponseSchema,
  SessionService,
  SessionStatus,
} from "./gen/typescript/prism/session/v1/session_service_pb.js";

const CALL_TIMEOUT_MS = 30_000;
// The bound within which every service refuses a closed session.
const REFUSED_WITHIN_MS = 1_000;
const TEXTS = ["one", "two", "three"];

async function main(): Promise<void> {
  const transport = createGrpcTransport({
    baseUrl: `http://${environment("PRISM_ADDRESS")}`,
    defaultTimeoutMs: CALL_TIMEOUT_MS,
  });
  const sessions = createClient(SessionService, transport);
  const queues = createClient(QueueService, transport);
  const topic = `tour-typescript-${randomUUID().slice(0, 8)}`;

  const created = await sessions.createSession({
    auth: { case: "apiKey", value: environment("PRISM_API_KEY") },
    config: {
      case: "inlineConfig",
      value: { pattern: AccessPattern.QUEUE, namespace: process.env["PRISM_NAMESPACE"] ?? "default" },
    },
    clientId: "tour-typescript",
    clientVersion: "1.0.0",
  });
  check(created.sessionToken !== "" && created.sessionId !== "", "a session has a token and an id", created.sessionId);
  check(created.expiresAt !== undefined, "a session has an expiry", created.sessionId);
  say(`session ${created.sessionId} until ${timestampDate(created.expiresAt).toISOString()}`);
  const headers = { "x-session-token": created.sessionToken };

  const sent: PublishResponse[] = [];
  for (const text of TEXTS) {
    sent.push(await publish(queues, topic, text, headers));
  }
  say(`published ${sent.map((answer) => answer.messageId).join(", ")}`);

  const stream = queues
    .subscribe(
      {
        topic,
        consumerGroup: "tour",
        startPosition: { case: "position", value: StartPosition.EARLIEST },
        maxMessages: 10,
        timeout: { seconds: 30n },
      },
      { headers, timeoutMs: 3 * CALL_TIMEOUT_MS },
    )
    [Symbol.asyncIterator]();
  const received: Message[] = [];
  while (received.length < sent.length) {
    const next = await stream.next();
    if (next.done === true) {
      fail(`the stream ended after ${received.length} messages`);
    }
    received.push(next.value);
  }
  checkDelivery(sent, received, topic);
  say(`received ${received.length} messages`);

  // The token may also travel in the request itself.
  const acknowledged = await queues.acknowledge({
    sessionToken: created.sessionToken,
    messageIds: received.map((message) => message.messageId),
  });
  check(
    acknowledged.acknowledgedCount === received.length && acknowledged.failedIds.length === 0,
    `all ${received.length} messages are acknowledged`,
    toJsonString(AcknowledgeResponseSchema, acknowledged),
  );
  say(`acknowledged ${acknowledged.acknowledgedCount}`);

  const alive = await sessions.heartbeat({}, { headers });
  const secondsLeft = Number(alive.ttl?.seconds ?? 0n);
  check(alive.status === SessionStatus.ACTIVE, "the session is active", toJsonString(HeartbeatResponseSchema, alive));
  check(secondsLeft > 0, "the session has time left", toJsonString(HeartbeatResponseSchema, alive));
  say(`heartbeat: ${secondsLeft} s left`);

  // Forced, because the open stream is an operation that never completes by itself.
  const closed = await sessions.closeSession({ force: true }, { headers });
  check(closed.success, "the session is closed", toJsonString(CloseSessionResponseSchema, closed));
  const refusedAfter = await awaitRefusal(() => publish(queues, topic, "too late", headers), performance.now());
  say(`closed; Publish refused after ${refusedAfter.toFixed(0)} ms`);
  await expectSessionClosed(() => stream.next());
  say("the open stream has ended too");
}

function publish(
  queues: Client<typeof QueueService>,
  topic: string,
  text: string,
  headers: Record<string, string>,
): Promise<PublishResponse> {
  return queues.publish(
    {
      topic,
      payload: new TextEncoder().encode(text),
      headers: { language: "typescript" },
      partitionKey: "tour",
    },
    { headers },
  );
}

/** One key, so one partition, so the order of publishing. */
function checkDelivery(sent: PublishResponse[], received: Message[], topic: string): void {
  sent.forEach((answer, number) => {
    const message = received[number]!;
    const expectedId = `${topic}:${answer.partition}:${answer.offset}`;
    const seen = toJsonString(MessageSchema, message);
    check(answer.messageId === expectedId, `message id is ${expectedId}`, toJsonString(PublishResponseSchema, answer));
    check(message.messageId === expectedId, `delivery ${number} is ${expectedId}`, seen);
    check(new TextDecoder().decode(message.payload) === TEXTS[number], "payload is as sent", seen);
    check(JSON.stringify(message.headers) === '{"language":"typescript"}', "headers are as sent", seen);
    check(message.attempt === 1, "it is the first delivery", seen);
  });
}

/** Calls until refused; a call begun after the bound has to be refused. */
async function awaitRefusal(call: () => Promise<unknown>, closedAt: number): Promise<number> {
  while (performance.now() - closedAt <= REFUSED_WITHIN_MS) {
    try {
      await call();
    } catch (error) {
      checkSessionClosed(error);
      return performance.now() - closedAt;
    }
    await sleep(20);
  }
  await expectSessionClosed(call);
  return performance.now() - closedAt;
}

async function expectSessionClosed(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    checkSessionClosed(error);
    return;
  }
  fail("answered after the session was closed, expected UNAUTHENTICATED");
}

function checkSessionClosed(error: unknown): void {
  const refusal = ConnectError.from(error);
  check(refusal.code === Code.Unauthenticated, "status is UNAUTHENTICATED", refusal);
  const reasons = refusal.findDetails(ErrorInfoSchema).map((info) => `${info.reason} of ${info.domain}`);
  check(reasons.join() === "SESSION_CLOSED of prism.queue.v1", "reason is SESSION_CLOSED of prism.queue.v1", reasons);
}

function environment(name: string): string {
  return process.env[name] ?? fail(`${name} is not set`);
}

function check(holds: boolean, promise: string, seen: unknown): asserts holds {
  if (!holds) {
    fail(`expected that ${promise}, but got: ${seen}`);
  }
}

function fail(why: string): never {
  console.error(`typescript tour: ${why}`);
  process.exit(1);
}

function say(line: string): void {
  console.log(`typescript tour: ${line}`);
}

await main();
