"""What a caller is told when a call fails."""

import os
import queue
import socket
import time

import grpc
import pytest
from conftest import unique

from prism.config.v1.client_config_pb2 import ClientConfig, RateLimitConfig
from prism.reader.v1 import reader_service_pb2 as reader
from prism.reader.v1.reader_service_pb2_grpc import ReaderServiceStub
from prism_sdk import PrismClient, PrismError


def test_a_wrong_key_is_refused_with_its_reason() -> None:
    with PrismClient(api_key="nobody.knows-this") as client, pytest.raises(PrismError) as refused:
        client.get("users", 1)
    error = refused.value
    assert error.code is grpc.StatusCode.UNAUTHENTICATED
    assert (error.reason, error.domain) == ("INVALID_CREDENTIALS", "prism.session.v1")
    assert error.request_id
    with PrismClient(api_key="nobody.knows-this") as client, pytest.raises(PrismError, match="INVALID_CREDENTIALS"):
        client.subscribe(unique("events"), "workers")


def test_an_error_has_reason_domain_and_facts(client: PrismClient) -> None:
    with pytest.raises(PrismError) as refused:
        client.write("users", {"name": "Ada", "email": "ada@example.com", "status": "unheard-of"})
    error = refused.value
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert (error.reason, error.domain) == ("CHECK_VIOLATION", "prism.transact.v1")
    assert error.metadata["constraint"]
    assert error.retry_after is None
    assert str(error).startswith("FAILED_PRECONDITION: CHECK_VIOLATION: ")


def test_a_stream_fails_as_a_call_does(client: PrismClient) -> None:
    with pytest.raises(PrismError) as refused:
        list(client.query("no_such_table"))
    assert (refused.value.code, refused.value.reason) == (grpc.StatusCode.NOT_FOUND, "COLLECTION_NOT_FOUND")


def test_stubs_of_the_client_raise_it_too(client: PrismClient) -> None:
    with pytest.raises(PrismError) as refused:
        client.stub(ReaderServiceStub).Count(reader.CountRequest(collection="no_such_table"))
    assert refused.value.reason == "COLLECTION_NOT_FOUND"


def test_so_do_their_futures(client: PrismClient) -> None:
    count = client.stub(ReaderServiceStub).Count
    assert count.future(reader.CountRequest(collection="users")).result(30).count > 0
    future = count.future(reader.CountRequest(collection="no_such_table"))
    told: queue.Queue[str | None] = queue.Queue()
    future.add_done_callback(lambda done: told.put(done.exception().reason))
    with pytest.raises(PrismError) as refused:
        future.result(30)
    assert refused.value.reason == "COLLECTION_NOT_FOUND"
    assert told.get(timeout=30) == "COLLECTION_NOT_FOUND"


def test_a_rate_limit_says_when_to_come_back() -> None:
    slow = ClientConfig(rate_limit=RateLimitConfig(requests_per_second=1, burst=1))
    with PrismClient(config=slow) as client, pytest.raises(PrismError) as refused:
        for _ in range(100):
            client.count("products")
    assert refused.value.reason == "RATE_LIMITED"
    assert refused.value.retry_after is not None and 0 < refused.value.retry_after <= 1


def test_a_call_ends_at_its_deadline(client: PrismClient) -> None:
    messages = client.subscribe(unique("events"), "workers", timeout=0.5)
    begun = time.monotonic()
    with pytest.raises(PrismError) as late:
        next(messages)
    assert late.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - begun < 5


def test_a_server_that_never_answers_costs_no_more_than_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with PrismClient(address=address, api_key="a.b", timeout=0.3) as client:
            for timeout, longest in ((None, 3.0), (0.1, 3.0)):
                begun = time.monotonic()
                with pytest.raises(PrismError) as late:
                    client.get("users", 1, timeout=timeout)
                assert late.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
                assert time.monotonic() - begun < longest


def test_nobody_there_is_unavailable_without_a_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with PrismClient(address=address) as client, pytest.raises(PrismError) as nobody:
        client.get("users", 1)
    assert (nobody.value.code, nobody.value.reason) == (grpc.StatusCode.UNAVAILABLE, None)


def test_without_a_key_there_is_no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRISM_API_KEY")
    with pytest.raises(ValueError, match="PRISM_API_KEY"):
        PrismClient()


def test_wrong_words_are_refused_here(client: PrismClient) -> None:
    with pytest.raises(ValueError, match="mode 'replace' found"):
        client.write("orders", {}, "replace")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="start 'first' found"):
        client.subscribe("events", start="first")  # type: ignore[arg-type]


def test_neither_key_nor_token_is_shown(client: PrismClient) -> None:
    client.count("users")
    key, token = os.environ["PRISM_API_KEY"], client._session.token(float("inf"))
    with pytest.raises(PrismError) as refused:
        client.count("no_such_table")
    shown = " ".join(repr(part) for part in (client, client._session, refused.value, vars(refused.value)))
    assert key not in shown and token not in shown
