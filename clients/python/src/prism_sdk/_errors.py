from __future__ import annotations

from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

# A session that is over, or whose key is not known any more. Nothing was done: calls are refused before they begin.
_WANT_A_NEW_SESSION = frozenset({"SESSION_CLOSED", "SESSION_EXPIRED", "SESSION_TOKEN_INVALID"})


class PrismError(Exception):
    """A call that failed. Decide by `reason`, else by `code`; never by the message, which may change."""

    code: grpc.StatusCode
    #: One of docs/errors.md, `SESSION_CLOSED`. None: the status is gRPC's own, from the client or on the way.
    reason: str | None
    #: Proto package of the service that says it, `prism.queue.v1`.
    domain: str | None
    #: What is wrong with the request, by field.
    violations: dict[str, str]
    #: The facts, by name.
    metadata: dict[str, str]
    #: Seconds after which the same call may work. None: nobody says that it will.
    retry_after: float | None
    #: Under which the service's log has the call.
    request_id: str | None
    message: str

    def __init__(self, code: grpc.StatusCode, message: str, details: status_pb2.Status | None = None) -> None:
        self.code = code
        self.message = message
        self.reason = self.domain = self.retry_after = self.request_id = None
        self.violations = {}
        self.metadata = {}
        for detail in details.details if details is not None else ():
            self._take(detail)
        reason = None if self.reason == code.name else self.reason
        super().__init__(": ".join(part for part in (code.name, reason, message) if part))

    def _take(self, detail: Any) -> None:
        info = error_details_pb2.ErrorInfo()
        retry = error_details_pb2.RetryInfo()
        request = error_details_pb2.RequestInfo()
        wrong = error_details_pb2.BadRequest()
        if detail.Unpack(info):
            self.reason, self.domain, self.metadata = info.reason, info.domain, dict(info.metadata)
        elif detail.Unpack(retry):
            self.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
        elif detail.Unpack(wrong):
            self.violations = {violation.field: violation.description for violation in wrong.field_violations}
        elif detail.Unpack(request):
            self.request_id = request.request_id

    @classmethod
    def of(cls, error: Any) -> PrismError:
        """What Prism says in an error of grpc, as raised by stubs on channels of your own."""
        try:
            details = rpc_status.from_call(error)
        except ValueError:
            # Details of another status than the call's: something on the way has made its own.
            details = None
        return cls(error.code(), error.details() or "", details)


def wants_new_session(error: PrismError) -> bool:
    return error.code is grpc.StatusCode.UNAUTHENTICATED and error.reason in _WANT_A_NEW_SESSION
