"""What a test leaves behind in its own process."""

import gc
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fakeprograms import until

SLACK = 64 * 1024
"""Bytes: caches of Python's own, not ten times anything."""


def held() -> tuple[int, int]:
    """Return how many descriptors and threads there are."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail where more descriptors, threads or memory are held after this than before it."""
    gc.collect()
    before = held()
    tracemalloc.start()
    try:
        yield
        until(lambda: held() == before, lambda: f"{held()} descriptors and threads, before {before}")
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < SLACK, f"{kept} bytes are kept"
