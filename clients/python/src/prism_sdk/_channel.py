from __future__ import annotations

import ipaddress
import json
import os
from pathlib import Path
from typing import Any

import grpc

# What only reads, and so may be repeated. A stream is repeated only as long as nothing has come.
READS: dict[str, tuple[str, ...]] = {
    "prism.cache.v1.CacheService": ("Get", "GetMulti", "Exists"),
    "prism.config.v1.ConfigService": ("ListConfigs", "GetConfig", "ValidateConfig"),
    "prism.objectstore.v1.ObjectStoreService": ("GetObject", "ListObjects", "HeadObject", "GetPresignedURL"),
    "prism.pubsub.v1.PubSubService": ("Subscribe", "Unsubscribe", "ListSubscriptions"),
    "prism.queue.v1.QueueService": ("Subscribe", "GetTopicInfo"),
    "prism.reader.v1.ReaderService": ("Read", "Query", "Count", "Get"),
    "prism.timeseries.v1.TimeSeriesService": ("QueryEvents", "QueryAggregates", "StreamQuery"),
    "prism.transact.v1.TransactService": ("ReadMailbox",),
    "prism.vector.v1.VectorService": ("SearchSimilar", "GetVector"),
}

_LARGEST_ANSWER = 16 * 1024 * 1024


def open_channel(address: str, tls: bool | grpc.ChannelCredentials | None) -> grpc.Channel:
    options: list[tuple[str, Any]] = [
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        # A subscription may be silent for long, and so may the client.
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.max_receive_message_length", _LARGEST_ANSWER),
        ("grpc.service_config", json.dumps(_service_config())),
    ]
    if tls is None:
        authority = os.environ.get("PRISM_TLS_CA")
        if authority:
            tls = grpc.ssl_channel_credentials(Path(authority).read_bytes())
        else:
            tls = not _is_loopback(address)
    if tls is False:
        return grpc.insecure_channel(address, options)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials() if tls is True else tls, options)


def _service_config() -> dict[str, Any]:
    return {
        "methodConfig": [
            {
                "name": [{"service": service, "method": rpc} for service, rpcs in READS.items() for rpc in rpcs],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "2s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }


def _is_loopback(address: str) -> bool:
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
