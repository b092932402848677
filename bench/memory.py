"""The memory that an import of a large file takes."""

import os
import re
import select
import subprocess
import sys
from pathlib import Path

from bench.measure import Measurement
from bench.world import LAYER, cases

_GIGABYTE = 1_000_000_000


def measure(folder: Path) -> Measurement:
    """The peak of the import of a CSV file of 1 GB, by the command line, against 1 GB."""
    part, file = folder / "part.csv", folder / "large.csv"
    cases(part)
    _grow(part, file)
    environment = {**os.environ, "PRIORITIES_HOME": str(folder / "memory")}
    command = [str(Path(sys.executable).with_name("priorities")), "ingest", LAYER.id, str(file), "--max-refused", "100"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        told, peak = select.epoll(), 0.0
        told.register(process.stdout, select.EPOLLIN)
        while not told.poll(0.05):
            peak = max(peak, _highest(process.pid))
        if b" rows; " not in process.stdout.readline():
            raise RuntimeError(f"the import of {file.name} came to nothing")
        # What follows is the analysis of what was imported.
        process.terminate()
    name = "peak memory of importing a 1 GB CSV (1,000 MB / ours)"
    return Measurement(name, peak, 1000, 1000 / peak, 1, file.stat().st_size, "MB")


def _highest(process: int) -> float:
    """The most memory that a process has had so far, MB. Of its own: what getrusage says begins with its parent's."""
    status = Path("/proc", str(process), "status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _grow(part: Path, file: Path) -> None:
    """Write the rows of a file again and again, each time with other references, up to a gigabyte."""
    header, _, rows = part.read_bytes().partition(b"\n")
    with file.open("wb") as large:
        large.write(header + b"\n")
        for turn in range(1 + _GIGABYTE // len(rows)):
            large.write(rows.replace(b"ASB", b"A%02d" % turn))
