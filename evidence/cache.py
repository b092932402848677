"""What was read and need not be read again: typed by its keys, bounded, and read once however many ask for it."""

import logging
from asyncio import shield, wrap_future
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
from typing import Generic, Protocol, TypeVar, cast

import cachetools

BYTES = 1 << 30
"""Of snapshots and results together: 50 million rows. Servers of councils have 4 GiB or 8, which PostgreSQL shares."""

FRESH = 1.0
"""Seconds for which a version read from the database is believed."""

BELIEVED = 60.0
"""Seconds for which the database is not asked again who somebody is."""

_KEYS = 1000
"""Of what is kept for a time, however small it is."""

_AT_ONCE = 8
"""Reads of one store: more than there are layers, so that a slow one is not in the way of another."""

_LOG = logging.getLogger("priorities")

Value = TypeVar("Value")
Named = TypeVar("Named", covariant=True)


class Key(Generic[Named]):
    """The name of something that is read: its class says of which type that is, its fields which one."""


class Large(Protocol):
    """What is kept as long as there is room for it."""

    @property
    def nbytes(self) -> int:
        """How much room it takes, and may come to take."""


class Store:
    """Values by key for as long as a cache of `cachetools` keeps them; for any number of threads and event loops."""

    def __init__(self, kept: cachetools.Cache[Key[object], object]) -> None:
        self._kept = kept
        self._reading: dict[Key[object], Future[object]] = {}
        self._refreshed: cachetools.TTLCache[Key[object], bool] = cachetools.TTLCache(_KEYS, FRESH)
        self._threads = ThreadPoolExecutor(_AT_ONCE, "store")
        # Re-entrant: of a read that has ended by then, the thread that has begun it keeps what it gave.
        self._lock = RLock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def peek(self, key: Key[Value]) -> Value | None:
        """What is kept; None if nothing is. Never waits."""
        with self._lock, suppress(KeyError):
            return cast(Value, self._kept[key])
        return None

    def get(
        self, key: Key[Value], read: Callable[[], Value], current: Callable[[Value], bool] = lambda value: True
    ) -> Value:
        """What is kept, if it is current, or else is read; waits for that, so it is for threads. None is not kept."""
        while True:
            with self._lock:
                found = self.peek(key)
                if found is not None and current(found):
                    return found
                reading = self.start(key, read)
            # Somebody else's read may have begun before what makes ours necessary.
            found = reading.result()
            if found is None or current(found):
                return found

    async def get_async(self, key: Key[Value], read: Callable[[], Value]) -> Value:
        """What is kept or else is read; the event loop goes on meanwhile."""
        found = self.peek(key)
        return found if found is not None else await shield(wrap_future(self.start(key, read)))

    def start(self, key: Key[Value], read: Callable[[], Value]) -> Future[Value]:
        """Begin to read in a thread, unless that has begun; what is read is kept."""
        with self._lock:
            reading = self._reading.get(key)
            if reading is None:
                reading = self._reading[key] = self._threads.submit(read)
                reading.add_done_callback(partial(self._keep, key))
        return cast("Future[Value]", reading)

    def refresh(self, key: Key[Value], read: Callable[[], Value]) -> None:
        """Begin to read, for nobody who waits, at most once a second; a failure is logged."""
        with self._lock:
            if key not in self._refreshed:
                self._refreshed[key] = True
                self.start(key, read).add_done_callback(_log_failure)

    def forget(self, key: Key[object]) -> None:
        """Keep something no longer, nor what is being read of it."""
        with self._lock, suppress(KeyError):
            self._reading.pop(key, None)
            del self._kept[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._reading.clear()

    def _keep(self, key: Key[object], reading: Future[object]) -> None:
        with self._lock:
            if self._reading.get(key) is not reading:
                return
            if reading.exception():
                del self._reading[key]
                return
            self.forget(key)
            if reading.result() is not None:
                # Larger than all there is room for: used, and not kept.
                with suppress(ValueError):
                    self._kept[key] = reading.result()


def _log_failure(reading: Future[Value]) -> None:
    if error := reading.exception():
        _LOG.error("What is shown may be out of date: it could not be read again", exc_info=error)


def _nbytes(value: object) -> int:
    return cast(Large, value).nbytes


@dataclass(frozen=True)
class Cache:
    """What a database handle keeps."""

    large: Store = field(default_factory=lambda: Store(cachetools.LRUCache(BYTES, _nbytes)))
    """Snapshots and results of runs, least recently used ones the first to go."""
    versions: Store = field(default_factory=lambda: Store(cachetools.TTLCache(_KEYS, FRESH)))
    viewers: Store = field(default_factory=lambda: Store(cachetools.TTLCache(_KEYS, BELIEVED)))

    def clear(self) -> None:
        """Forget everything."""
        for store in (self.large, self.versions, self.viewers):
            store.clear()
