"""An event by way of two services at two addresses: a session of one, and what the other does for its token.

Reads PRISM_SESSION_ADDRESS, PRISM_PUBSUB_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that
is not as promised.
"""

import os
import sys

import grpc

from prism.config.v1 import client_config_pb2 as config
from prism.pubsub.v1 import pubsub_service_pb2 as pubsub
from prism.pubsub.v1 import pubsub_service_pb2_grpc as pubsub_grpc
from prism.session.v1 import session_service_pb2 as session
from prism.session.v1 import session_service_pb2_grpc as session_grpc

CALL_TIMEOUT = 30.0


def main() -> None:
    with (
        grpc.insecure_channel(os.environ["PRISM_SESSION_ADDRESS"]) as session_channel,
        grpc.insecure_channel(os.environ["PRISM_PUBSUB_ADDRESS"]) as pubsub_channel,
    ):
        sessions = session_grpc.SessionServiceStub(session_channel)
        events = pubsub_grpc.PubSubServiceStub(pubsub_channel)

        created = sessions.CreateSession(
            session.CreateSessionRequest(
                api_key=os.environ["PRISM_API_KEY"],
                inline_config=config.ClientConfig(pattern=config.ACCESS_PATTERN_PUBSUB, namespace="default"),
                client_id="event-python",
            ),
            timeout=CALL_TIMEOUT,
        )
        check(created.session_id and created.session_token, "a session has an id and a token", created)
        token = (("x-session-token", created.session_token),)

        stream = events.Subscribe(
            pubsub.SubscribeRequest(
                topic_pattern="image.*", options=pubsub.SubscriptionOptions(max_messages=1)
            ),
            metadata=token,
            timeout=CALL_TIMEOUT,
        )
        # The header says that the subscription is live.
        subscription = dict(stream.initial_metadata()).get("x-subscription-id")
        check(subscription, "the answer begins with the id of the subscription", subscription)

        published = events.Publish(
            pubsub.PublishRequest(topic="image.started", payload=b"hello"), metadata=token, timeout=CALL_TIMEOUT
        )
        check(published.subscriber_count == 1, "one subscriber has received it", published)
        received = list(stream)
        check(
            [(event.event_id, event.payload) for event in received] == [(published.event_id, b"hello")],
            "the event arrives as published, and the stream ends after it",
            received,
        )

        closed = sessions.CloseSession(session.CloseSessionRequest(force=True), metadata=token, timeout=CALL_TIMEOUT)
        check(closed.success, "the session is closed", closed)
        print(f"python: session {created.session_id}, event {published.event_id} published and received", flush=True)


def check(holds: object, promise: str, seen: object) -> None:
    if not holds:
        sys.exit(f"python: expected that {promise}, but got: {seen}")


if __name__ == "__main__":
    main()
