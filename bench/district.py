"""Everything that is found in the demonstration district: five layers, all themes, sixty months."""

import tempfile
from pathlib import Path

from analysis.refresh import refresh
from analysis.weights import weights
from api.settings import Settings
from bench.measure import Measurement, seconds
from evidence import standing
from service.start import demonstrate, evidence

_WANTED = 30.0


def measure() -> Measurement:
    """The first run of everything, priorities included, against the half minute that it may take: said, not tested."""
    with tempfile.TemporaryDirectory(prefix="priorities-bench-") as folder:
        Path(folder).chmod(0o711)
        settings = Settings(home=Path(folder), database_url=None)
        with evidence(settings) as database:
            demonstrate(database, settings.home, lambda said: None)
            rows = sum(each.rows for each in standing(database))
            took = seconds(lambda: refresh(database, weights(settings.home)))
    return Measurement("everything for the district (30 s / ours)", took, _WANTED, _WANTED / took, 0, rows, "s")
