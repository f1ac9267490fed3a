"""The workflow's publication, step by step as GitHub would run it, on this machine.

    python tests/book/publication.py FOLDER

publishes this working tree with a real build, as a fork of that name would, and leaves
in FOLDER ``origin.git``, the fork, and ``host``, what Pages would serve.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = Path(".github", "workflows", "book.yml")
REPOSITORY = "someone/some-book"  # Pages serves it below /some-book
AUTHOR = ("-c", "user.name=author", "-c", "user.email=author@example.org")


@dataclass(frozen=True)
class Fork:
    """A fork, its checkouts and its Pages, below a folder."""

    folder: Path

    @property
    def origin(self) -> Path:
        """The repository as GitHub has it."""
        return self.folder / "origin.git"

    @property
    def host(self) -> Path:
        """What Pages serves: the site lies below the repository's name."""
        return self.folder / "host"

    @property
    def site(self) -> Path:
        """The published site."""
        return self.host / REPOSITORY.partition("/")[2]

    @property
    def checkout(self) -> Path:
        """What the job works in."""
        return self.folder / "checkout"

    def push(self, note: str = "The book") -> str:
        """Push what git tracks here, as it is now; the commit's name."""
        work = self.folder / "author"
        shutil.rmtree(work, ignore_errors=True)
        for name in git(ROOT, "ls-files", "-z").split("\0"):
            if name and (ROOT / name).is_file():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, work / name)
        if not self.origin.is_dir():
            git(self.folder, "init", "-q", "--bare", "-b", "main", self.origin)
        git(work, "init", "-q", "-b", "main")
        git(work, "add", "--all", "--force")
        git(work, *AUTHOR, "commit", "-q", "-m", note)
        git(work, "push", "-q", "--force", self.origin, "main")
        return git(work, "rev-parse", "HEAD").strip()

    def publish(self, commit: str, furnish: Callable[[Path], None]) -> None:
        """Run the steps of the publishing job, and serve what it uploads.

        ``furnish(checkout)`` brings what a fresh machine would install.
        """
        for step in steps():
            action = step.get("uses", "").partition("@")[0]
            if action == "actions/checkout":
                shutil.rmtree(self.checkout, ignore_errors=True)
                address = self.origin.as_uri()
                git(self.folder, "clone", "-q", "--depth=1", address, self.checkout)
                furnish(self.checkout)
            elif action == "actions/upload-pages-artifact":
                self.deploy(self.checkout / step["with"]["path"])
            elif "run" in step:
                self.run(step["run"], commit)

    def run(self, script: str, commit: str) -> None:
        """A step's commands, in the shell and with the names that GitHub gives."""
        names = {
            "CI": "true",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": commit,
            "PYTHONPATH": str(self.checkout),  # where pip would have installed it
            "RUNNER_TEMP": str(self.folder),
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        environment = {**environment_without_git(), **names}
        subprocess.run(shell, cwd=self.checkout, env=environment, check=True)

    def deploy(self, built: Path) -> None:
        """Replace the site by a copy, links followed, as the action's archive does."""
        shutil.rmtree(self.site, ignore_errors=True)
        shutil.copytree(built, self.site)


def steps() -> list[dict]:
    """The steps of the job that publishes."""
    workflow = yaml.safe_load((ROOT / WORKFLOW).read_text("utf-8"))
    return workflow["jobs"]["build"]["steps"]


def git(folder: Path, *arguments) -> str:
    """What a git command says."""
    run = subprocess.run(
        ["git", *map(str, arguments)],
        cwd=folder,
        env=environment_without_git(),
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout


def environment_without_git() -> dict[str, str]:
    """This process's variables, but for those that lead git and make elsewhere.

    In a hook of git they name the repository, which no test may touch.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "MAKE", "MFLAGS"))
    }
    return {**inherited, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def furnish(checkout: Path) -> None:
    """Give a checkout this one's environment and node_modules, as if just installed."""
    for name in (".venv", "node_modules"):
        borrow(ROOT / name, checkout / name)


def borrow(source: Path, target: Path) -> None:
    """A folder of links to what lies in another, with a stamp of its own."""
    target.mkdir(parents=True)
    for path in source.resolve().iterdir():
        if path.name != ".stamp":
            (target / path.name).symlink_to(path)
    (target / ".stamp").touch()


def main() -> None:
    """Publish this working tree."""
    fork = Fork(Path(sys.argv[1]).resolve())
    fork.folder.mkdir(parents=True, exist_ok=True)
    commit = fork.push()
    fork.publish(commit, furnish)
    print(f"{fork.site} is the site, {fork.origin} the fork of {commit}")


if __name__ == "__main__":
    main()
