from __future__ import annotations

import base64
import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from google.protobuf.struct_pb2 import ListValue, NullValue, Struct, Value

from prism.reader.v1 import reader_service_pb2 as reader

Operator = Literal[
    "=", "!=", ">", ">=", "<", "<=", "in", "not in", "contains", "starts with", "ends with"
]
Where = reader.Filter | Mapping[str, Any] | Sequence[reader.Filter]

# Larger integers are not exact as doubles, which is what numbers are on the wire.
_LARGEST_EXACT = 2**53

_OPERATORS: dict[str, reader.FieldFilter.Operator] = {
    "=": reader.FieldFilter.OPERATOR_EQUALS,
    "!=": reader.FieldFilter.OPERATOR_NOT_EQUALS,
    ">": reader.FieldFilter.OPERATOR_GREATER_THAN,
    ">=": reader.FieldFilter.OPERATOR_GREATER_THAN_OR_EQUALS,
    "<": reader.FieldFilter.OPERATOR_LESS_THAN,
    "<=": reader.FieldFilter.OPERATOR_LESS_THAN_OR_EQUALS,
    "in": reader.FieldFilter.OPERATOR_IN,
    "not in": reader.FieldFilter.OPERATOR_NOT_IN,
    "contains": reader.FieldFilter.OPERATOR_CONTAINS,
    "starts with": reader.FieldFilter.OPERATOR_STARTS_WITH,
    "ends with": reader.FieldFilter.OPERATOR_ENDS_WITH,
}


def to_value(value: Any) -> Value:
    """A value of Python as Prism takes it: exactly, by text where a double could not hold it."""
    match value:
        case Value():
            return value
        case None:
            return Value(null_value=NullValue.NULL_VALUE)
        case bool():
            return Value(bool_value=value)
        case int():
            exact = -_LARGEST_EXACT <= value <= _LARGEST_EXACT
            return Value(number_value=value) if exact else Value(string_value=str(value))
        case float():
            return Value(number_value=value)
        case str():
            return Value(string_value=value)
        case bytes():
            return Value(string_value=base64.b64encode(value).decode())
        case Decimal() | UUID():
            return Value(string_value=str(value))
        case datetime.date() | datetime.time():
            return Value(string_value=value.isoformat())
        case Mapping():
            return Value(struct_value=Struct(fields={key: to_value(inner) for key, inner in value.items()}))
        case list() | tuple():
            return Value(list_value=ListValue(values=[to_value(inner) for inner in value]))
        case _:
            raise TypeError(f"a field cannot be a {type(value).__name__}")


def as_dict(row: reader.Row | Mapping[str, Value]) -> dict[str, Any]:
    """A row, or its fields, as values of Python: whole numbers are int, and what came as text stays text."""
    fields = row.fields if isinstance(row, reader.Row) else row
    return {name: _from_value(value) for name, value in fields.items()}


def _from_value(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "null_value" | None:
            return None
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "list_value":
            return [_from_value(inner) for inner in value.list_value.values]
        case _:
            return {name: _from_value(inner) for name, inner in value.struct_value.fields.items()}


def condition(field: str, op: Operator, value: Any) -> reader.Filter:
    """A condition on one field, for `where`. What each operator means: prism.reader.v1.FieldFilter.Operator."""
    if op not in _OPERATORS:
        raise ValueError(f"operator {op!r} found, expected one of {', '.join(_OPERATORS)}")
    return reader.Filter(field=reader.FieldFilter(field=field, op=_OPERATORS[op], value=to_value(value)))


def to_filter(where: Where | None) -> reader.Filter | None:
    if where is None or isinstance(where, reader.Filter):
        return where
    parts = [condition(f, "=", v) for f, v in where.items()] if isinstance(where, Mapping) else list(where)
    if len(parts) <= 1:
        return parts[0] if parts else None
    both = reader.CompositeFilter(op=reader.CompositeFilter.LOGICAL_OPERATOR_AND, filters=parts)
    return reader.Filter(composite=both)


def to_sort(names: Iterable[str]) -> list[reader.Sort]:
    return [
        reader.Sort(
            field=name.removeprefix("-"),
            direction=reader.Sort.DIRECTION_DESC if name.startswith("-") else reader.Sort.DIRECTION_ASC,
        )
        for name in names
    ]


def to_bytes(payload: bytes | str) -> bytes:
    return payload.encode() if isinstance(payload, str) else payload
