"""All files of a data set; many small ones come together."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from pathlib import Path

from aigc_helpers.data.catalog import DataSet, FileGroup, find_dataset
from aigc_helpers.data.download import LIMITS, bring, data_dir, is_offline
from aigc_helpers.data.hosts import FailedHosts
from aigc_helpers.data.parts import Manner
from aigc_helpers.data.transfer import Limits, keeping
from aigc_helpers.data.verification import find_fault, path_of
from aigc_helpers.progress import progress

AT_ONCE = 8  # connections; a file of 7 kB is mostly waiting, whatever the line carries
TICK = 0.1  # seconds between two looks at what has arrived


def fetch_all(
    dataset: str,
    *,
    root: str | Path | None = None,
    limits: Limits = LIMITS,
    ask_again: bool = False,
) -> Path:
    """Folder of a data set whose files are all right, downloaded if need be.

    Groups of small files are fetched eight at once, over connections that stay open,
    under one bar. What arrived before an interruption or an error is kept.

    Parameters
    ----------
    root : folder to use in place of `data_dir()`
    ask_again : ask hosts also if they failed in the last ten minutes

    Raises
    ------
    ValueError
        If the catalogue has no such data set.
    DatasetUnavailable
        If a file is missing and cannot be had.
    """
    found = find_dataset(dataset)
    root = Path(root) if root else data_dir()
    missing = [f for f in found.files if find_fault(path_of(found, f, root), f)]
    if any(isinstance(file, FileGroup) for file in missing) and not is_offline():
        if ask_again:  # once, and not for each group
            _forgive(missing, root)
        _bring_together(found, missing, root, limits)
    else:
        for file in missing:
            bring(found, file, root, Manner(limits, ask_again))
    return path_of(found, found.files[0], root).parent


def _forgive(files: Sequence[FileGroup], root: Path) -> None:
    failed = FailedHosts(root)
    for url in {url for file in files for url in file.urls}:
        failed.remove(url)


def _bring_together(
    dataset: DataSet, files: Sequence[FileGroup], root: Path, limits: Limits
) -> None:
    arrived, stopped = queue.SimpleQueue(), threading.Event()

    def report(n_bytes: int) -> None:
        if stopped.is_set():
            raise CancelledError
        arrived.put(n_bytes)

    pool = ThreadPoolExecutor(AT_ONCE)
    size = sum(file.limit for file in files)
    with (
        keeping(AT_ONCE) as session,
        progress(total=size, label=dataset.title, unit="B") as bar,
    ):
        manner = Manner(limits, session=session, report=report)
        try:
            tasks = {pool.submit(bring, dataset, f, root, manner) for f in files}
            _follow(tasks, lambda: bar.update(_sum_of(arrived)))
        finally:  # what a server holds up ends by itself: nobody waits for it
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _follow(tasks: set, show: Callable[[], None]) -> None:
    """Wait for all tasks, or until one fails; only this thread draws."""
    while tasks:
        done, tasks = wait(tasks, TICK, return_when=FIRST_EXCEPTION)
        show()
        for task in done:
            task.result()


def _sum_of(numbers: queue.SimpleQueue) -> int:
    total = 0
    while not numbers.empty():
        total += numbers.get()
    return total
