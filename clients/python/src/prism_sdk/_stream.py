from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, TypeVar

import grpc

from prism_sdk._errors import PrismError, wants_new_session

T_co = TypeVar("T_co", covariant=True)


class Stream(Generic[T_co], Iterator[T_co]):
    """The answers of a call that has many. Ends with StopIteration or PrismError; `close` ends it here and at Prism.

    What it has besides is that of the call of grpc: `initial_metadata()`, `cancel()` and so on.
    """

    def __init__(self, begin: Callable[[], Any], again: Callable[[], Any] | None) -> None:
        self._again = again
        self._closed = False
        self._lock = threading.Lock()
        self._call = begin()

    def __iter__(self) -> Stream[T_co]:
        return self

    def __next__(self) -> T_co:
        while True:
            try:
                answer: T_co = next(self._call)
            except grpc.RpcError as error:
                if self._closed:
                    raise StopIteration from None
                failure = PrismError.of(error)
                # With headers the stream was live, and has missed what came since: its caller has to know.
                if self._again is None or self._call.initial_metadata() or not wants_new_session(failure):
                    raise failure from error
                self._begin_again(self._again)
            else:
                self._again = None
                return answer

    def _begin_again(self, again: Callable[[], Any]) -> None:
        self._again = None
        call = again()
        with self._lock:
            self._call = call
            if self._closed:
                call.cancel()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._call.cancel()

    def __enter__(self) -> Stream[T_co]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._call, name)
