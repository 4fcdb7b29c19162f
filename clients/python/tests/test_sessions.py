"""One session, kept and replaced without its caller's doing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from conftest import await_that, unique

from prism.admin.v1 import admin_service_pb2 as admin
from prism.admin.v1.admin_service_pb2_grpc import AdminServiceStub
from prism.config.v1 import client_config_pb2 as config
from prism.config.v1 import config_service_pb2 as configs
from prism.config.v1.config_service_pb2_grpc import ConfigServiceStub
from prism.reader.v1 import reader_service_pb2 as reader
from prism.reader.v1.reader_service_pb2_grpc import ReaderServiceStub
from prism.session.v1 import session_service_pb2 as session
from prism.session.v1.session_service_pb2_grpc import SessionServiceStub
from prism_sdk import PrismClient, PrismError


def sessions_of(watcher: PrismClient, client_id: str) -> list[str]:
    """Ids of the live sessions of a client."""
    found, token = [], ""
    while True:
        request = admin.ListSessionsRequest(page_size=1000, page_token=token)
        answer = watcher.stub(AdminServiceStub).ListSessions(request)
        found += [s.session_id for s in answer.sessions if s.client_id == client_id]
        token = answer.next_page_token
        if not token:
            return found


def close_behind_its_back(client: PrismClient, watcher: PrismClient, client_id: str) -> str:
    """Ends the client's session as an administrator would, and waits until its token is refused."""
    (id,) = sessions_of(watcher, client_id)
    token = client._session.token(float("inf"))
    bare: Any = ReaderServiceStub
    readers = bare(client._bare_channel)

    def is_refused() -> bool:
        try:
            readers.Count(reader.CountRequest(collection="users"), metadata=[("x-session-token", token)])
        except grpc.RpcError as error:
            return PrismError.of(error).reason == "SESSION_CLOSED"
        return False

    watcher.stub(AdminServiceStub).TerminateSession(
        admin.TerminateSessionRequest(session_id=id, force=True, reason="test")
    )
    await_that(is_refused, "the closed session is refused")
    return id


@pytest.fixture
def name() -> str:
    return unique("test")


def test_the_first_call_makes_the_session_and_later_ones_share_it(client: PrismClient, name: str) -> None:
    with PrismClient(client_id=name) as lazy:
        assert sessions_of(client, name) == []
        lazy.count("users")
        (id,) = sessions_of(client, name)
        lazy.count("users")
        list(lazy.query("users", limit=1))
        assert sessions_of(client, name) == [id]


CALLS: dict[str, Callable[[PrismClient], object]] = {
    "one answer": lambda client: client.get("users", 1),
    "a write": lambda client: client.publish(unique("events"), "again"),
    "a stream": lambda client: next(client.query("users")),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_call_in_a_closed_session_is_done_in_a_new_one(
    call: Callable[[PrismClient], object], client: PrismClient, name: str
) -> None:
    with PrismClient(client_id=name) as victim:
        victim.count("users")
        closed = close_behind_its_back(victim, client, name)
        call(victim)
        assert len(sessions_of(client, name)) == 1
        assert sessions_of(client, name) != [closed]


def test_a_stream_that_has_begun_ends_with_its_session(client: PrismClient, name: str) -> None:
    with PrismClient(client_id=name) as victim:
        topic = unique("events")
        victim.publish(topic, "one")
        messages = victim.subscribe(topic, "workers", start="earliest")
        assert next(messages).payload == b"one"
        close_behind_its_back(victim, client, name)
        with pytest.raises(PrismError) as ended:
            next(messages)
        assert (ended.value.code, ended.value.reason) == (grpc.StatusCode.UNAUTHENTICATED, "SESSION_CLOSED")
        with victim.subscribe(topic, "workers", start="earliest") as messages:
            assert next(messages).payload == b"one"


def test_so_does_one_that_is_live_and_has_had_no_message(client: PrismClient, name: str) -> None:
    with PrismClient(client_id=name) as victim:
        messages = victim.subscribe(unique("events"), "workers")
        messages.initial_metadata()
        close_behind_its_back(victim, client, name)
        with pytest.raises(PrismError) as ended:
            next(messages)
        assert ended.value.reason == "SESSION_CLOSED"


def test_32_threads_at_once_make_one_session(client: PrismClient, name: str) -> None:
    with PrismClient(client_id=name) as victim, ThreadPoolExecutor(32) as pool:
        at_once = threading.Barrier(32)

        def call(number: int) -> bool:
            at_once.wait()
            return victim.get("users", 1 + number).found

        assert all(pool.map(call, range(32)))
        assert len(sessions_of(client, name)) == 1
        closed = close_behind_its_back(victim, client, name)
        assert all(pool.map(call, range(32)))
        assert len(sessions_of(client, name)) == 1
        assert sessions_of(client, name) != [closed]


def test_close_closes_the_session_and_ends_the_thread(client: PrismClient, name: str) -> None:
    closing = PrismClient(client_id=name)
    messages = closing.subscribe(unique("events"), "workers")
    messages.initial_metadata()
    assert len(sessions_of(client, name)) == 1
    keeper = closing._session._keeper
    assert keeper is not None and keeper.is_alive()

    closing.close()

    assert sessions_of(client, name) == []
    assert not keeper.is_alive()
    with pytest.raises(PrismError) as ended:
        next(messages)
    # By Prism or by the connection's end, whichever is seen first.
    assert ended.value.code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.CANCELLED)
    with pytest.raises(ValueError, match="closed"):
        closing.get("users", 1)
    with pytest.raises(ValueError, match="closed"):
        closing.query("users")
    closing.close()


def test_a_namespace_is_the_session_s(client: PrismClient) -> None:
    with PrismClient(namespace="nobody-made-this") as stranger, pytest.raises(PrismError) as refused:
        stranger.count("users")
    assert refused.value.reason == "NAMESPACE_NOT_FOUND"
    namespace = unique("ns")
    client.stub(AdminServiceStub).CreateNamespace(admin.CreateNamespaceRequest(name=namespace))
    with PrismClient(namespace=namespace) as other, pytest.raises(PrismError) as refused:
        other.count("users")
    assert refused.value.reason == "COLLECTION_NOT_FOUND"


def test_a_configuration_is_given_or_named(client: PrismClient, name: str) -> None:
    queues = config.ClientConfig(name=name, version="1", pattern=config.ACCESS_PATTERN_QUEUE, namespace="default")
    with PrismClient("default", config=queues) as narrow, pytest.raises(PrismError) as refused:
        narrow.count("users")
    assert refused.value.reason == "PERMISSION_DENIED"
    client.stub(ConfigServiceStub).RegisterConfig(configs.RegisterConfigRequest(config=queues))
    with PrismClient(config=name) as named:
        answer = named.stub(SessionServiceStub).GetSession(session.GetSessionRequest())
    assert (answer.config.name, answer.config.pattern) == (name, config.ACCESS_PATTERN_QUEUE)
    with pytest.raises(ValueError, match="namespace"):
        PrismClient("default", config=name)
