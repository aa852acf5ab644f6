"""CloudWatch over Smithy RPC v2 CBOR: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

import botocore.loaders
import botocore.model
import botocore.parsers
import cbor2
from moto.cloudwatch.exceptions import ResourceNotFoundException
from moto.cloudwatch.models import CloudWatchBackend

from .patch import around

PATH = "/service/GraniteServiceVersion20100801/operation/"
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def cbor_front(application: Wsgi) -> Wsgi:
    """AWS serves CloudWatch in three protocols; the AWS SDK for Rust speaks only rpc-v2-cbor. moto serves JSON and
    query and answers 404 to CBOR, so no alarm could be made. This rewrites a CBOR request into the JSON request moto
    knows, and moto's JSON answer into CBOR by the shapes of the service model (timestamps are tag 1, doubles are never
    integers): moto's own handlers do all the work, account and region come from the unchanged Authorization header.
    """
    service = service_model()

    def front(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PATH) or environ.get("HTTP_SMITHY_PROTOCOL") != "rpc-v2-cbor":
            return application(environ, start_response)
        operation = service.operation_model(path.removeprefix(PATH))
        status, headers, body = call(application, as_json_request(environ, operation.name))
        reply = answer(operation, status, headers, body)
        kept = [(k, v) for k, v in headers if k.lower() not in ("content-type", "content-length")]
        own = [
            ("Content-Type", "application/cbor"),
            ("Content-Length", str(len(reply))),
            ("smithy-protocol", "rpc-v2-cbor"),
        ]
        start_response(status, kept + own)
        return [reply]

    return front


def patch() -> None:
    """Applies every patch of this module that needs no raw request."""
    deleted_alarms_lose_their_tags()


def deleted_alarms_lose_their_tags() -> None:
    """AWS answers ResourceNotFoundException when the tags of a deleted alarm are asked for. moto keeps them and gives
    them to the next alarm of that name, which would look like ours.
    """

    @around(CloudWatchBackend, "delete_alarms")
    def delete(original: Any, self: Any, alarm_names: list[str]) -> None:
        for alarm in self.get_alarms_by_alarm_names(alarm_names):
            self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
        original(self, alarm_names)

    @around(CloudWatchBackend, "list_tags_for_resource")
    def list_tags(original: Any, self: Any, arn: str) -> dict[str, str]:
        if ":alarm:" in arn and arn not in {alarm.alarm_arn for alarm in self.alarms.values()}:
            raise ResourceNotFoundException()
        return original(self, arn)


def service_model() -> botocore.model.ServiceModel:
    """AWS's own description of CloudWatch, as shipped with botocore."""
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"))


def as_json_request(environ: Environ, operation: str) -> Environ:
    """The same request as an `application/x-amz-json-1.0` one."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length)
    arguments = cbor2.loads(raw) if raw else {}
    body = json.dumps(arguments, default=lambda moment: moment.timestamp()).encode()
    changed = {
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_AMZ_TARGET": f"GraniteServiceVersion20100801.{operation}",
        "wsgi.input": io.BytesIO(body),
    }
    return {k: v for k, v in environ.items() if k != "HTTP_SMITHY_PROTOCOL"} | changed


def call(application: Wsgi, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
    """Runs one request through a WSGI application and returns status, headers and body."""
    head: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        head[:] = [status, headers]

    body = b"".join(application(environ, start_response))
    return head[0], head[1], body


def answer(operation: botocore.model.OperationModel, status: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """moto's JSON answer as CBOR: the output shape, or an error map with `__type` and `message`."""
    code = int(status.split()[0])
    if code >= 300:
        return cbor2.dumps(error(body))
    response = {"status_code": code, "headers": dict(headers), "body": body}
    parsed = botocore.parsers.create_parser("json").parse(response, operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    shaped = by_shape(operation.output_shape, parsed) if operation.output_shape else {}
    return cbor2.dumps(shaped, datetime_as_timestamp=True, timezone=UTC)


def error(body: bytes) -> dict[str, str]:
    """An rpc-v2-cbor error from moto's JSON one; an answer that is not JSON is a fault inside moto."""
    try:
        document = json.loads(body)
    except ValueError:
        return {"__type": "com.amazonaws.cloudwatch#InternalServiceFault", "message": body.decode(errors="replace")}
    message = document.get("message") or document.get("Message") or ""
    return {"__type": document.get("__type", "UnknownError"), "message": message}


def by_shape(shape: Any, value: Any) -> Any:
    """`value` with absent members dropped and numbers in the CBOR type the model asks for."""
    match shape.type_name:
        case "structure":
            return {k: by_shape(shape.members[k], v) for k, v in value.items() if v is not None}
        case "list":
            return [by_shape(shape.member, v) for v in value]
        case "map":
            return {k: by_shape(shape.value, v) for k, v in value.items()}
        case "double" | "float":
            return float(value)
        case "integer" | "long":
            return int(value)
        case _:
            return value
