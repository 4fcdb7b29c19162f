from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from types import TracebackType
from typing import Any, Literal, TypeVar
from uuid import UUID

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from prism.cache.v1 import cache_service_pb2 as cache
from prism.cache.v1.cache_service_pb2_grpc import CacheServiceStub
from prism.config.v1.client_config_pb2 import ClientConfig
from prism.queue.v1 import queue_service_pb2 as queue
from prism.queue.v1.queue_service_pb2_grpc import QueueServiceStub
from prism.reader.v1 import reader_service_pb2 as reader
from prism.reader.v1.reader_service_pb2_grpc import ReaderServiceStub
from prism.session.v1.session_service_pb2 import CreateSessionRequest
from prism.timeseries.v1 import timeseries_service_pb2 as timeseries
from prism.timeseries.v1.timeseries_service_pb2_grpc import TimeSeriesServiceStub
from prism.transact.v1 import transact_service_pb2 as transact
from prism.transact.v1.transact_service_pb2_grpc import TransactServiceStub
from prism_sdk._channel import open_channel
from prism_sdk._interceptor import SessionInterceptor
from prism_sdk._session import Session
from prism_sdk._stream import Stream
from prism_sdk._values import Where, to_bytes, to_filter, to_sort, to_value

S = TypeVar("S")
Mode = Literal["insert", "update", "upsert", "delete"]
Start = Literal["committed", "earliest", "latest"] | int | datetime.datetime

_DEFAULT_ADDRESS = "127.0.0.1:8980"
_DEFAULT_NAMESPACE = "default"

_MODES: dict[str, transact.DataWrite.WriteMode] = {
    "insert": transact.DataWrite.WRITE_MODE_INSERT,
    "update": transact.DataWrite.WRITE_MODE_UPDATE,
    "upsert": transact.DataWrite.WRITE_MODE_UPSERT,
    "delete": transact.DataWrite.WRITE_MODE_DELETE,
}
_POSITIONS: dict[str, queue.StartPosition] = {
    "committed": queue.START_POSITION_COMMITTED,
    "earliest": queue.START_POSITION_EARLIEST,
    "latest": queue.START_POSITION_LATEST,
}


class PrismClient:
    """A connection to Prism and one session on it. Thread-safe: one for a process is enough.

    The first call makes the session. It is kept alive in the background, and replaced when it is over. `close`, or the end of
    a `with`, closes it. Every failure is a PrismError; a client that is closed raises ValueError.

    `timeout` is in seconds, here the default of all calls that have one answer.
    """

    def __init__(
        self,
        namespace: str | None = None,
        address: str | None = None,
        api_key: str | None = None,
        *,
        tls: bool | grpc.ChannelCredentials | None = None,
        config: ClientConfig | str | None = None,
        client_id: str = "prism-sdk",
        timeout: float = 30.0,
    ) -> None:
        api_key = api_key or os.environ.get("PRISM_API_KEY")
        if not api_key:
            raise ValueError("no API key: give api_key, or set PRISM_API_KEY")
        self._address = address or os.environ.get("PRISM_ADDRESS") or _DEFAULT_ADDRESS
        request = CreateSessionRequest(
            api_key=api_key, client_id=client_id, client_version=f"prism-sdk/{version('prism-sdk')} python"
        )
        _configure(request, namespace, config)
        self._bare_channel = open_channel(self._address, tls)
        self._session = Session(self._bare_channel, request)
        interceptor = SessionInterceptor(self._session, timeout)
        self._channel = grpc.intercept_channel(self._bare_channel, interceptor)
        self._reader = self._any_stub(ReaderServiceStub)
        self._transact = self._any_stub(TransactServiceStub)
        self._queue = self._any_stub(QueueServiceStub)
        self._cache = self._any_stub(CacheServiceStub)
        self._timeseries = self._any_stub(TimeSeriesServiceStub)

    def stub(self, stub: Callable[[grpc.Channel], S]) -> S:
        """A generated stub whose calls are in this client's session: `client.stub(ObjectStoreServiceStub)`."""
        return stub(self._channel)

    def _any_stub(self, stub: Callable[[grpc.Channel], Any]) -> Any:
        return stub(self._channel)

    # Reader

    def get(
        self, collection: str, id: str | int | UUID, *, fields: Sequence[str] = (), timeout: float | None = None
    ) -> reader.GetResponse:
        """The row with this primary key. None is no error: `found` is false then."""
        request = reader.GetRequest(collection=collection, id=str(id), fields=fields)
        answer: reader.GetResponse = self._reader.Get(request, timeout=timeout)
        return answer

    def query(
        self,
        collection: str,
        where: Where | None = None,
        *,
        sort: Sequence[str] = (),
        limit: int | None = None,
        offset: int | None = None,
        fields: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Stream[reader.Row]:
        """The rows that match, one after the other. `sort` by field, with `-` before it descending."""
        request = reader.QueryRequest(
            collection=collection,
            filter=to_filter(where),
            sort=to_sort(sort),
            limit=limit,
            offset=offset,
            fields=fields,
        )
        return _stream(self._reader.Query(request, timeout=timeout))

    def read(
        self,
        collection: str,
        where: Where | None = None,
        *,
        sort: Sequence[str] = (),
        page_size: int = 0,
        cursor: str | None = None,
        fields: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Stream[reader.Page]:
        """The pages of what matches, from the start or after `cursor`, which is `next_cursor` of an earlier page."""
        request = reader.ReadRequest(
            collection=collection,
            filter=to_filter(where),
            sort=to_sort(sort),
            page_size=page_size,
            cursor=cursor,
            fields=fields,
        )
        return _stream(self._reader.Read(request, timeout=timeout))

    def count(self, collection: str, where: Where | None = None, *, timeout: float | None = None) -> int:
        """How many rows match, exactly."""
        request = reader.CountRequest(collection=collection, filter=to_filter(where))
        answer: reader.CountResponse = self._reader.Count(request, timeout=timeout)
        return answer.count

    # Transact

    def write(
        self,
        table: str,
        record: Mapping[str, Any],
        mode: Mode = "insert",
        *,
        id_field: str | None = None,
        expected_version: str | None = None,
        idempotency_key: str | None = None,
        mailbox: transact.MailboxWrite | None = None,
        timeout: float | None = None,
    ) -> transact.WriteResponse:
        """Writes a row, and with it a message of a mailbox, in one transaction; once for an idempotency key."""
        if mode not in _MODES:
            raise ValueError(f"mode {mode!r} found, expected one of {', '.join(_MODES)}")
        request = transact.WriteRequest(
            data=transact.DataWrite(
                table=table,
                record={name: to_value(value) for name, value in record.items()},
                mode=_MODES[mode],
                id_field=id_field,
                expected_version=expected_version,
            ),
            mailbox=mailbox,
            options=transact.TransactionOptions(
                idempotent=idempotency_key is not None, idempotency_key=idempotency_key
            ),
        )
        answer: transact.WriteResponse = self._transact.Write(request, timeout=timeout)
        return answer

    # Queue

    def publish(
        self,
        topic: str,
        payload: bytes | str,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        partition: int | None = None,
        timeout: float | None = None,
    ) -> queue.PublishResponse:
        """Publishes a message; the answer says that all in-sync replicas of the broker have it."""
        request = queue.PublishRequest(
            topic=topic, payload=to_bytes(payload), headers=headers, partition_key=key, partition=partition
        )
        answer: queue.PublishResponse = self._queue.Publish(request, timeout=timeout)
        return answer

    def publish_batch(
        self, topic: str, messages: Iterable[queue.BatchMessage | bytes | str], *, timeout: float | None = None
    ) -> queue.PublishBatchResponse:
        """Publishes up to 1 000 messages. Some may fail: `failure_count`, and `error` of their results."""
        batch = [
            m if isinstance(m, queue.BatchMessage) else queue.BatchMessage(payload=to_bytes(m)) for m in messages
        ]
        request = queue.PublishBatchRequest(topic=topic, messages=batch)
        answer: queue.PublishBatchResponse = self._queue.PublishBatch(request, timeout=timeout)
        return answer

    def subscribe(
        self,
        topic: str,
        group: str = "",
        *,
        start: Start | None = None,
        max_messages: int | None = None,
        ack_timeout: float | None = None,
        timeout: float | None = None,
    ) -> Stream[queue.Message]:
        """The messages of a topic, as a member of a group, until the stream is closed; acknowledge each of them.

        `start` is a name, an offset of every partition or a time, and counts when the group has no other member.
        `ack_timeout` is in seconds.
        """
        request = queue.SubscribeRequest(topic=topic, consumer_group=group, max_messages=max_messages)
        if isinstance(start, datetime.datetime):
            request.timestamp.CopyFrom(_timestamp(start))
        elif isinstance(start, int):
            request.offset = start
        elif start is not None:
            if start not in _POSITIONS:
                raise ValueError(f"start {start!r} found, expected one of {', '.join(_POSITIONS)}")
            request.position = _POSITIONS[start]
        if ack_timeout is not None:
            request.timeout.CopyFrom(_duration(ack_timeout))
        return _stream(self._queue.Subscribe(request, timeout=timeout))

    def acknowledge(
        self, *messages: queue.Message | str, timeout: float | None = None
    ) -> queue.AcknowledgeResponse:
        """Says that messages, or those of these ids, are processed. What is in `failed_ids` may come again."""
        ids = [m if isinstance(m, str) else m.message_id for m in messages]
        request = queue.AcknowledgeRequest(message_ids=ids)
        answer: queue.AcknowledgeResponse = self._queue.Acknowledge(request, timeout=timeout)
        return answer

    # Cache

    def cache_get(self, key: str, *, timeout: float | None = None) -> bytes | None:
        """The value of a key. None: there is none."""
        answer: cache.GetResponse = self._cache.Get(cache.GetRequest(key=key), timeout=timeout)
        return answer.value if answer.found else None

    def cache_set(
        self, key: str, value: bytes | str, *, ttl: float | None = None, timeout: float | None = None
    ) -> None:
        """Sets a value for `ttl` seconds; without it, for as long as the session's configuration says, else 15 minutes."""
        if ttl is None:
            self._cache.Set(cache.SetRequest(key=key, value=to_bytes(value)), timeout=timeout)
        else:
            request = cache.SetExRequest(key=key, value=to_bytes(value), ttl=_duration(ttl))
            self._cache.SetEx(request, timeout=timeout)

    # TimeSeries

    def append_events(
        self, events: Iterable[timeseries.Event], *, timeout: float | None = None
    ) -> timeseries.AppendEventsResponse:
        """Stores up to 10 000 events. Bad ones are rejected one by one: `rejected`, and why in `errors`."""
        request = timeseries.AppendEventsRequest(events=events)
        answer: timeseries.AppendEventsResponse = self._timeseries.AppendEvents(request, timeout=timeout)
        return answer

    # End

    def close(self) -> None:
        """Closes the session, which ends its streams, and the connection."""
        self._session.close()
        self._bare_channel.close()

    def __enter__(self) -> PrismClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PrismClient({self._address!r})"


def _configure(request: CreateSessionRequest, namespace: str | None, config: ClientConfig | str | None) -> None:
    if isinstance(config, str):
        if namespace is not None:
            raise ValueError(f"configuration {config!r} has its own namespace: give one of both")
        request.config_name = config
        return
    if config is not None:
        request.inline_config.CopyFrom(config)
    if namespace is not None:
        request.inline_config.namespace = namespace
    elif not request.inline_config.namespace:
        request.inline_config.namespace = _DEFAULT_NAMESPACE


def _stream(call: Any) -> Stream[Any]:
    if isinstance(call, Stream):
        return call
    # No session could be had, which grpc hands on as a call that has failed.
    raise call.exception()


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromTimedelta(datetime.timedelta(seconds=seconds))
    return duration


def _timestamp(time: datetime.datetime) -> Timestamp:
    if time.tzinfo is None:
        raise ValueError(f"time {time.isoformat()} has no time zone")
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp
