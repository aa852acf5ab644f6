"""Kinesis: tags from the start, names that are taken, all metrics, consumers that hold their stream, pages."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.kinesis.exceptions import ResourceInUseError
from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse

from .patch import around

# What ALL stands for: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html
METRICS = [
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
]
# Streams on a page, where nobody says how many.
PAGE = 100


def patch() -> None:
    """Applies every patch of this module."""
    streams_are_tagged_when_they_are_made()
    a_taken_name_is_told_in_words()
    all_metrics_are_named()
    consumers_hold_their_stream()
    streams_are_listed_in_pages()


def streams_are_tagged_when_they_are_made() -> None:
    """AWS takes Tags in CreateStream. moto drops them, so vidpipe would not know its own stream."""

    @around(KinesisResponse, "create_stream")
    def create(original: Any, self: Any) -> Any:
        answer = original(self)
        tags = self._get_param("Tags") or {}
        self.kinesis_backend.add_tags_to_stream(None, self._get_param("StreamName"), tags)
        return answer


def a_taken_name_is_told_in_words() -> None:
    """AWS uses one code for a stream that is there and for one that is busy, and tells them apart in the message:
    "Stream .. under account .. already exists." moto's message is the bare name.
    """

    @around(KinesisBackend, "create_stream")
    def create(original: Any, self: Any, stream_name: str, *args: Any, **kwargs: Any) -> Any:
        if stream_name in self.streams:
            raise ResourceInUseError(f"Stream {stream_name} under account {self.account_id} already exists.")
        return original(self, stream_name, *args, **kwargs)


def all_metrics_are_named() -> None:
    """AWS shows the seven metrics that ALL stands for. moto shows ALL, as if it were one."""

    @around(KinesisBackend, "enable_enhanced_monitoring")
    def enable(original: Any, self: Any, stream_arn: Any, stream_name: Any, shard_level_metrics: list[str]) -> Any:
        metrics = METRICS if "ALL" in shard_level_metrics else shard_level_metrics
        return original(self, stream_arn, stream_name, metrics)


def consumers_hold_their_stream() -> None:
    """AWS refuses to delete a stream with consumers unless EnforceConsumerDeletion is set. moto deletes it."""

    @around(KinesisResponse, "delete_stream")
    def delete(original: Any, self: Any) -> Any:
        stream = self.kinesis_backend.describe_stream(self._get_param("StreamARN"), self._get_param("StreamName"))
        if stream.consumers and not self._get_param("EnforceConsumerDeletion"):
            raise ResourceInUseError(f"Stream {stream.stream_name} has registered consumers.")
        return original(self)


def streams_are_listed_in_pages() -> None:
    """AWS lists 100 streams unless told otherwise, and takes and gives NextToken. moto lists ten and knows no tokens,
    so a client that follows tokens would miss the rest.
    """

    @around(KinesisResponse, "list_streams")
    def list_streams(original: Any, self: Any) -> Any:
        after = self._get_param("NextToken") or self._get_param("ExclusiveStartStreamName") or ""
        limit = min(self._get_param("Limit") or PAGE, PAGE)
        streams = sorted(self.kinesis_backend.list_streams(), key=lambda stream: stream.stream_name)
        rest = [stream for stream in streams if stream.stream_name > after]
        page = rest[:limit]
        answer = {
            "StreamNames": [stream.stream_name for stream in page],
            "StreamSummaries": [stream.to_json_summary()["StreamDescriptionSummary"] for stream in page],
            "HasMoreStreams": len(rest) > limit,
        }
        if len(rest) > limit:
            answer["NextToken"] = page[-1].stream_name
        return ActionResult(answer)
