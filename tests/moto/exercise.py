"""Makes every kind of AWS resource vidpipe's pipelines use once, reads it back, changes it where AWS allows it
in place, deletes all in reverse order, and deletes again, against a running launcher:

    python exercise.py --endpoint http://127.0.0.1:PORT

Every answer is checked against what AWS documents, so a moto that stops answering so fails here and not inside
vidpipe's tests. Prints one line per service; exits 0 when all is right. boto3 is the client, with retries off: a wrong
answer must not be retried away.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import inventory
from exercises import (
    alarms,
    api,
    aurora,
    cache,
    cloudtrail,
    database,
    encryption,
    files,
    identity,
    kinesis,
    network,
    s3,
    sns,
    sqs,
    workers,
)
from exercises.world import REGION, World

SERVICES: tuple[tuple[str, ModuleType], ...] = (
    ("ec2", network),
    ("kms, secretsmanager", encryption),
    ("iam, logs", identity),
    ("rds", database),
    ("aurora, rds-data", aurora),
    ("elasticache", cache),
    ("efs", files),
    ("elbv2, ecs, application-autoscaling", workers),
    ("apigateway", api),
    ("kinesis", kinesis),
    ("sqs", sqs),
    ("sns", sns),
    ("cloudwatch, tagging", alarms),
    ("s3", s3),
    ("cloudtrail", cloudtrail),
)


def main() -> int:
    """Runs make and change for all services, then removal in reverse; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True, help="URL of a running launcher")
    world = World(parser.parse_args().endpoint)
    before = inventory.take(world.endpoint, REGION)["live"]
    failed = False
    for title, service in SERVICES:
        # A service whose make fails leaves later ones without their inputs: they fail too, and say so.
        failed |= not attempt(f"made and changed  {title}", partial(service.make, world))
    for title, _ in reversed(SERVICES):
        failed |= not attempt(f"removed twice     {title}", partial(world.remove, title))
    failed |= not attempt("nothing left over", partial(nothing_left, world, before))
    return 1 if failed else 0


def nothing_left(world: World, before: dict[str, list[Any]]) -> None:
    """What is there now is what was there before the first create."""
    for kind, items in inventory.take(world.endpoint, REGION)["live"].items():
        left = [item for item in items if item not in before[kind]]
        assert not left and len(items) == len(before[kind]), f"{kind}: left over {left}, before {before[kind]}"


def attempt(line: str, step: Callable[[], None]) -> bool:
    """Runs one step and prints its line; a failure is printed with its traceback and does not stop the rest."""
    try:
        step()
    except Exception:  # noqa: BLE001 - the point is to report whatever went wrong and go on
        traceback.print_exc()
        print(f"FAILED  {line}", flush=True)
        return False
    print(f"ok      {line}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
