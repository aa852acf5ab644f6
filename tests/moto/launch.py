"""Starts a moto server with the patches vidpipe's tests need, and serves until SIGTERM.

    python launch.py --port 0

prints exactly one line, `listening on http://127.0.0.1:PORT`, to stdout once connections are accepted; everything else,
such as the traceback of an operation moto does not know, goes to stderr. `--plain` leaves the patches out: it is how to
see what each of them is for.

This is moto with small corrections, never a second AWS: a patch may only make moto answer what AWS documents.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

# Read by moto when it is imported, so it must be set before: without it, attaching an AWS-managed policy
# (AmazonECSTaskExecutionRolePolicy) answers NoSuchEntity, because moto does not load the policies AWS owns.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server  # noqa: E402

import patches  # noqa: E402

HOST = "127.0.0.1"


def application(plain: bool) -> Callable[..., Any]:
    """The WSGI application: moto's own, behind the patches unless `plain`."""
    moto = DomainDispatcherApplication(create_backend_app)
    return moto if plain else patches.apply(moto)


def stop_on_signal(server: BaseWSGIServer) -> None:
    """Ends `serve_forever` on SIGTERM and SIGINT; from a thread, because `shutdown` waits for the loop the signal
    interrupts.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def main() -> int:
    """Parses the arguments, binds, says where, serves."""
    parser = argparse.ArgumentParser(description="a moto server with patches, on loopback")
    parser.add_argument("--port", type=int, default=0, help="port to bind; 0 = any free port")
    parser.add_argument("--plain", action="store_true", help="unmodified moto, to see what the patches are for")
    arguments = parser.parse_args()

    # One log line per request costs more than most requests; errors still come through.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        HOST, arguments.port, application(arguments.plain), threaded=True, request_handler=MotoRequestHandler
    )
    # moto calls itself over this port for a few services.
    os.environ["MOTO_PORT"] = str(server.port)
    stop_on_signal(server)
    print(f"listening on http://{HOST}:{server.port}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
