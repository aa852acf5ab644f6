"""Starts a microburst proxy in front of an endpoint, and serves until SIGTERM:

    python launch.py --upstream http://127.0.0.1:PORT --share 0.3

That share of all calls is spoilt, evenly by: too many calls, a server error, a service that is unavailable, a
connection that is reset before the call is done, an answer that is cut in half, and one that breaks off. Each service
says so with its own code and status. Prints one line, `listening on http://127.0.0.1:PORT`.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

HOST = "127.0.0.1"

# Of each service, by what it is signed for, how it says that there were too many calls.
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each service's API reference
THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "apigateway": ("TooManyRequestsException", 429),
    "kinesis": ("LimitExceededException", 400),
    # microburst's own choice for it is one that SQS does not know.
    "sqs": ("RequestThrottled", 403),
    **{name: ("Throttling", 400) for name in ("elasticache", "elasticloadbalancing", "iam", "rds", "sns", "sts")},
    **{
        name: ("ThrottlingException", 400)
        for name in ("cloudtrail", "ecs", "kms", "logs", "monitoring", "rds-data", "secretsmanager")
    },
    "application-autoscaling": ("ConcurrentUpdateException", 500),
    "elasticfilesystem": ("ThrottlingException", 429),
}


def rules(share: float) -> list[dict[str, Any]]:
    """The first that strikes, strikes: each has the same share of all calls."""
    kinds: list[list[dict[str, Any]]] = [
        [{"service": name, "error": error(*throttled)} for name, throttled in THROTTLED.items()],
        [{"service": "*", "error": error("InternalFailure", 500)}],
        [{"service": "*", "error": error("ServiceUnavailable", 503)}],
        [{"service": "*", "reset": True}],
        [{"service": "*", "response": {"truncate_frac": 0.5}}],
        [{"service": "*", "response": {"abort_frac": 0.5}}],
    ]
    each = share / len(kinds)
    weighted = []
    for before, kind in enumerate(kinds):
        # Of the calls that no rule before has struck.
        weighted += [{**rule, "probability": each / (1 - each * before)} for rule in kind]
    return weighted


def error(code: str, status: int) -> dict[str, Any]:
    """An error, in AWS's words."""
    message = "Rate exceeded" if status in (400, 403, 429) else "The request processing has failed because of an error."
    return {"code": code, "status": status, "message": message}


def main() -> int:
    """Writes the rules, and becomes microburst."""
    parser = argparse.ArgumentParser(description="faults in front of an endpoint, on loopback")
    parser.add_argument("--upstream", required=True, help="URL of the endpoint")
    parser.add_argument("--share", type=float, required=True, help="of all calls, between 0 and 1")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    arguments = parser.parse_args()
    port = arguments.port or free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".yml", delete=False) as config:
        yaml.safe_dump({"rules": rules(arguments.share)}, config)
    print(f"listening on http://{HOST}:{port}", flush=True)
    # What microburst prints is for whoever looks at it alone.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    microburst = Path(sys.executable).with_name("microburst")
    options = ["--upstream", arguments.upstream, "--host", HOST, "--port", str(port), "--config", config.name]
    os.execv(microburst, [str(microburst), *options])


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
