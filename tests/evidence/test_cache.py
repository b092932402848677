import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from cachetools import Cache as Kept
from cachetools import LRUCache, TTLCache

from evidence.cache import Cache, Key, Store, _nbytes

PATIENCE = 10.0


@dataclass(frozen=True)
class Text(Key[str]):
    """A text by its name."""

    name: str


@dataclass(frozen=True)
class Column:
    """Something that takes room."""

    nbytes: int
    version: str = ""


@dataclass(frozen=True)
class Columns(Key[Column]):
    """A column by its name."""

    name: str


class Slow:
    """A read that is begun as often as it says, and ends when it is let."""

    def __init__(self, found: str) -> None:
        self.found, self.begun = found, 0
        self.may_end, self.has_begun = threading.Event(), threading.Event()

    def __call__(self) -> str:
        """Read."""
        self.begun += 1
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE)
        return self.found


@pytest.fixture
def store() -> Store:
    """A store of a hundred bytes."""
    return Store(LRUCache(100, _nbytes))


@pytest.fixture
def texts() -> Store:
    """A store of any ten values."""
    return Store(Kept(10))


@contextmanager
def asking(ask: Callable[[], str], times: int) -> Iterator[list[str]]:
    """Ask in several threads; once they have been let, their answers are in the list."""
    answers: list[str] = []
    with ThreadPoolExecutor(times) as pool:
        asked = [pool.submit(ask) for _ in range(times)]
        yield answers
        answers += [each.result(PATIENCE) for each in asked]


def test_what_is_kept_is_not_read_again(texts: Store) -> None:
    """By its own key; a key of another class with the same fields is another."""

    @dataclass(frozen=True)
    class Other(Key[str]):
        name: str

    assert texts.get(Text("a"), lambda: "one") == "one"
    assert texts.get(Text("a"), lambda: "two") == "one"
    assert texts.get(Other("a"), lambda: "three") == "three"
    assert (texts.peek(Text("a")), texts.peek(Text("b"))) == ("one", None)


def test_what_many_need_is_read_once(texts: Store) -> None:
    """Whoever asks while it is being read gets what was read."""
    slow = Slow("found")
    with asking(lambda: texts.get(Text("a"), slow), 8) as answers:
        assert slow.has_begun.wait(PATIENCE)
        slow.may_end.set()
    assert (answers, slow.begun) == (["found"] * 8, 1)


def test_a_value_that_is_not_current_is_read_again(texts: Store) -> None:
    """Also where it comes of somebody else's read, which began too early."""
    old, new = Slow("old"), Slow("new")
    with asking(lambda: texts.get(Text("a"), old), 1) as first:
        assert old.has_begun.wait(PATIENCE)
        with asking(lambda: texts.get(Text("a"), new, lambda text: text == "new"), 3) as later:
            new.may_end.set()
            old.may_end.set()
    assert (first, later, new.begun) == (["old"], ["new"] * 3, 1)
    assert texts.peek(Text("a")) == "new"


def test_nothing_is_not_kept(texts: Store) -> None:
    """What is not there may come."""

    @dataclass(frozen=True)
    class Perhaps(Key[str | None]):
        name: str

    found: list[str | None] = [None, "there"]
    assert texts.get(Perhaps("a"), lambda: found[0]) is None
    assert texts.get(Perhaps("a"), lambda: found[1]) == "there"


def test_a_read_that_fails_tells_everybody_and_is_tried_again(texts: Store) -> None:
    """An error is not remembered."""

    def fail() -> str:
        raise OSError("no answer")

    for _ in range(2):
        with pytest.raises(OSError, match="no answer"):
            texts.get(Text("a"), fail)
    assert texts.get(Text("a"), lambda: "found") == "found"


def test_the_least_recently_used_make_room(store: Store) -> None:
    """By their bytes, not by how many they are."""
    for name, size in (("a", 40), ("b", 30), ("c", 30)):
        store.get(Columns(name), partial(Column, size))
    store.peek(Columns("a"))
    store.get(Columns("d"), lambda: Column(31))
    assert [name for name in "abcd" if store.peek(Columns(name))] == ["a", "d"]


def test_what_is_larger_than_all_room_is_used_and_not_kept(store: Store) -> None:
    """Everything else stays; of what was kept before under its key, only the newest would do."""
    store.get(Columns("a"), lambda: Column(10))
    store.get(Columns("b"), lambda: Column(10, "old"))
    large = store.get(Columns("b"), lambda: Column(101, "new"), lambda column: column.version == "new")
    assert large.nbytes == 101
    assert store.peek(Columns("a")) == Column(10)
    assert store.peek(Columns("b")) is None


def test_what_was_forgotten_while_it_was_read_is_not_kept(texts: Store) -> None:
    """Who asks afterwards does not get it either, but reads anew."""
    forget: list[Callable[[], None]] = [lambda: texts.forget(Text("a")), texts.clear]
    for each in forget:
        slow = Slow("before")
        with asking(partial(texts.get, Text("a"), slow), 1) as before:
            assert slow.has_begun.wait(PATIENCE)
            each()
            assert texts.get(Text("a"), lambda: "after") == "after"
            slow.may_end.set()
        assert before == ["before"]
        assert texts.peek(Text("a")) == "after"
        texts.clear()


def test_the_event_loop_goes_on_while_something_is_read(texts: Store) -> None:
    """All who wait in it get what one read has found; what is kept is there at once."""
    slow = Slow("found")

    async def ask() -> list[str]:
        waiting = [asyncio.ensure_future(texts.get_async(Text("a"), slow)) for _ in range(20)]
        while not slow.has_begun.is_set():
            await asyncio.sleep(0.001)
        slow.may_end.set()
        return await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)

    assert asyncio.run(ask()) == ["found"] * 20
    assert slow.begun == 1
    assert asyncio.run(texts.get_async(Text("a"), slow)) == "found"


def test_a_refresh_changes_what_is_kept_and_nobody_waits(texts: Store) -> None:
    """What was kept is there until what is new is; then that is."""
    texts.get(Text("a"), lambda: "old")
    slow = Slow("new")
    for _ in range(5):
        texts.refresh(Text("a"), slow)
        assert texts.peek(Text("a")) == "old"
    slow.may_end.set()
    end = time.monotonic() + PATIENCE
    while texts.peek(Text("a")) == "old" and time.monotonic() < end:
        time.sleep(0.001)
    assert (texts.peek(Text("a")), slow.begun) == ("new", 1)


def test_a_refresh_that_fails_is_logged_and_not_tried_at_once(texts: Store, caplog: pytest.LogCaptureFixture) -> None:
    """What was kept stays, and a database that is down is not asked for every tile."""
    texts.get(Text("a"), lambda: "old")
    tried = []

    def fail() -> str:
        tried.append(1)
        raise OSError("no answer")

    for _ in range(100):
        texts.refresh(Text("a"), fail)
        time.sleep(0.001)
    assert (texts.peek(Text("a")), len(tried)) == ("old", 1)
    assert [record.getMessage() for record in caplog.records] == [
        "What is shown may be out of date: it could not be read again"
    ]


def test_what_is_kept_for_a_time_is_bounded_too() -> None:
    """After its time it is read again, and the oldest makes room for one too many."""
    now = 0.0
    store = Store(TTLCache(2, 60.0, timer=lambda: now))
    for name in ("a", "b", "c"):
        store.get(Text(name), partial(str, name))
    assert (len(store), store.peek(Text("a")), store.peek(Text("c"))) == (2, None, "c")
    now = 60.0
    assert store.peek(Text("c")) is None
    assert store.get(Text("c"), lambda: "again") == "again"


def test_a_cache_forgets_all_of_it() -> None:
    """Whatever it is kept for, and however long."""
    cache = Cache()
    stores = (cache.large, cache.versions, cache.viewers)
    for each in stores:
        each.get(Columns("a"), lambda: Column(10))
    cache.clear()
    assert [len(each) for each in stores] == [0, 0, 0]
