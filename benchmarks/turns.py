"""What one step of each of several programs costs, whatever else the machine does."""

import statistics
import time


def seconds_per_step(programs: dict, *, rounds: int = 7, calls: int = 3) -> dict:
    """Median CPU seconds of one step of each program, measured in turns.

    Parameters
    ----------
    programs : dict
        Name to an iterator that works and yields how many steps it has done.
    rounds : int
        Turns of each that count; a first one warms up.
    calls : int
        How often the iterator is asked in a turn.
    """
    times: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, program in programs.items():
            begun = time.process_time()
            steps = sum(next(program) for _ in range(calls))
            if turn:
                times[name].append((time.process_time() - begun) / steps)
    return {name: statistics.median(found) for name, found in times.items()}
