"""The README's tour as a Python client sees it: a session, a topic, three messages, and a closed door.

Reads PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not as promised.
"""

import os
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from prism.config.v1 import client_config_pb2 as config
from prism.queue.v1 import queue_service_pb2 as queue
from prism.queue.v1 import queue_service_pb2_grpc as queue_grpc
from prism.session.v1 import session_service_pb2 as session
from prism.session.v1 import session_service_pb2_grpc as session_grpc

CALL_TIMEOUT = 30.0
# The bound within which every service refuses a closed session.
REFUSED_WITHIN = 1.0


def main() -> None:
    topic = f"tour-python-{uuid.uuid4().hex[:8]}"
    with grpc.insecure_channel(os.environ["PRISM_ADDRESS"]) as channel:
        sessions = session_grpc.SessionServiceStub(channel)
        queues = queue_grpc.QueueServiceStub(channel)

        created = sessions.CreateSession(
            session.CreateSessionRequest(
                api_key=os.environ["PRISM_API_KEY"],
                inline_config=config.ClientConfig(
                    pattern=config.ACCESS_PATTERN_QUEUE,
                    namespace=os.environ.get("PRISM_NAMESPACE", "default"),
                ),
                client_id="tour-python",
                client_version="1.0.0",
            ),
            timeout=CALL_TIMEOUT,
        )
        check(created.session_token and created.session_id, "a session has a token and an id", created)
        say(f"session {created.session_id} until {created.expires_at.ToDatetime():%H:%M:%S} UTC")
        token = (("x-session-token", created.session_token),)

        sent = [publish(queues, topic, text, token) for text in ("one", "two", "three")]
        say(f"published {', '.join(answer.message_id for answer in sent)}")

        stream = queues.Subscribe(
            queue.SubscribeRequest(
                topic=topic,
                consumer_group="tour",
                position=queue.START_POSITION_EARLIEST,
                max_messages=10,
                timeout=duration_pb2.Duration(seconds=30),
            ),
            metadata=token,
            timeout=3 * CALL_TIMEOUT,
        )
        received = [next(stream) for _ in sent]
        check_delivery(sent, received, topic)
        say(f"received {len(received)} messages")

        # The token may also travel in the request itself.
        acknowledged = queues.Acknowledge(
            queue.AcknowledgeRequest(
                session_token=created.session_token,
                message_ids=[message.message_id for message in received],
            ),
            timeout=CALL_TIMEOUT,
        )
        check(
            acknowledged.acknowledged_count == len(received) and not acknowledged.failed_ids,
            f"all {len(received)} messages are acknowledged",
            acknowledged,
        )
        say(f"acknowledged {acknowledged.acknowledged_count}")

        alive = sessions.Heartbeat(session.HeartbeatRequest(), metadata=token, timeout=CALL_TIMEOUT)
        check(alive.status == session.SESSION_STATUS_ACTIVE, "the session is active", alive)
        check(alive.ttl.ToTimedelta().total_seconds() > 0, "the session has time left", alive)
        say(f"heartbeat: {alive.ttl.ToTimedelta().total_seconds():.0f} s left")

        # Forced, because the open stream is an operation that never completes by itself.
        closed = sessions.CloseSession(
            session.CloseSessionRequest(force=True), metadata=token, timeout=CALL_TIMEOUT
        )
        check(closed.success, "the session is closed", closed)
        closed_at = time.monotonic()
        refused_after = await_refusal(lambda: publish(queues, topic, "too late", token), closed_at)
        say(f"closed; Publish refused after {refused_after * 1000:.0f} ms")
        expect_session_closed(lambda: next(stream))
        say("the open stream has ended too")


def publish(
    queues: queue_grpc.QueueServiceStub, topic: str, text: str, token: tuple[tuple[str, str], ...]
) -> queue.PublishResponse:
    return queues.Publish(
        queue.PublishRequest(
            topic=topic, payload=text.encode(), headers={"language": "python"}, partition_key="tour"
        ),
        metadata=token,
        timeout=CALL_TIMEOUT,
    )


def check_delivery(sent: list[queue.PublishResponse], received: list[queue.Message], topic: str) -> None:
    """One key, so one partition, so the order of publishing."""
    for number, (answer, message) in enumerate(zip(sent, received, strict=True)):
        expected_id = f"{topic}:{answer.partition}:{answer.offset}"
        check(answer.message_id == expected_id, f"message id is {expected_id}", answer)
        check(message.message_id == expected_id, f"delivery {number} is {expected_id}", message)
        check(message.payload == (b"one", b"two", b"three")[number], "payload is as sent", message)
        check(dict(message.headers) == {"language": "python"}, "headers are as sent", message)
        check(message.attempt == 1, "it is the first delivery", message)


def await_refusal(call: Callable[[], Any], closed_at: float) -> float:
    """Calls until refused; a call begun after the bound has to be refused."""
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
    except StopIteration:
        fail("the stream ended with OK, expected UNAUTHENTICATED")
    else:
        fail(f"answered after the session was closed: {answer}")


def check_session_closed(error: grpc.RpcError) -> None:
    check(error.code() == grpc.StatusCode.UNAUTHENTICATED, "status is UNAUTHENTICATED", error)
    status = rpc_status.from_call(error)
    check(status is not None, "the error has details", error)
    reasons = []
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reasons.append((info.reason, info.domain))
    check(reasons == [("SESSION_CLOSED", "prism.queue.v1")], "reason is SESSION_CLOSED of prism.queue.v1", reasons)


def check(holds: object, promise: str, seen: object) -> None:
    if not holds:
        fail(f"expected that {promise}, but got: {seen}")


def fail(why: str) -> None:
    sys.exit(f"python tour: {why}")


def say(line: str) -> None:
    print(f"python tour: {line}", flush=True)


if __name__ == "__main__":
    main()
