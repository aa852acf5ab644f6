"""A complete inventory, as normalised JSON, of everything of the kinds vidpipe makes that is in an account and region:

    python inventory.py --endpoint http://127.0.0.1:PORT --region us-east-1 --out before.json

Two inventories are equal exactly when nothing appeared, went or changed between them: lists are sorted, and what
changes by itself (timestamps, events, sizes, request ids) is left out. `live` is what is there; `tombstones` is what
AWS still shows of what is gone (keys pending deletion, inactive clusters, services and task definitions, stopped tasks,
deleted NAT gateways, secrets scheduled for deletion, subscriptions nobody has confirmed): compare `live` to see whether
a `down` left anything.

What AWS owns is left out always: `aws/*` keys and aliases, service-linked roles, managed policies, `default.*`
parameter groups. Default VPCs and all that comes with them are kept in always.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from typing import Any

from listers import api, audit, compute, data, identity, messaging, network
from listers.account import Account

LISTERS = (network, identity, data, compute, api, messaging, audit)

# Members that change without anybody changing anything.
VOLATILE = {
    "ResponseMetadata",
    "SizeInBytes",
    "createdAt",
    "createdDate",
    "creationTime",
    "deployments",
    "events",
    "lastUpdatedDate",
    "registeredAt",
    "registeredBy",
    "storedBytes",
    "updatedAt",
    "LastUpdated",
    "RoleLastUsed",
    "StateReason",
    "StateReasonData",
    "StateValue",
    "LatestRestorableTime",
}


def take(endpoint: str | None, region: str) -> dict[str, dict[str, list[Any]]]:
    """The inventory of the account the default credentials name (any, for an emulator), in one region."""
    account = Account(endpoint, region)
    taken: dict[str, dict[str, list[Any]]] = {"live": {}, "tombstones": {}}
    for lister in LISTERS:
        for kind, items in lister.everything(account).items():
            dead = [item for item in items if is_tombstone(kind, item)]
            taken["live"][kind] = normalised([item for item in items if item not in dead])
            if dead:
                taken["tombstones"][kind] = normalised(dead)
    return taken


def is_tombstone(kind: str, item: dict[str, Any]) -> bool:
    """Whether AWS shows this item only to say that it is gone or going."""
    match kind:
        case "kms:key":
            return item["KeyState"] == "PendingDeletion"
        case "secretsmanager:secret":
            return "DeletedDate" in item
        case "ec2:nat-gateway":
            return item["State"] == "deleted"
        case "ecs:cluster" | "ecs:service" | "ecs:task-definition":
            return item["status"] != "ACTIVE"
        case "ecs:task":
            return item["lastStatus"] == "STOPPED"
        case "sns:subscription":
            return item["SubscriptionArn"] == "PendingConfirmation"
        case _:
            return False


def normalised(value: Any) -> Any:
    """`value` without volatile members and with lists in one order."""
    if isinstance(value, dict):
        return {k: normalised(v) for k, v in sorted(value.items()) if k not in VOLATILE and not is_moment(v)}
    if isinstance(value, (list, tuple)):
        return sorted((normalised(v) for v in value if not is_moment(v)), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def is_moment(value: Any) -> bool:
    """Whether this is a point in time."""
    return isinstance(value, (datetime.datetime, datetime.date))


def main() -> int:
    """Takes the inventory and writes it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", help="URL of an emulator; without it, AWS itself")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--out", help="file to write; without it, stdout")
    arguments = parser.parse_args()
    text = json.dumps(take(arguments.endpoint, arguments.region), indent=1, sort_keys=True)
    if arguments.out:
        with open(arguments.out, "w", encoding="utf-8") as out:
            out.write(text + "\n")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
