"""Tests against a running Prism, in local mode: PRISM_ADDRESS and PRISM_API_KEY say where it is and who asks."""

import os
import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from prism_sdk import PrismClient


@pytest.fixture(scope="session", autouse=True)
def running_prism() -> None:
    for name in ("PRISM_ADDRESS", "PRISM_API_KEY"):
        if not os.environ.get(name):
            pytest.exit(f"{name} is not set: these tests want a running Prism (./prism up)", returncode=2)


@pytest.fixture
def client() -> Iterator[PrismClient]:
    with PrismClient(client_id=unique("test")) as client:
        yield client


def unique(what: str) -> str:
    return f"{what}-{uuid.uuid4().hex[:12]}"


def await_that(holds: Callable[[], bool], promise: str, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {promise}"
        time.sleep(0.02)
