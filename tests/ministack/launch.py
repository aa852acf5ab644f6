"""Starts a ministack server that checks signatures and policies, behind a small router for what it lacks, and serves
until SIGTERM.

    python launch.py --port 0

prints exactly one line, `listening on http://127.0.0.1:PORT`, to stdout once connections are accepted. The account is
123456789012; `testing` / `testing` are its root's keys. `--policies FILE...` makes an IAM user who may do what these
policy documents say, and nothing else, and prints the user's keys on a second line: `keys ID SECRET`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

HOST = "127.0.0.1"
ACCOUNT = "123456789012"
ROOT = ("testing", "testing")

# Read by ministack when it is imported, so they must be set before.
os.environ.update(
    AUTH="true",
    AWS_ACCESS_KEY_ID=ROOT[0],
    AWS_SECRET_ACCESS_KEY=ROOT[1],
    MINISTACK_ACCOUNT_ID=ACCOUNT,
    LOG_LEVEL="ERROR",
)

from hypercorn.asyncio import serve  # noqa: E402
from hypercorn.config import Config  # noqa: E402
from ministack.app import app as ministack  # noqa: E402

from router import Router  # noqa: E402
from users import allowed  # noqa: E402


async def run(listener: socket.socket, policies: list[Path]) -> None:
    """Serves on that socket, and says so."""
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "ERROR"
    stop = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stop.set)
    router = Router(ministack, ROOT, f"{HOST}:{port}")
    served = asyncio.create_task(serve(router, config, shutdown_trigger=stop.wait))
    print(f"listening on http://{HOST}:{port}", flush=True)
    if policies:
        print("keys", *await allowed(router, ACCOUNT, policies), flush=True)
    await served


def main() -> int:
    """Parses the arguments, binds, serves."""
    parser = argparse.ArgumentParser(description="a ministack server with authorization on, on loopback")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--policies", type=Path, nargs="*", default=[], help="what a user of ours may do")
    arguments = parser.parse_args()
    listener = socket.create_server((HOST, arguments.port))
    asyncio.run(run(listener, arguments.policies))
    return 0


if __name__ == "__main__":
    sys.exit(main())
