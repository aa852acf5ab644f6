"""Prints the figures the README promises, measured on a built binary.

Usage: python3 benches/figures.py target/release/vidpipe [--runs N]

Times are of whole processes, the median of N runs; CPU time and peak memory are what the kernel counted for the
process. They are measurements of this machine, never assertions. For the figures against an endpoint it starts the
patched moto server, which needs the packages of tests/moto/requirements.txt in the Python that runs this; for those of
the engine and the store it runs their benchmark, which needs cargo.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BARE = {"PATH": os.environ.get("PATH", "")}
SANDBOX = ["--suffix", "bench", "--sandbox"]
ENDPOINT = ["--suffix", "bench"]


class Ran(NamedTuple):
    """What a process took: seconds on the wall and of the processors, and megabytes at its peak; and when it was
    started, in seconds since 1970.
    """

    wall: float
    cpu: float
    peak: float
    began: float


def run(binary: Path, folder: str, *args: str, env: dict[str, str] | None = None) -> Ran:
    """Runs one command in that folder."""
    with tempfile.TemporaryFile("w+") as said:
        began, clock = time.time(), time.perf_counter()
        child = subprocess.Popen(
            [binary, *args], cwd=folder, env={**BARE, **(env or {})}, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - clock
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            sys.exit(f"vidpipe {' '.join(args)} ended with {child.returncode}:\n{said.read()}")
    return Ran(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, began)


def median(runs: int, measure: Callable[[], float]) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(runs))


def up_and_down(binary: Path) -> tuple[Ran, Ran, float]:
    """`up` and `down` of a new environment in a new sandbox, instant clock; and the seconds from the start of `up` to
    its first change.
    """
    with tempfile.TemporaryDirectory() as folder:
        up = run(binary, folder, "up", *SANDBOX, "--yes")
        first = first_change(Path(folder)) - up.began
        return up, run(binary, folder, "down", *SANDBOX, "--yes"), first


def first_change(folder: Path) -> float:
    """When the last `up` in that folder sent its first call that changes something, in seconds since 1970.

    The history has a line for each call that was answered, with the time of the answer and how many milliseconds it
    took; so this is that time less those, of whichever changing call was sent first. In the sandbox AWS takes no time
    of its own for the looks before it.
    """
    history = max(folder.rglob("runs/*-up.jsonl"), key=lambda path: path.name)
    sent = []
    for line in history.read_text().splitlines():
        event = json.loads(line)
        if event.get("event") == "called" and not event.get("reads"):
            sent.append(seconds(event["at"]) - event["ms"] / 1000)
    if not sent:
        sys.exit(f"{history} tells of no call that changes something")
    return min(sent)


def seconds(at: str) -> float:
    """A time such as `2026-11-20T10:15:00.25Z`, in seconds since 1970."""
    whole, _, fraction = at.removesuffix("Z").partition(".")
    moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return moment.timestamp() + float(f"0.{fraction or 0}")


def show(what: str, value: str, promised: str) -> None:
    """One line of the table."""
    print(f"{what:<58} {value:>16}   {promised}", flush=True)


def in_process(binary: Path, runs: int) -> None:
    """The figures that need no endpoint."""
    with tempfile.TemporaryDirectory() as folder:

        def wall(*args: str) -> str:
            return ms(median(runs, lambda: run(binary, folder, *args).wall))

        show("vidpipe --help", wall("--help"), "under 30 ms")
        show("plan of a new environment (sandbox)", wall("plan", *SANDBOX), "under 300 ms")
        run(binary, folder, "up", *SANDBOX, "--yes")
        show("status of an environment of 108 nodes", wall("status", *SANDBOX), "under 30 ms")
    times = [up_and_down(binary) for _ in range(max(3, runs // 4))]

    def middle(of: Callable[[Ran, Ran, float], float]) -> str:
        return ms(statistics.median(of(*each) for each in times))

    show("up --sandbox, instant clock", middle(lambda up, down, first: up.wall), "under 3 s")
    show("its start to its first changing call", middle(lambda up, down, first: first), "under 100 ms")
    show("down --sandbox, instant clock", middle(lambda up, down, first: down.wall), "")
    show("CPU time of both", middle(lambda up, down, first: up.cpu + down.cpu), "under 2 s")


def against_an_endpoint(binary: Path) -> None:
    """Time and peak memory of `up` against a moto server on loopback."""
    server = subprocess.Popen(
        [sys.executable, ROOT / "tests/moto/launch.py", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        endpoint = server.stdout.readline().split()[-1]
        keys = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
        with tempfile.TemporaryDirectory() as folder:
            up = run(binary, folder, "up", *ENDPOINT, "--yes", env=keys)
            show("up against an endpoint (moto on loopback)", ms(up.wall), "under a minute")
            show("its peak memory", f"{up.peak:.0f} MB", "under 100 MB")
            show("its CPU time", ms(up.cpu), "")
            again = run(binary, folder, "up", *ENDPOINT, "--yes", env=keys)
            show("second up, nothing to do", ms(again.wall), "")
            down = run(binary, folder, "down", *ENDPOINT, "--yes", env=keys)
            show("down against the endpoint", ms(down.wall), "")
    finally:
        server.terminate()
        server.wait()


def at_scale() -> None:
    """What the engine and the store cost by themselves for a thousand and for ten thousand nodes."""
    command = ["cargo", "bench", "--locked", "--quiet", "-p", "vidpipe-store", "--bench", "scale"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    # Its head, and then a line for each figure: of the small size, of the large one, how many times as much that is,
    # and what is promised.
    head, *lines = (re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines() if line.strip())
    small, large = (f"{int(nodes):,}" for nodes in head[1:3])
    for what, _, value, ratio, *promised in lines:
        show(f"{what}, {large} nodes (times {small})", f"{value} ({ratio})", "".join(promised))


def ms(seconds: float) -> str:
    """Seconds as milliseconds, or as seconds when there are many."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def main() -> None:
    """Measures everything and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    binary = args.binary.resolve()
    print(f"{'figure':<58} {'measured':>16}   promised", flush=True)
    in_process(binary, args.runs)
    against_an_endpoint(binary)
    at_scale()


if __name__ == "__main__":
    main()
