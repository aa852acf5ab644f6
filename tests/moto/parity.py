"""Checks an environment made by `vidpipe up` (pipeline streamtech) against the program it replaces:

    python parity.py --endpoint http://127.0.0.1:PORT --suffix staging

For each of the 63 CloudFormation resources in streamtech-cloudformation.json it prints `ok`, `exception` (deliberate,
with why) or `MISSING/WEAKER: why`, and exits 1 if there is any of the last. Names may differ: a resource is recognised
by its role (which tier and zone, which port, what it is attached to). "At least as strict" is the measure: more
encryption, less egress, a key in front of a method, a real integration instead of a mock, narrower policies are all
right; fewer are not.

It reads and never writes. Secret values are looked at, never printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import inventory
from listers.account import Account
from twins import RULES
from twins.environment import Environment, Weaker

EXPECTED = Path(__file__).with_name("streamtech-cloudformation.json")

# One role for a whole account, shared with everything else that uses API Gateway in it: removing it breaks others.
EXCEPTIONS = {
    "apigatewaystagingAccount2936D86D": "account-wide; vidpipe leaves it to whoever owns the account",
    "apigatewaystagingCloudWatchRoleF513CA98": "only the account-wide setting uses it",
}


def verdict(environment: Environment, resource: dict[str, Any]) -> str:
    """One resource's line, without its name."""
    if resource["logical_id"] in EXCEPTIONS:
        return f"exception: {EXCEPTIONS[resource['logical_id']]}"
    try:
        RULES[resource["type"]](environment, resource)
    except Weaker as weaker:
        return f"MISSING/WEAKER: {weaker}"
    return "ok"


def main() -> int:
    """Prints every verdict; 1 if something is missing or weaker."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", help="URL of an emulator; without it, AWS itself")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--suffix", required=True, help="the environment's suffix")
    arguments = parser.parse_args()
    resources = json.loads(EXPECTED.read_text(encoding="utf-8"))["resources"]
    live = inventory.take(arguments.endpoint, arguments.region)["live"]
    environment = Environment(live, resources, arguments.suffix, Account(arguments.endpoint, arguments.region))
    verdicts = {resource["logical_id"]: verdict(environment, resource) for resource in resources}
    for logical_id, line in verdicts.items():
        print(f"{logical_id}: {line}")
    wrong = sum(line.startswith("MISSING") for line in verdicts.values())
    print(f"{len(verdicts)} resources, {wrong} missing or weaker")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
