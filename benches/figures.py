"""Prints the figures the README promises, measured on a built binary.

Usage: python3 benches/figures.py target/release/vidpipe [--runs N]

Times are wall times of whole processes, the median of N runs; memory is the peak resident set of the process, as the
kernel counts it. They are measurements of this machine, never assertions. For the figures against an endpoint it starts
the mended moto server, which needs the packages of tests/moto/requirements.txt in the Python that runs this.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE = {"PATH": os.environ.get("PATH", "")}


def run(binary: Path, folder: str, *args: str, env: dict[str, str] | None = None) -> float:
    """Runs one command in that folder and gives its wall time in seconds."""
    began = time.perf_counter()
    done = subprocess.run([binary, *args], cwd=folder, env={**BARE, **(env or {})}, capture_output=True, text=True)
    took = time.perf_counter() - began
    if done.returncode != 0:
        sys.exit(f"vidpipe {' '.join(args)} ended with {done.returncode}:\n{done.stderr}")
    return took


def median(runs: int, measure) -> float:
    """The median of several measurements."""
    return statistics.median(measure() for _ in range(runs))


def up_and_down(binary: Path) -> tuple[float, float]:
    """Wall times of `up` and `down` of a new environment in a new sandbox, instant clock."""
    with tempfile.TemporaryDirectory() as folder:
        flags = ["--suffix", "bench", "--sandbox", "--yes"]
        return run(binary, folder, "up", *flags), run(binary, folder, "down", *flags)


def show(what: str, value: str, promised: str) -> None:
    """One line of the table."""
    print(f"{what:<58} {value:>10}   {promised}")


def in_process(binary: Path, runs: int) -> None:
    """The figures that need no endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        show("vidpipe --help", ms(median(runs, lambda: run(binary, folder, "--help"))), "under 30 ms")
        plan = ["plan", "--suffix", "bench", "--sandbox"]
        show("plan of a new environment (sandbox)", ms(median(runs, lambda: run(binary, folder, *plan))), "under 300 ms")
        run(binary, folder, "up", "--suffix", "bench", "--sandbox", "--yes")
        status = ["status", "--suffix", "bench", "--sandbox"]
        show("status of an environment of 108 nodes", ms(median(runs, lambda: run(binary, folder, *status))), "under 30 ms")
    times = [up_and_down(binary) for _ in range(max(3, runs // 4))]
    show("up --sandbox, instant clock", ms(statistics.median(t[0] for t in times)), "under 3 s")
    show("down --sandbox, instant clock", ms(statistics.median(t[1] for t in times)), "")


def against_an_endpoint(binary: Path) -> None:
    """Time and peak memory of `up` against a moto server on loopback."""
    server = subprocess.Popen(
        [sys.executable, ROOT / "tests/moto/launch.py", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        endpoint = server.stdout.readline().split()[-1]
        keys = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
        with tempfile.TemporaryDirectory() as folder:
            args = [binary, "up", "--suffix", "bench", "--yes"]
            began = time.perf_counter()
            child = subprocess.Popen(
                args, cwd=folder, env={**BARE, **keys}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, code, usage = os.wait4(child.pid, 0)
            took = time.perf_counter() - began
            if code != 0:
                sys.exit(f"up against the endpoint ended with {code}")
            show("up against an endpoint (moto on loopback)", ms(took), "under a minute")
            show("its peak memory", f"{usage.ru_maxrss / 1024:.0f} MB", "under 100 MB")
            show("its CPU time", ms(usage.ru_utime + usage.ru_stime), "")
            show("second up, nothing to do", ms(run(binary, folder, "up", "--suffix", "bench", "--yes", env=keys)), "")
            show("down against the endpoint", ms(run(binary, folder, "down", "--suffix", "bench", "--yes", env=keys)), "")
    finally:
        server.terminate()
        server.wait()


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
    print(f"{'figure':<58} {'measured':>10}   promised")
    in_process(binary, args.runs)
    against_an_endpoint(binary)


if __name__ == "__main__":
    main()
