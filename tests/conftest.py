"""What every test may ask for: real data, a real PostGIS, a real browser."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.fixtures.world",
    "tests.fixtures.application",
    "tests.fixtures.browser",
    "tests.fixtures.lights",
    "tests.fixtures.colours",
]

NEEDS = {
    "database": {"cluster", "home", "new_home", "other_home"},
    "browser": {"browser"},
    "service": {"serving", "program", "hold"},
    "shared_data": {"shared_data"},
}
"""The fixtures that bring what a test needs, by the marker that says so."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what its fixtures need, so that `-m` can choose by it."""
    for item in items:
        for marker, fixtures in NEEDS.items():
            if isinstance(item, pytest.Function) and not fixtures.isdisjoint(item.fixturenames):
                item.add_marker(marker)


def pytest_configure(config: pytest.Config) -> None:
    """Give the workers of a run one home for the cluster they share, and keep a person's settings out."""
    # A run that is told to end, as a time limit does, ends its server with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        return
    for name in [name for name in os.environ if name.startswith("PRIORITIES_") or name == "PORT"]:
        if name != "PRIORITIES_SHARED_DATA":
            del os.environ[name]
    # Of its own, not pytest's temporary folder: PostgreSQL's account has to pass through it when we are root.
    home = Path(tempfile.mkdtemp(prefix="priorities-tests-"))
    home.chmod(0o711)
    os.environ["PRIORITIES_TEST_HOME"] = str(home)
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; a test that asks for it is skipped where there is none."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PRIORITIES_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}")
    return folder
