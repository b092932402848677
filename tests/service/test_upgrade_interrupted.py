"""An upgrade that is killed: nothing has changed, and the next start makes it whole."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from tests.fixtures.old_service import columns_of, connection_to, content, restore

pytestmark = pytest.mark.service

MOMENTS = {
    "at the first change": "LOCK TABLE plans.audit IN ACCESS SHARE MODE",
    "when a layer's table follows its record": "LOCK TABLE evidence.asb IN ACCESS EXCLUSIVE MODE",
    "at the last change": "COMMENT ON SCHEMA evidence IS 'of somebody else'",
}
"""Statements that, not committed, make an upgrade wait there."""

PROGRAM = """
import sys
from pathlib import Path
import evidence
evidence.prepare(evidence.connect(sys.argv[1], Path(sys.argv[2])), Path(sys.argv[2]))
"""
WAITS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def wait_until(reached: Callable[[], bool]) -> None:
    """Wait for a minute at most."""
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail("it has not come so far in a minute")


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_upgrade_that_is_killed_has_changed_nothing(
    fresh_database: Callable[..., AbstractContextManager[str]], tmp_path: Path, moment: str
) -> None:
    """Tables, columns and rows are those of before; the next start upgrades them."""
    with fresh_database() as url:
        restore(url)
        columns, before = columns_of(url), content(url)
        with closing(connection_to(url)) as other, closing(connection_to(url)) as watching:
            other.execute("BEGIN")
            other.execute(MOMENTS[moment])
            upgrade = subprocess.Popen([sys.executable, "-c", PROGRAM, url, str(tmp_path)])
            wait_until(lambda: bool(watching.execute(WAITS).fetchall() or upgrade.poll() is not None))
            assert upgrade.poll() is None
            upgrade.send_signal(signal.SIGKILL)
            upgrade.wait()
            other.execute("ROLLBACK")
        with closing(connection_to(url)) as watching:
            wait_until(lambda: watching.execute(OTHERS).fetchall() == [(0,)])
        assert (columns_of(url), content(url)) == (columns, before)
        subprocess.run([sys.executable, "-c", PROGRAM, url, str(tmp_path)], check=True)
        assert columns_of(url).keys() > columns.keys() - {"plans.audit", "plans.sent"}
