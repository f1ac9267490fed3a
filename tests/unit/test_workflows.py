"""The workflows: they cannot run here, but what they call exists and is well formed."""

import os
import re
import subprocess
from pathlib import Path

import publish
import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
EVENTS = {"push", "pull_request", "schedule", "workflow_dispatch"}
# Only these may run besides our own commands; all are GitHub's.
ACTION = re.compile(r"actions/[a-z-]+@v\d+")
PAGES = ["configure-pages", "upload-pages-artifact", "deploy-pages"]


def load(path: Path) -> dict:
    """A workflow; YAML 1.1 reads the key ``on`` as true."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in workflow.items()}


WORKFLOWS = {path.name: load(path) for path in FILES}
JOBS = {
    f"{file}:{name}": job
    for file, workflow in WORKFLOWS.items()
    for name, job in workflow["jobs"].items()
}
STEPS = [
    pytest.param(step, id=f"{name}-{number}")
    for name, job in JOBS.items()
    for number, step in enumerate(job["steps"])
]
ALL = "\n".join(step.values[0].get("run", "") for step in STEPS)


def test_the_shape():
    assert FILES
    for workflow in WORKFLOWS.values():
        assert set(workflow["on"]) <= EVENTS
        assert workflow["permissions"] == {"contents": "read"}
        assert "concurrency" in workflow


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_jobs_end_and_wait_for_jobs_that_exist(job):
    assert job["runs-on"] == "ubuntu-24.04"
    assert job["timeout-minutes"] <= 90
    needs = job.get("needs", [])
    names = {name.partition(":")[2] for name in JOBS}
    assert set([needs] if isinstance(needs, str) else needs) <= names


@pytest.mark.parametrize("step", STEPS)
def test_steps_use_pinned_actions_or_valid_shell(step):
    assert ("run" in step) != ("uses" in step)
    if "uses" in step:
        assert ACTION.fullmatch(step["uses"])
        return
    checked = subprocess.run(["bash", "-n"], input=step["run"].encode())
    assert checked.returncode == 0
    # What others may write, such as a branch's name, must not become a command.
    assert "${{" not in step["run"]


def test_only_publication_may_write_and_only_after_the_tests():
    jobs = WORKFLOWS["book.yml"]["jobs"]
    writing = {
        name: {key for key, value in job["permissions"].items() if value == "write"}
        for name, job in jobs.items()
        if "permissions" in job
    }
    assert writing == {"build": {"contents"}, "deploy": {"pages", "id-token"}}
    assert set(jobs["build"]["needs"]) == {"test", "jupyter", "colab"}
    assert jobs["deploy"]["needs"] == "build"
    assert "default_branch" in jobs["build"]["if"]
    used = [
        step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step
    ]
    assert [name for name in PAGES if f"actions/{name}@" in " ".join(used)] == PAGES


def test_both_ends_of_the_python_range_are_tested():
    job = WORKFLOWS["book.yml"]["jobs"]["test"]
    assert {"3.11", "3.13"} <= set(job["strategy"]["matrix"]["python"])


def test_what_is_called_exists():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^\s*make (?!.*echo)([a-z]+)", ALL, re.M)
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target
    for path in re.findall(r"(?<![\w/])(\.ci/\w+)", ALL):
        assert (ROOT / path).is_file(), path
    assert "tests/colab:/tests" in ALL and "/tests/run_copies.py" in ALL
    assert (ROOT / "tests" / "colab" / "run_copies.py").is_file()
    commands = re.findall(r"python3 book/publish\.py (.*?)(?=\n\S|\Z)", ALL, re.S)
    assert commands
    for command in commands:
        words = command.replace("\\\n", " ").replace('"', "").split()
        publish.build_parser().parse_args(words)  # SystemExit if an option is unknown


def test_copies_go_where_the_links_of_the_site_lead():
    assert f":refs/heads/{publish.BRANCH}" in ALL
    ignored = WORKFLOWS["book.yml"]["on"]["push"]["branches-ignore"]
    assert ignored == [publish.BRANCH]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "--to _build/colab" in makefile and "--work-tree=_build/colab" in ALL


def test_no_repository_is_named():
    for path in FILES:
        assert "github.com/" not in path.read_text("utf-8")


@pytest.mark.parametrize(("before", "turns"), [(None, "10000"), ("7", "7")])
def test_what_make_starts_lets_waiting_threads_give_their_core_away(before, turns):
    environment = {k: v for k, v in os.environ.items() if k != "GOMP_SPINCOUNT"}
    if before:
        environment["GOMP_SPINCOUNT"] = before
    show = "show: ; @echo $$GOMP_SPINCOUNT"
    said = subprocess.run(
        ["make", "--no-print-directory", "--eval", show, "show"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == [turns], said.stderr
