from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import grpc

from prism_sdk._errors import PrismError, wants_new_session
from prism_sdk._session import TOKEN, Session
from prism_sdk._stream import Stream

Continuation = Callable[[Any, Any], Any]


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...]
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class SessionInterceptor(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Gives each call the session's token, its deadline, and one more try when the session is over.

    What a caller streams is not kept, so such calls have no second try.
    """

    def __init__(self, session: Session, timeout: float) -> None:
        self._session = session
        self._timeout = timeout

    def intercept_unary_unary(self, continuation: Continuation, client_call_details: Any, request: Any) -> Any:
        deadline = self._deadline(client_call_details)
        token = self._session.token(deadline)
        call = continuation(_with(client_call_details, token, deadline), request)
        failure = _failure(call)
        if failure is not None and wants_new_session(failure):
            token = self._session.replace(token, deadline)
            call = continuation(_with(client_call_details, token, deadline), request)
            failure = _failure(call)
        if failure is not None:
            raise failure from call.exception()
        return call if call.done() else _Pending(call)

    def intercept_stream_unary(
        self, continuation: Continuation, client_call_details: Any, request_iterator: Any
    ) -> Any:
        deadline = self._deadline(client_call_details)
        token = self._session.token(deadline)
        call = continuation(_with(client_call_details, token, deadline), request_iterator)
        failure = _failure(call)
        if failure is not None:
            raise failure from call.exception()
        return call if call.done() else _Pending(call)

    def intercept_unary_stream(self, continuation: Continuation, client_call_details: Any, request: Any) -> Any:
        return self._stream(continuation, client_call_details, request, repeatable=True)

    def intercept_stream_stream(
        self, continuation: Continuation, client_call_details: Any, request_iterator: Any
    ) -> Any:
        return self._stream(continuation, client_call_details, request_iterator, repeatable=False)

    def _stream(self, continuation: Continuation, details: Any, request: Any, repeatable: bool) -> Stream[Any]:
        # A stream may take as long as it likes, unless its caller says otherwise; getting a session may not.
        deadline = self._deadline(details)
        ends = deadline if details.timeout is not None else None
        token = self._session.token(deadline)

        def again() -> Any:
            new = self._session.replace(token, time.monotonic() + self._timeout if ends is None else ends)
            return continuation(_with(details, new, ends), request)

        return Stream(lambda: continuation(_with(details, token, ends), request), again if repeatable else None)

    def _deadline(self, details: Any) -> float:
        return time.monotonic() + (self._timeout if details.timeout is None else details.timeout)


class _Pending:
    """What `future` of a stub began, with the errors of this package. It has no second try: nobody waits for it."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def result(self, timeout: float | None = None) -> Any:
        try:
            return self._call.result(timeout)
        except grpc.RpcError as error:
            raise PrismError.of(error) from error

    def exception(self, timeout: float | None = None) -> BaseException | None:
        error: BaseException | None = self._call.exception(timeout)
        return PrismError.of(error) if isinstance(error, grpc.RpcError) else error

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._call.add_done_callback(lambda _: callback(self))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)


def _with(details: Any, token: str, deadline: float | None) -> _Details:
    return _Details(
        details.method,
        None if deadline is None else max(0.0, deadline - time.monotonic()),
        (*(details.metadata or ()), (TOKEN, token)),
        details.credentials,
        details.wait_for_ready,
        details.compression,
    )


def _failure(call: Any) -> PrismError | None:
    # What `future` began is not waited for.
    error = call.exception() if call.done() else None
    if error is None:
        return None
    if isinstance(error, grpc.RpcError):
        return PrismError.of(error)
    raise error
