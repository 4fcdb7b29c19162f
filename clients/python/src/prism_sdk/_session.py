from __future__ import annotations

import threading
import time
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from prism.session.v1 import session_service_pb2 as session
from prism.session.v1 import session_service_pb2_grpc as session_grpc
from prism_sdk._errors import PrismError, wants_new_session

TOKEN = "x-session-token"

_BEAT_SECONDS = 60.0
_BEAT_AGAIN_SECONDS = 10.0
_REFRESH_BELOW_SECONDS = 600.0
_KEEPING_TIMEOUT_SECONDS = 10.0
_CLOSE_TIMEOUT_SECONDS = 5.0


class Session:
    """One session: made by the first call, kept alive in the background, replaced when it is over. Thread-safe."""

    def __init__(self, channel: grpc.Channel, request: session.CreateSessionRequest) -> None:
        stub: Any = session_grpc.SessionServiceStub
        self._stub = stub(channel)
        self._request = request
        self._lock = threading.Lock()
        self._token: str | None = None
        self._pause = _BEAT_SECONDS
        self._closed = threading.Event()
        self._keeper: threading.Thread | None = None

    def token(self, deadline: float) -> str:
        return self._token or self._create(None, deadline)

    def replace(self, refused: str, deadline: float) -> str:
        """Another token than the one that was refused. However many ask at once, one session is made."""
        return self._create(refused, deadline)

    def _create(self, refused: str | None, deadline: float) -> str:
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise PrismError(grpc.StatusCode.DEADLINE_EXCEEDED, "another thread has got no session within the time")
        try:
            if self._closed.is_set():
                raise ValueError("the client is closed")
            if self._token is not None and self._token != refused:
                return self._token
            self._token = None
            created: session.CreateSessionResponse
            try:
                created = self._stub.CreateSession(self._request, timeout=max(0.0, deadline - time.monotonic()))
            except grpc.RpcError as error:
                raise PrismError.of(error) from error
            self._token = created.session_token
            self._pause = _pause(_seconds(created.created_at, created.expires_at))
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="prism-session", daemon=True)
                self._keeper.start()
            return self._token
        finally:
            self._lock.release()

    def _keep(self) -> None:
        while not self._closed.wait(self._pause):
            token = self._token
            if token is None:
                continue
            try:
                self._pause = _pause(self._beat(token))
            except grpc.RpcError as error:
                self._pause = _BEAT_AGAIN_SECONDS
                if wants_new_session(PrismError.of(error)):
                    self._forget(token)
            except ValueError:
                # The channel was closed meanwhile.
                return

    def _beat(self, token: str) -> float:
        """Keeps the session and tells for how many seconds it will last, by the server's clock."""
        metadata = ((TOKEN, token),)
        beat: session.HeartbeatResponse = self._stub.Heartbeat(
            session.HeartbeatRequest(), metadata=metadata, timeout=_KEEPING_TIMEOUT_SECONDS
        )
        left = _to_seconds(beat.ttl)
        if left >= _REFRESH_BELOW_SECONDS:
            return left
        refreshed: session.RefreshSessionResponse = self._stub.RefreshSession(
            session.RefreshSessionRequest(), metadata=metadata, timeout=_KEEPING_TIMEOUT_SECONDS
        )
        return _seconds(beat.server_time, refreshed.new_expires_at)

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = None

    def close(self) -> None:
        """Closes the session, streams included, and ends the thread that keeps it."""
        with self._lock:
            self._closed.set()
            token, self._token = self._token, None
        if token is not None:
            try:
                self._stub.CloseSession(
                    session.CloseSessionRequest(force=True),
                    metadata=((TOKEN, token),),
                    timeout=_CLOSE_TIMEOUT_SECONDS,
                )
            except grpc.RpcError:
                # It is over already, or will be, five minutes after its last call.
                pass
        if self._keeper is not None:
            self._keeper.join()


def _pause(left: float) -> float:
    """Half of what is left, where sessions are shorter than a beat's distance."""
    return min(_BEAT_SECONDS, max(1.0, left / 2))


def _seconds(start: Timestamp, end: Timestamp) -> float:
    return (end.ToNanoseconds() - start.ToNanoseconds()) / 1e9


def _to_seconds(duration: Duration) -> float:
    return duration.ToNanoseconds() / 1e9
