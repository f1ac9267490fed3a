"""What surrounds the book: variables ``AIGC_…``, and commands as they are typed here.

A variable is read in this one place, and anew whenever it is asked.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from aigc_helpers.reader import Mistake

SWITCHES = {  # and what they are unless they are set
    "AIGC_OFFLINE": False,
    "AIGC_PROGRESS": True,
    "AIGC_BF16": True,
    "AIGC_DEBUG": False,
}
ON = ("1", "true", "yes", "on")
OFF = ("0", "false", "no", "off")
WAITING = "OMP_WAIT_POLICY"  # how threads of torch wait for each other
TURNS = "GOMP_SPINCOUNT"  # how often they look first, on Linux
FEW_TURNS = 10_000


class SwitchError(Mistake):
    """A switch that is neither on nor off."""

    def __init__(self, name: str, value: str):
        chinese = f"读不懂 {name}={value}：打开写 {name}=1，关闭写 {name}=0，或者取消它"
        words = f"{'/'.join(ON)} or {'/'.join(OFF)}"
        super().__init__(f"{name} must be {words}, not {value!r}", chinese)


def is_on(name: str) -> bool:
    """Whether a switch is on; an empty one counts as not set.

    Raises
    ------
    SwitchError
        If its value is none of those that mean on or off.
    """
    value = text(name)
    if value.lower() not in ("", *ON, *OFF):
        raise SwitchError(name, value)
    return value.lower() in ON if value else SWITCHES[name]


def count(name: str, otherwise: int) -> int:
    """A whole number from 1 on; ``otherwise`` if the variable is not set.

    Raises
    ------
    Mistake
        If its value is none.
    """
    value = text(name)
    if not value:
        return otherwise
    if not (value.isascii() and value.isdigit() and int(value)):
        raise Mistake(
            f"{name} must be a whole number from 1 on, not {value!r}",
            f"读不懂 {name}={value}：写 1、2、4 这样的整数，或者取消它。",
        )
    return int(value)


def text(name: str) -> str:
    """A variable without spaces around it, empty if it is not set."""
    return os.environ.get(name, "").strip()


def command(tool: str) -> str:
    r"""A tool of this Python's environment as it is typed here.

    That is its name if the shell finds it under that, else its path:
    ``.venv/bin/aigc``, or ``.venv\Scripts\aigc.exe`` on Windows.
    """
    folder = Path(sys.executable).parent
    found = shutil.which(tool, path=str(folder))
    if found is None or shutil.which(tool) == found:
        return tool
    path = Path(found)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    quoted = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return quoted([str(path)])


def let_threads_rest() -> None:
    """Let threads of torch that wait soon give their core away, unless one has chosen.

    Read when torch is loaded. On a busy machine they hold each other up if they do not.
    """
    os.environ.setdefault(TURNS, f"{FEW_TURNS}")


def threads_rest() -> bool:
    """Whether threads that wait soon give their core away."""
    turns = os.environ.get(TURNS, "")
    few = turns.isdigit() and int(turns) <= FEW_TURNS
    return few or os.environ.get(WAITING, "").lower() == "passive"
