"""A client's day: messages, rows, an order, the cache, a session that ends; and how a session looks without prism_sdk.

Reads PRISM_ADDRESS (host:port), PRISM_API_KEY, and PRISM_TLS_CA (a PEM file) where Prism has TLS. Ends with status 1 at the first answer that is not as promised.
"""

import os
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

from prism.config.v1.client_config_pb2 import ClientConfig
from prism.queue.v1 import queue_service_pb2 as queue
from prism.queue.v1.queue_service_pb2_grpc import QueueServiceStub
from prism.session.v1 import session_service_pb2 as session
from prism.session.v1.session_service_pb2_grpc import SessionServiceStub
from prism.transact.v1.transact_service_pb2 import MailboxWrite
from prism_sdk import PrismClient, PrismError, as_dict

CALL_TIMEOUT = 30.0
# The bound within which every service refuses a closed session.
REFUSED_WITHIN = 1.0


def main() -> None:
    # Address and key are those of the environment.
    with PrismClient(namespace="default", client_id="example-python") as client:
        messages(client)
        rows(client)
        order(client)
        values(client)
        lost_session(client)
    with bare_channel(os.environ["PRISM_ADDRESS"]) as channel:
        session_by_hand(channel)


def bare_channel(address: str) -> grpc.Channel:
    authorities = os.environ.get("PRISM_TLS_CA")
    if not authorities:
        return grpc.insecure_channel(address)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(Path(authorities).read_bytes()))


def messages(client: PrismClient) -> None:
    topic = f"example-{uuid.uuid4().hex[:8]}"
    texts = ["one", "two", "three"]
    sent = [client.publish(topic, text, key="me", headers={"language": "python"}) for text in texts]
    say(f"published {', '.join(answer.message_id for answer in sent)}")

    with client.subscribe(topic, "example", start="earliest", ack_timeout=30, timeout=3 * CALL_TIMEOUT) as stream:
        received = [next(stream) for _ in sent]
        acknowledged = client.acknowledge(*received)
    # One key, so one partition, so the order of publishing.
    for text, answer, message in zip(texts, sent, received, strict=True):
        expected_id = f"{topic}:{answer.partition}:{answer.offset}"
        check(answer.message_id == expected_id, f"the id is {expected_id}", answer)
        check(message.message_id == expected_id, f"{expected_id} is delivered next", message)
        check(message.payload == text.encode(), "the payload is as sent", message)
        check(dict(message.headers) == {"language": "python"}, "the headers are as sent", message)
        check(message.attempt == 1, "it is the first delivery", message)
    check(acknowledged.acknowledged_count == len(sent), "all are acknowledged", acknowledged)
    check(not acknowledged.failed_ids, "none failed", acknowledged)
    say(f"received and acknowledged {len(received)} messages, in order")


def rows(client: PrismClient) -> None:
    found = [as_dict(row) for row in client.query("users", {"status": "active"}, sort=["-created_at"], limit=3)]
    check(len(found) == 3, "there are three active users", found)
    check(all(user["status"] == "active" for user in found), "all of them are active", found)
    first = client.get("users", found[0]["id"])
    check(first.found and as_dict(first.row) == found[0], "get finds the same row", first)
    say(f"users: {', '.join(user['name'] for user in found)} of {client.count('users', {'status': 'active'})}")


def order(client: PrismClient) -> None:
    """Row and event are committed together, and once however often they are sent."""
    id = f"order-{uuid.uuid4().hex[:8]}"
    record = {"id": id, "user_id": 42, "product_id": 7, "quantity": 2, "total": "39.98"}
    event = MailboxWrite(mailbox_id="order-events", message=id.encode(), message_type="order.created")
    first, second = (client.write("orders", record, idempotency_key=id, mailbox=event) for _ in range(2))
    check(first.committed and first.data_result.rows_affected == 1, "the order is written", first)
    check(second == first, "the repeat has the same answer", second)
    say(f"{id} written once, sent twice, event {first.mailbox_result.sequence} of order-events")


def values(client: PrismClient) -> None:
    client.cache_set("example:greeting", "hello", ttl=60)
    value = client.cache_get("example:greeting")
    check(value == b"hello", "the cache has the value", value)
    say("cached and read")


def lost_session(client: PrismClient) -> None:
    """Whoever closes the session, the next call makes another."""
    sessions = client.stub(SessionServiceStub)
    before = sessions.GetSession(session.GetSessionRequest()).session_id
    sessions.CloseSession(session.CloseSessionRequest(force=True))
    after = sessions.GetSession(session.GetSessionRequest()).session_id
    check(after and after != before, "the next call is in another session", after)
    say(f"session {before} closed, went on in {after}")


def session_by_hand(channel: grpc.Channel) -> None:
    """What prism_sdk does, by stubs alone: a token in the metadata of each call."""
    sessions = SessionServiceStub(channel)
    queues = QueueServiceStub(channel)
    created = sessions.CreateSession(
        session.CreateSessionRequest(
            api_key=os.environ["PRISM_API_KEY"],
            inline_config=ClientConfig(namespace="default"),
            client_id="example-python",
        ),
        timeout=CALL_TIMEOUT,
    )
    token = (("x-session-token", created.session_token),)
    alive = sessions.Heartbeat(session.HeartbeatRequest(), metadata=token, timeout=CALL_TIMEOUT)
    check(alive.status == session.SESSION_STATUS_ACTIVE, "the session is active", alive)
    check(alive.ttl.seconds > 0, "the session has time left", alive)

    topic = f"example-{uuid.uuid4().hex[:8]}"
    stream = queues.Subscribe(queue.SubscribeRequest(topic=topic), metadata=token, timeout=CALL_TIMEOUT)
    # The answer begins when the subscription is live.
    stream.initial_metadata()

    # Forced, because the open stream is an operation that never completes by itself.
    closed = sessions.CloseSession(session.CloseSessionRequest(force=True), metadata=token, timeout=CALL_TIMEOUT)
    check(closed.success, "the session is closed", closed)
    refused_after = await_refusal(
        lambda: queues.Publish(
            queue.PublishRequest(topic=topic, payload=b"too late"), metadata=token, timeout=CALL_TIMEOUT
        )
    )
    say(f"closed; Publish refused after {refused_after * 1000:.0f} ms with SESSION_CLOSED")
    expect_session_closed(lambda: list(stream))
    say("the open stream has ended too")


def await_refusal(call: Callable[[], Any]) -> float:
    """Calls until refused; a call begun after the bound has to be refused."""
    closed_at = time.monotonic()
    while time.monotonic() - closed_at <= REFUSED_WITHIN:
        try:
            call()
        except grpc.RpcError as error:
            check_session_closed(error)
            return time.monotonic() - closed_at
        time.sleep(0.02)
    expect_session_closed(call)
    return time.monotonic() - closed_at


def expect_session_closed(call: Callable[[], Any]) -> None:
    try:
        answer = call()
    except grpc.RpcError as error:
        check_session_closed(error)
    else:
        fail(f"answered after the session was closed: {answer}")


def check_session_closed(error: grpc.RpcError) -> None:
    refusal = PrismError.of(error)
    check(refusal.code is grpc.StatusCode.UNAUTHENTICATED, "the status is UNAUTHENTICATED", refusal)
    check(refusal.reason == "SESSION_CLOSED", "the reason is SESSION_CLOSED", refusal)
    check(refusal.domain == "prism.queue.v1", "Queue says it", refusal.domain)


def check(holds: object, promise: str, seen: object) -> None:
    if not holds:
        fail(f"expected that {promise}, but got: {seen}")


def fail(why: str) -> None:
    sys.exit(f"python: {why}")


def say(line: str) -> None:
    print(f"python: {line}", flush=True)


if __name__ == "__main__":
    main()
