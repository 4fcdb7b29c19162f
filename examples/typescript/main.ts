// A client of Prism in TypeScript: a session that is kept, a queue, a query, a write that may be repeated, and a cache.
// Reads PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not as promised.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { create, equals, type MessageInitShape, toJsonString } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { CacheService, GetResponseSchema } from "./gen/typescript/prism/cache/v1/cache_service_pb.js";
import {
  type Message,
  MessageSchema,
  type PublishResponse,
  QueueService,
  StartPosition,
} from "./gen/typescript/prism/queue/v1/queue_service_pb.js";
import { FieldFilter_Operator, ReaderService, type Row } from "./gen/typescript/prism/reader/v1/reader_service_pb.js";
import {
  type CreateSessionRequestSchema,
  SessionService,
} from "./gen/typescript/prism/session/v1/session_service_pb.js";
import {
  DataWrite_WriteMode,
  TransactService,
  WriteRequestSchema,
  WriteResponseSchema,
} from "./gen/typescript/prism/transact/v1/transact_service_pb.js";
import { retryReads } from "./retry.js";
import { errorInfo, SessionKeeper } from "./session.js";

const CALL_TIMEOUT_MS = 30_000;
const STREAM_TIMEOUT_MS = 120_000;
// The bound within which every service refuses a closed session.
const REFUSED_WITHIN_MS = 1_000;
const TEXTS = ["one", "two", "three"];
const PUBLISHERS = 8;

type Queues = Client<typeof QueueService>;

async function main(): Promise<void> {
  const sessionIds: string[] = [];
  const keeper = new SessionKeeper(sessionRequest(), {
    onSession: (id, expires) => {
      sessionIds.push(id);
      say(`session ${id} until ${expires.toISOString()}`);
    },
  });
  const transport = connect(keeper);
  await keeper.start(transport);

  const topic = `example-typescript-${randomUUID().slice(0, 8)}`;
  const messages = await queueing(transport, topic);
  const user = await reading(transport);
  await writing(transport, user);
  await caching(transport);
  await keepingAlive();
  const more = await renewing(transport, topic, messages, sessionIds);
  await closing(keeper, transport, topic, more);
}

function sessionRequest(): MessageInitShape<typeof CreateSessionRequestSchema> {
  return {
    auth: { case: "apiKey", value: environment("PRISM_API_KEY") },
    // No pattern, which would open the services of that pattern alone.
    config: { case: "inlineConfig", value: { namespace: "default" } },
    clientId: "example-typescript",
    clientVersion: "1.0.0",
  };
}

function connect(keeper: SessionKeeper): Transport {
  // A PEM file with the authorities to trust; without one there is no TLS, as in local mode.
  const authorities = process.env["PRISM_TLS_CA"];
  return createGrpcTransport({
    baseUrl: `${authorities ? "https" : "http"}://${environment("PRISM_ADDRESS")}`,
    nodeOptions: authorities ? { ca: readFileSync(authorities) } : {},
    defaultTimeoutMs: CALL_TIMEOUT_MS,
    pingIntervalMs: 30_000,
    pingTimeoutMs: 10_000,
    interceptors: [keeper.interceptor, retryReads],
  });
}

/** Returns a stream that is still open. */
async function queueing(transport: Transport, topic: string): Promise<AsyncIterator<Message>> {
  const queues = createClient(QueueService, transport);
  const published: PublishResponse[] = [];
  for (const text of TEXTS) {
    published.push(await publish(queues, topic, text));
  }
  say(`published ${published.map((answer) => answer.messageId).join(", ")}`);

  const stream = subscribe(queues, topic, StartPosition.EARLIEST);
  const received: string[] = [];
  // One key, so one partition, so the order of publishing.
  for (const [number, answer] of published.entries()) {
    const message = await next(stream);
    const seen = toJsonString(MessageSchema, message);
    const expectedId = `${topic}:${answer.partition}:${answer.offset}`;
    check(answer.messageId === expectedId, `the published id is ${expectedId}`, answer.messageId);
    check(message.messageId === expectedId, `the delivered id is ${expectedId}`, seen);
    check(new TextDecoder().decode(message.payload) === TEXTS[number], "the payload is as sent", seen);
    check(JSON.stringify(message.headers) === '{"language":"typescript"}', "the headers are as sent", seen);
    check(message.attempt === 1, "it is the first delivery", seen);
    received.push(message.messageId);
  }
  say("received the three in order");

  const acknowledged = await queues.acknowledge({ messageIds: received });
  check(acknowledged.acknowledgedCount === received.length, "all are acknowledged", acknowledged.acknowledgedCount);
  check(acknowledged.failedIds.length === 0, "no id has failed", acknowledged.failedIds);
  say(`acknowledged ${acknowledged.acknowledgedCount}`);
  return stream;
}

function publish(queues: Queues, topic: string, text: string): Promise<PublishResponse> {
  return queues.publish({
    topic,
    payload: new TextEncoder().encode(text),
    headers: { language: "typescript" },
    partitionKey: "customer-7",
  });
}

/**
 * This stream ends with its session. To end one earlier, give it a signal, abort that, and read until it throws: connect
 * does not cancel a stream that is only left, as by break, and its timeout keeps the program running.
 */
function subscribe(queues: Queues, topic: string, position: StartPosition): AsyncIterator<Message> {
  const request = {
    topic,
    consumerGroup: "example",
    startPosition: { case: "position", value: position } as const,
    maxMessages: 20,
    timeout: { seconds: 30n },
  };
  return queues.subscribe(request, { timeoutMs: STREAM_TIMEOUT_MS })[Symbol.asyncIterator]();
}

async function next(stream: AsyncIterator<Message>): Promise<Message> {
  const { done, value } = await stream.next();
  return done === true ? fail("the stream ended with OK") : value;
}

/** Returns the id of a user. */
async function reading(transport: Transport): Promise<string> {
  const rows: Row[] = [];
  for await (const row of createClient(ReaderService, transport).query({
    collection: "users",
    filter: {
      filter: {
        case: "field",
        value: { field: "status", op: FieldFilter_Operator.EQUALS, value: text("active") },
      },
    },
    sort: [{ field: "id" }],
    limit: 3,
  })) {
    rows.push(row);
    say(`read user ${field(row, "id")}, ${field(row, "name")}`);
  }
  check(rows.length === 3, "there are three rows, as asked", rows.length);
  check(rows.every((row) => field(row, "status") === "active"), "the users are active", rows.map((row) => field(row, "status")));
  // 64-bit integers travel as strings.
  const ids = rows.map((row) => BigInt(field(row, "id")));
  check(ids[0]! < ids[1]! && ids[1]! < ids[2]!, "the rows are sorted by id", ids);
  return String(ids[0]);
}

async function writing(transport: Transport, user: string): Promise<void> {
  const order = `example-typescript-${randomUUID().slice(0, 8)}`;
  const request = create(WriteRequestSchema, {
    data: {
      table: "orders",
      mode: DataWrite_WriteMode.INSERT,
      record: { id: text(order), user_id: text(user), product_id: text("1"), total: text("39.98") },
    },
    // With the key the write is done once, however often it is sent.
    options: { idempotent: true, idempotencyKey: order },
  });
  const transactions = createClient(TransactService, transport);
  const first = await transactions.write(request);
  const seen = toJsonString(WriteResponseSchema, first);
  check(first.committed && first.dataResult?.rowsAffected === 1n, "one row is written and committed", seen);
  const second = await transactions.write(request);
  check(
    equals(WriteResponseSchema, first, second),
    `the same write has the same answer, ${seen}`,
    toJsonString(WriteResponseSchema, second),
  );

  const found = await createClient(ReaderService, transport).get({ collection: "orders", id: order });
  check(found.row !== undefined && field(found.row, "total") === "39.98", "the order is there", found.found);
  say(`wrote order ${order}, twice with one effect: transaction ${first.transactionId}`);
}

async function caching(transport: Transport): Promise<void> {
  const caches = createClient(CacheService, transport);
  const key = `example-typescript:${randomUUID().slice(0, 8)}`;
  const seconds = 60n;
  const set = await caches.setEx({ key, value: new TextEncoder().encode("hello"), ttl: { seconds } });
  check(set.stored, "the value is stored", set.stored);
  const got = await caches.get({ key });
  const seen = toJsonString(GetResponseSchema, got);
  check(got.found && new TextDecoder().decode(got.value) === "hello", "the value is as set", seen);
  const left = got.ttlRemainingSeconds ?? 0n;
  check(left > 0n && left <= seconds, `it lives for up to ${seconds} s`, seen);
  say(`cached ${key} for another ${left} s`);
}

/** What a keeper does in the background, by one that is in a hurry. */
async function keepingAlive(): Promise<void> {
  const expiries: number[] = [];
  const hasty = new SessionKeeper(sessionRequest(), {
    heartbeatEveryMs: 100,
    refreshBelowMs: 2 * 3_600_000,
    onSession: (_, expires) => expiries.push(expires.getTime()),
    onRefresh: (expires) => expiries.push(expires.getTime()),
    onError: (error) => fail(String(error)),
  });
  await hasty.start(connect(hasty));
  const begin = performance.now();
  while (expiries.length < 3) {
    check(performance.now() - begin < 10_000, "a heartbeat every 100 ms refreshes the session twice within 10 s", expiries);
    await sleep(20);
  }
  const [first, second, third] = expiries;
  check(first! < second! && second! < third!, "each refresh moves the expiry", expiries);
  await hasty.close();
  say("heartbeats have refreshed a session twice");
}

/**
 * Closes the session behind the keeper's back. The keeper finds out when calls are refused, all at once.
 * Returns a stream that is open in the new session.
 */
async function renewing(
  transport: Transport,
  topic: string,
  messages: AsyncIterator<Message>,
  sessionIds: string[],
): Promise<AsyncIterator<Message>> {
  const closed = await createClient(SessionService, transport).closeSession({ force: true });
  check(closed.success, "the session is closed", closed.message);
  await expectClosed(() => messages.next());
  say("the session was closed, and the open stream has ended");

  const queues = createClient(QueueService, transport);
  const again = subscribe(queues, topic, StartPosition.COMMITTED);
  // Asked for before the calls, so that it is refused like them.
  const firstMessage = next(again);
  const expected = [...Array(PUBLISHERS).keys()].map(String);
  await Promise.all([firstMessage, ...expected.map((text) => publish(queues, topic, text))]);
  const received = [await firstMessage];
  while (received.length < PUBLISHERS) {
    received.push(await next(again));
  }
  const payloads = received.map((message) => new TextDecoder().decode(message.payload)).sort();
  check(payloads.join() === expected.join(), "the group goes on behind what it has acknowledged", payloads);
  check(sessionIds.length === 2, "one new session serves all calls that were refused", sessionIds);
  const info = await queues.getTopicInfo({ topic });
  check(Number(info.messageCount) === TEXTS.length + PUBLISHERS, "each message is published once", info.messageCount);
  say(`${PUBLISHERS} refused calls and a stream were repeated in one new session`);
  return again;
}

async function closing(
  keeper: SessionKeeper,
  transport: Transport,
  topic: string,
  messages: AsyncIterator<Message>,
): Promise<void> {
  await keeper.close();
  const queues = createClient(QueueService, transport);
  const begin = performance.now();
  await refusal(() => publish(queues, topic, "too late"), begin);
  say(`closed; Publish was refused within ${(performance.now() - begin).toFixed(0)} ms`);
  await expectClosed(() => messages.next());
  say("the open stream has ended, too");
}

/** Calls until refused; a call begun after the bound has to be refused. */
async function refusal(call: () => Promise<unknown>, begin: number): Promise<void> {
  while (performance.now() - begin <= REFUSED_WITHIN_MS) {
    try {
      await call();
    } catch (error) {
      checkClosed(error);
      return;
    }
    await sleep(20);
  }
  await expectClosed(call);
}

async function expectClosed(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    checkClosed(error);
    return;
  }
  fail("answered after the session was closed, expected UNAUTHENTICATED");
}

function checkClosed(error: unknown): void {
  check(ConnectError.from(error).code === Code.Unauthenticated, "the status is UNAUTHENTICATED", error);
  const info = errorInfo(error);
  const seen = `${info?.reason} of ${info?.domain}`;
  check(seen === "SESSION_CLOSED of prism.queue.v1", "the reason is SESSION_CLOSED of prism.queue.v1", seen);
}

function text(value: string): MessageInitShape<typeof ValueSchema> {
  return { kind: { case: "stringValue", value } };
}

function field(row: Row, name: string): string {
  const kind = row.fields[name]?.kind;
  return kind?.case === "stringValue" ? kind.value : fail(`expected text in field ${name}, but got: ${kind?.case}`);
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
  console.error(`typescript example: ${why}`);
  process.exit(1);
}

function say(line: string): void {
  console.log(`typescript example: ${line}`);
}

try {
  await main();
} catch (error) {
  fail(String(error));
}
