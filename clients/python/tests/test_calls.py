"""What each method does, as Prism answers it."""

import datetime
import time
import uuid
from decimal import Decimal

import pytest
from conftest import unique

from prism.config.v1.client_config_pb2 import ClientConfig, QueueConfig
from prism.objectstore.v1 import objectstore_service_pb2 as objectstore
from prism.objectstore.v1.objectstore_service_pb2_grpc import ObjectStoreServiceStub
from prism.queue.v1.queue_service_pb2 import BatchMessage, Message
from prism.timeseries.v1 import timeseries_service_pb2 as timeseries
from prism.timeseries.v1.timeseries_service_pb2_grpc import TimeSeriesServiceStub
from prism.transact.v1 import transact_service_pb2 as transact
from prism.transact.v1.transact_service_pb2_grpc import TransactServiceStub
from prism_sdk import PrismClient, PrismError, Stream, as_dict, condition


def test_get_finds_a_row_by_its_key(client: PrismClient) -> None:
    answer = client.get(collection="users", id=42)
    assert answer.found
    assert answer.row.fields["id"].string_value == "42"
    assert set(as_dict(client.get("users", "42", fields=["name"]).row)) == {"name"}


def test_get_of_a_row_that_is_not_there_is_no_error(client: PrismClient) -> None:
    assert not client.get("users", 10**12).found


def test_query_has_the_rows_that_match_in_order(client: PrismClient) -> None:
    rows = [as_dict(row) for row in client.query("users", {"status": "closed"}, sort=["name", "-id"], limit=20)]
    assert len(rows) == 20
    assert {row["status"] for row in rows} == {"closed"}
    assert rows == sorted(rows, key=lambda row: (row["name"], -int(row["id"])))


def test_offset_and_fields_of_a_query(client: PrismClient) -> None:
    ids = [as_dict(row) for row in client.query("users", sort=["id"], offset=2, limit=2, fields=["id"])]
    assert ids == [{"id": "3"}, {"id": "4"}]


def test_conditions_together(client: PrismClient) -> None:
    where = [condition("id", ">", 10), condition("id", "<=", 20), condition("id", "not in", [12, 13])]
    assert {int(as_dict(row)["id"]) for row in client.query("users", where)} == {11, *range(14, 21)}
    assert client.count("users", where) == 8


def test_read_has_pages_and_goes_on_after_a_cursor(client: PrismClient) -> None:
    with client.read("users", page_size=7, sort=["id"]) as pages:
        first = next(pages)
    assert [as_dict(row)["id"] for row in first.rows] == [str(id) for id in range(1, 8)]
    with client.read("users", page_size=7, sort=["id"], cursor=first.next_cursor) as pages:
        assert as_dict(next(pages).rows[0])["id"] == "8"


def test_all_pages_together_are_all_rows(client: PrismClient) -> None:
    pages = list(client.read("users", {"status": "active"}, page_size=1000))
    assert sum(len(page.rows) for page in pages) == client.count("users", {"status": "active"})
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_null_is_found_by_none(client: PrismClient) -> None:
    assert 0 < client.count("orders", {"note": None}) < client.count("orders")


def order(id: str) -> dict[str, object]:
    return {"id": id, "user_id": 42, "product_id": 7, "quantity": 2, "total": Decimal("39.98")}


def test_write_in_each_mode(client: PrismClient) -> None:
    id = unique("order")
    inserted = client.write("orders", order(id))
    assert inserted.committed and inserted.data_result.rows_affected == 1
    row = client.get("orders", id).row
    assert as_dict(row).items() >= {"total": "39.98", "quantity": 2, "note": None}.items()

    client.write("orders", {"id": id, "note": "gift"}, "update", expected_version=row.metadata.version)
    with pytest.raises(PrismError) as stale:
        client.write("orders", {"id": id, "note": "late"}, "update", expected_version=row.metadata.version)
    assert stale.value.reason == "VERSION_MISMATCH"
    client.write("orders", {**order(id), "quantity": 3}, "upsert")
    assert as_dict(client.get("orders", id).row).items() >= {"note": "gift", "quantity": 3}.items()

    assert client.write("orders", {"id": id}, "delete").data_result.rows_affected == 1
    assert not client.get("orders", id).found


def test_write_by_another_field_than_the_key(client: PrismClient) -> None:
    id, note = unique("order"), unique("note")
    client.write("orders", {**order(id), "note": note})
    client.write("orders", {"note": note, "quantity": 9}, "update", id_field="note")
    assert as_dict(client.get("orders", id).row)["quantity"] == 9


def test_a_write_is_done_once_for_its_key_with_its_message(client: PrismClient) -> None:
    id, mailbox = unique("order"), unique("mailbox")
    message = transact.MailboxWrite(mailbox_id=mailbox, message=b"created", message_type="order.created")
    first = client.write("orders", order(id), idempotency_key=id, mailbox=message)
    assert first.mailbox_result.sequence == 1
    assert client.write("orders", order(id), idempotency_key=id, mailbox=message) == first
    read = client.stub(TransactServiceStub).ReadMailbox(transact.ReadMailboxRequest(mailbox_id=mailbox))
    assert [m.message for m in read] == [b"created"]


def test_published_with_one_key_received_in_order_and_acknowledged(client: PrismClient) -> None:
    topic = unique("events")
    sent = [client.publish(topic, text, key="me", headers={"n": text}) for text in ("one", "two", "three")]
    with client.subscribe(topic, "workers", start="earliest", ack_timeout=60) as messages:
        received = [next(messages) for _ in sent]
        assert [m.message_id for m in received] == [answer.message_id for answer in sent]
        assert [m.payload for m in received] == [b"one", b"two", b"three"]
        assert [dict(m.headers) for m in received] == [{"n": "one"}, {"n": "two"}, {"n": "three"}]
        answer = client.acknowledge(*received)
        assert (answer.acknowledged_count, list(answer.failed_ids)) == (3, [])
        assert list(client.acknowledge(received[0].message_id).failed_ids) == [received[0].message_id]


def test_a_group_goes_on_after_what_was_acknowledged(client: PrismClient) -> None:
    topic = unique("events")
    client.publish_batch(topic, [BatchMessage(payload=text, partition=0) for text in (b"one", b"two")])
    assert first_of(client.subscribe(topic, "workers"), client).payload == b"one"
    assert first_of(client.subscribe(topic, "workers"), client).payload == b"two"


def first_of(messages: Stream[Message], client: PrismClient) -> Message:
    with messages:
        message = next(messages)
        client.acknowledge(message)
        return message


def test_what_is_not_acknowledged_in_time_comes_again(client: PrismClient) -> None:
    topic = unique("events")
    client.publish(topic, b"again")
    with client.subscribe(topic, "workers", start="earliest", ack_timeout=0.2) as messages:
        assert [next(messages).attempt, next(messages).attempt] == [1, 2]


def test_at_most_max_messages_are_outstanding(client: PrismClient) -> None:
    topic = unique("events")
    client.publish_batch(topic, ["one", "two"])
    with client.subscribe(topic, "workers", max_messages=1, start="earliest", timeout=2) as messages:
        next(messages)
        with pytest.raises(PrismError, match="DEADLINE_EXCEEDED"):
            next(messages)


def test_where_a_subscription_starts() -> None:
    topic = unique("events")
    with PrismClient(config=ClientConfig(queue=QueueConfig(partitions=1))) as client:
        sent = [client.publish(topic, text) for text in ("one", "two", "three")]
        with client.subscribe(topic, "by-offset", start=sent[1].offset) as messages:
            assert next(messages).payload == b"two"
        begun = sent[0].timestamp.ToDatetime(datetime.timezone.utc)
        with client.subscribe(topic, "by-time", start=begun) as messages:
            assert next(messages).payload == b"one"
        with client.subscribe(topic, "by-name", start="latest") as messages:
            # The answer begins when the subscription is live.
            messages.initial_metadata()
            client.publish(topic, "four")
            assert next(messages).payload == b"four"


def test_a_closed_stream_has_ended(client: PrismClient) -> None:
    messages = client.subscribe(unique("events"), "workers")
    messages.close()
    assert list(messages) == []


def test_a_batch_says_which_message_failed(client: PrismClient) -> None:
    answer = client.publish_batch(
        unique("events"), ["good", BatchMessage(payload=b"bad", partition=1000), b"good as well"]
    )
    assert (answer.success_count, answer.failure_count) == (2, 1)
    assert [result.HasField("error") for result in answer.results] == [False, True, False]


def test_a_value_of_the_cache_and_its_end(client: PrismClient) -> None:
    key = unique("key")
    assert client.cache_get(key) is None
    client.cache_set(key, "kept")
    assert client.cache_get(key) == b"kept"
    client.cache_set(key, b"", ttl=0.5)
    assert client.cache_get(key) == b""
    until = time.monotonic() + 10
    while client.cache_get(key) is not None:
        assert time.monotonic() < until, "the value has outlived its time"


def test_events_are_stored_once_and_bad_ones_rejected(client: PrismClient) -> None:
    kind, now = unique("click"), time.time_ns()
    events = [
        timeseries.Event(timestamp=now, event_type=kind, metrics={"ms": 12.5}, event_id="1"),
        timeseries.Event(timestamp=now),
    ]
    for _ in range(2):
        answer = client.append_events(events)
        assert (answer.accepted, answer.rejected, answer.durable) == (1, 1, True)
        assert [(error.index, error.code) for error in answer.errors] == [(1, "EVENT_TYPE_MISSING")]
    query = timeseries.QueryRequest(start_time=now, end_time=now + 1, event_types=[kind])
    found = client.stub(TimeSeriesServiceStub).QueryEvents(query).events
    assert [dict(event.metrics) for event in found] == [{"ms": 12.5}]


def test_a_stub_streams_both_ways_in_the_session(client: PrismClient) -> None:
    objects = client.stub(ObjectStoreServiceStub)
    key = uuid.uuid4().hex
    first = objectstore.PutObjectRequest(bucket="tests", key=key, chunk=b"hel")
    objects.PutObject(iter([first, objectstore.PutObjectRequest(chunk=b"lo")]))
    parts = objects.GetObject(objectstore.GetObjectRequest(bucket="tests", key=key))
    assert b"".join(part.chunk for part in parts) == b"hello"

    steps = [
        transact.TransactRequest(begin=transact.BeginTransaction()),
        transact.TransactRequest(commit=transact.CommitTransaction()),
    ]
    answers = list(client.stub(TransactServiceStub).Transaction(iter(steps)))
    assert [answer.WhichOneof("response") for answer in answers] == ["started", "committed"]
