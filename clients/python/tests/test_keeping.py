"""What a real Prism shows too seldom: sessions of two seconds, and calls that fail once. A server of grpc stands in."""

import importlib
import time
from collections import Counter
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from conftest import await_that
from google.protobuf import any_pb2
from google.protobuf.descriptor import FileDescriptor
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from prism.options.v1 import options_pb2
from prism.reader.v1 import reader_service_pb2 as reader
from prism.reader.v1 import reader_service_pb2_grpc as reader_grpc
from prism.session.v1 import session_service_pb2 as session
from prism.session.v1 import session_service_pb2_grpc as session_grpc
from prism.transact.v1 import transact_service_pb2_grpc as transact_grpc
from prism_sdk import PrismClient, PrismError
from prism_sdk._channel import READS

LIFETIME_SECONDS = 2


class ShortLived(
    session_grpc.SessionServiceServicer, reader_grpc.ReaderServiceServicer, transact_grpc.TransactServiceServicer
):
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.expires = 0.0
        self.closed: set[str] = set()
        self.unavailable = 0

    def CreateSession(self, request: Any, context: grpc.ServicerContext) -> session.CreateSessionResponse:
        self.calls["CreateSession"] += 1
        self.expires = time.time() + LIFETIME_SECONDS
        created = session.CreateSessionResponse(session_token=f"token-{self.calls['CreateSession']}")
        created.created_at.FromNanoseconds(time.time_ns())
        created.expires_at.FromNanoseconds(int(self.expires * 1e9))
        return created

    def Heartbeat(self, request: Any, context: grpc.ServicerContext) -> session.HeartbeatResponse:
        self.admit("Heartbeat", context)
        beat = session.HeartbeatResponse()
        beat.server_time.FromNanoseconds(time.time_ns())
        beat.ttl.FromNanoseconds(int((self.expires - time.time()) * 1e9))
        return beat

    def RefreshSession(self, request: Any, context: grpc.ServicerContext) -> session.RefreshSessionResponse:
        self.admit("RefreshSession", context)
        self.expires = time.time() + LIFETIME_SECONDS
        refreshed = session.RefreshSessionResponse()
        refreshed.new_expires_at.FromNanoseconds(int(self.expires * 1e9))
        return refreshed

    def CloseSession(self, request: Any, context: grpc.ServicerContext) -> session.CloseSessionResponse:
        self.calls["CloseSession"] += 1
        return session.CloseSessionResponse(success=True)

    def Get(self, request: Any, context: grpc.ServicerContext) -> reader.GetResponse:
        self.admit("Get", context)
        if self.unavailable > 0:
            self.unavailable -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "the next one, please")
        return reader.GetResponse(found=True)

    def Write(self, request: Any, context: grpc.ServicerContext) -> None:
        self.admit("Write", context)
        context.abort(grpc.StatusCode.UNAVAILABLE, "the next one, please")

    def admit(self, rpc: str, context: grpc.ServicerContext) -> None:
        self.calls[rpc] += 1
        token = dict(context.invocation_metadata())["x-session-token"]
        if token in self.closed:
            self.refuse("SESSION_CLOSED", context)
        if time.time() > self.expires:
            self.refuse("SESSION_EXPIRED", context)

    def refuse(self, reason: str, context: grpc.ServicerContext) -> None:
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="prism.test.v1"))
        status = status_pb2.Status(code=grpc.StatusCode.UNAUTHENTICATED.value[0], details=[detail])
        context.abort_with_status(rpc_status.to_status(status))


@pytest.fixture
def server() -> Iterator[tuple[ShortLived, str]]:
    servicer = ShortLived()
    pool = futures.ThreadPoolExecutor(4)
    running = grpc.server(pool)
    register: Any = session_grpc.add_SessionServiceServicer_to_server
    register(servicer, running)
    register = reader_grpc.add_ReaderServiceServicer_to_server
    register(servicer, running)
    register = transact_grpc.add_TransactServiceServicer_to_server
    register(servicer, running)
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    yield servicer, f"127.0.0.1:{port}"
    running.stop(None).wait()
    pool.shutdown()


def test_a_session_is_refreshed_before_it_expires(server: tuple[ShortLived, str]) -> None:
    prism, address = server
    with PrismClient(address=address, api_key="a.b") as client:
        client.get("users", 1)
        await_that(lambda: prism.calls["RefreshSession"] >= 3, "three times refreshed")
        client.get("users", 1)
    assert prism.calls["Heartbeat"] >= 3
    assert prism.calls["CreateSession"] == 1
    assert prism.calls["CloseSession"] == 1


def test_a_session_that_a_heartbeat_finds_closed_is_not_used_again(server: tuple[ShortLived, str]) -> None:
    prism, address = server
    with PrismClient(address=address, api_key="a.b") as client:
        client.get("users", 1)
        prism.closed.add("token-1")
        await_that(lambda: client._session._token is None, "the session is forgotten")
        assert prism.calls["CreateSession"] == 1
        client.get("users", 1)
        assert prism.calls["CreateSession"] == 2
        assert prism.calls["Get"] == 2


def test_a_call_is_repeated_once_and_no_more(server: tuple[ShortLived, str]) -> None:
    prism, address = server
    prism.closed |= {"token-1", "token-2", "token-3"}
    with PrismClient(address=address, api_key="a.b") as client:
        with pytest.raises(PrismError) as refused:
            client.get("users", 1)
        assert refused.value.reason == "SESSION_CLOSED"
        assert (prism.calls["Get"], prism.calls["CreateSession"]) == (2, 2)


def test_what_reads_is_repeated_when_unavailable(server: tuple[ShortLived, str]) -> None:
    prism, address = server
    with PrismClient(address=address, api_key="a.b") as client:
        prism.unavailable = 2
        assert client.get("users", 1).found
        assert prism.calls["Get"] == 3


def test_what_writes_is_not(server: tuple[ShortLived, str]) -> None:
    prism, address = server
    with PrismClient(address=address, api_key="a.b") as client, pytest.raises(PrismError, match="UNAVAILABLE"):
        client.write("orders", {"id": "1"})
    assert prism.calls["Write"] == 1


def test_what_is_repeated_is_what_the_contract_calls_reading() -> None:
    reads = {}
    access: Any = options_pb2.access
    for name in "admin cache config objectstore pubsub queue reader session timeseries transact vector".split():
        file: FileDescriptor = importlib.import_module(f"prism.{name}.v1.{name}_service_pb2").DESCRIPTOR
        for service in file.services_by_name.values():
            rpcs = {
                method.name
                for method in service.methods
                if method.GetOptions().Extensions[access] == options_pb2.ACCESS_READ
            }
            if rpcs:
                reads[service.full_name] = rpcs
    assert {service: set(rpcs) for service, rpcs in READS.items()} == reads
