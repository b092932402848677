"""The memory that an import of a large file takes."""

import os
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
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"the import of {file.name} ended with {status}")
    peak = used.ru_maxrss / 1e3
    name = "peak memory of importing a 1 GB CSV (1,000 MB / ours)"
    return Measurement(name, peak, 1000, 1000 / peak, 1, file.stat().st_size, "MB")


def _grow(part: Path, file: Path) -> None:
    """Write the rows of a file again and again, each time with other references, up to a gigabyte."""
    header, _, rows = part.read_bytes().partition(b"\n")
    with file.open("wb") as large:
        large.write(header + b"\n")
        for turn in range(1 + _GIGABYTE // len(rows)):
            large.write(rows.replace(b"ASB", b"A%02d" % turn))
