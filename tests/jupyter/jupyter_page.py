"""A notebook in a browser, in JupyterLab or Notebook 7, and a reader's hands on it.

Nothing waits for seconds: each method waits for what the reader would wait for, asked
of Jupyter's own page (its object ``jupyterapp``) or seen in the document.
"""

from collections.abc import Callable
from dataclasses import dataclass

from jupyter_process import JupyterServer
from playwright.sync_api import Error, expect

FRONTS = {"lab": "lab/tree/{}?reset", "notebook": "notebooks/{}"}
EXPLORER, POSTER = "data-explorer=", "data-aigc-poster"  # in what Python shows
SAVED_WORDS = "这是保存下来的"
DEAD = (  # what Jupyter says of a widget that does not live
    "Error displaying widget",
    "model not found",
    "Loading widget",
    "Click to show javascript error",
)
RUN_SECONDS = 60  # of a small notebook; a chapter gets more

OPENED = """async () => {
  await window.jupyterapp?.restored;
  const panel = window.jupyterapp?.shell.currentWidget;
  if (!panel?.sessionContext) return false;
  await Promise.all([panel.context.ready, panel.revealed, panel.sessionContext.ready]);
  return panel.content.widgets.length === panel.model.cells.length;
}"""
FACTS = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  return {
    kernel: panel.sessionContext.session?.kernel?.status ?? "none",
    unsaved: panel.model.dirty,
    active: panel.content.activeCell?.model.id,
    mode: panel.content.mode,
    cells: panel.content.widgets.map(({ model }) => ({
      id: model.id,
      code: model.type === "code" && model.sharedModel.source.trim() !== "",
      count: model.executionCount ?? null,
      running: model.executionState === "running",
      outputs: model.outputs?.toJSON() ?? [],
    })),
  };
}"""
STARTED = """(name) => {
  window.aigcCommandDone = false;
  jupyterapp.commands.execute(name).finally(() => { window.aigcCommandDone = true; });
}"""
SCROLLED = """async (id) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const index = notebook.widgets.findIndex(({ model }) => model.id === id);
  notebook.widgets[index].node.dataset.testId = id;
  await notebook.scrollToItem(index, "start");
}"""
# Every picture has more than one colour, every chart a line, and the view says ready.
PAINTED = """(box) => {
  const drawn = (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer).some((pixel, i, all) => pixel !== all[0]);
  };
  const pictures = [...box.querySelectorAll("canvas")]
    .filter((one) => one.checkVisibility() && one.getAttribute("role") === "img");
  const charts = [...box.querySelectorAll("svg.aigc-chart-svg")];
  return Boolean(box.closest("[data-ready]"))
    && pictures.every(drawn)
    && charts.every((chart) => chart.querySelector("path[d], circle, rect"));
}"""


@dataclass
class Cell:
    """What Jupyter's page knows of a cell."""

    id: str
    code: bool
    count: int | None
    running: bool
    outputs: list[dict]

    @property
    def error(self) -> str | None:
        """The exception with which the cell ended, if it did."""
        errors = (o for o in self.outputs if o["output_type"] == "error")
        return next((f"{o['ename']}: {o['evalue']}" for o in errors), None)


class NotebookPage:
    """A notebook of a server, open in a front of Jupyter: "lab" or "notebook"."""

    def __init__(self, page, server: JupyterServer, front: str, name: str):
        self.page, self.server, self.front, self.name = page, server, front, name
        self.open()

    # -- what Jupyter says --

    def facts(self) -> dict:
        return self.page.evaluate(FACTS)

    def cells(self) -> list[Cell]:
        return [Cell(**cell) for cell in self.facts()["cells"]]

    def cell(self, id: str) -> Cell:
        return next(cell for cell in self.cells() if cell.id == id)

    def wait(self, condition: Callable[[], bool], what: str, seconds=RUN_SECONDS):
        """Wait until ``condition`` holds; it is asked ten times a second."""
        for _ in range(int(10 * seconds)):
            if condition():
                return
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"{self.name} in {self.front}: {what} after {seconds} s")

    def command(self, name: str) -> None:
        """Start a command of Jupyter's menus; `is_done` says when it has ended."""
        self.page.evaluate(STARTED, name)

    def is_done(self) -> bool:
        return self.page.evaluate("window.aigcCommandDone")

    # -- the reader's hands --

    def open(self) -> None:
        """Open the notebook as a link does; Jupyter starts its kernel."""
        path = FRONTS[self.front].format(self.name)
        self.page.goto(f"{self.server.address}/{path}")
        self.wait(self.is_open, "not open")

    def is_open(self) -> bool:
        try:
            return self.page.evaluate(OPENED)
        except Error as error:  # what it waited for belongs to a panel that is gone
            if "garbage collected" not in str(error):
                raise
            return False

    def run_all(self, seconds=RUN_SECONDS) -> None:
        """Run All of the menu; fails if a cell does."""
        self.start_all()
        self.wait_until_run(seconds)
        assert self.errors() == {}

    def errors(self) -> dict[str, str]:
        """Of the cells that failed, what they say, by id."""
        return {cell.id: cell.error for cell in self.cells() if cell.error}

    def start_all(self) -> None:
        """Press Run All, and wait until something runs."""
        self.command("notebook:run-all-cells")
        self.wait(lambda: self.is_busy() or self.is_done(), "does not run")

    def wait_until_run(self, seconds=RUN_SECONDS) -> None:
        """Until all cells have run, or one has failed, and the kernel is idle."""
        self.wait(lambda: self.is_done() and not self.is_busy(), "still runs", seconds)

    def is_busy(self) -> bool:
        """By what the page knows and by what the server says."""
        facts = self.facts()
        runs = facts["kernel"] != "idle" or any(c["running"] for c in facts["cells"])
        return runs or set(self.server.kernel_states()) != {"idle"}

    def stop(self) -> None:
        """Press ■; the kernel is idle afterwards and no cell waits."""
        self.command("notebook:interrupt-kernel")
        self.wait(lambda: not self.is_busy(), "does not stop")

    def restart_kernel(self) -> None:
        """Restart it by the menu, and say yes."""
        self.command("kernelmenu:restart")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.wait(lambda: self.is_done() and not self.is_busy(), "does not restart")

    def save(self) -> None:
        self.command("docmanager:save")
        self.wait(lambda: self.is_done() and not self.facts()["unsaved"], "not saved")

    def shut_down_and_reopen(self) -> None:
        """End the kernel, leave the page and open the notebook again."""
        self.page.goto("about:blank")
        self.server.stop_kernels()
        self.open()

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def let_pass(self, seconds: float) -> None:
        """Move the page's clock forward, and with it all that waits for it."""
        self.page.clock.fast_forward(1000 * seconds)

    # -- explorers --

    def output(self, id: str):
        """What stands under a cell, scrolled into view."""
        self.page.evaluate(SCROLLED, id)
        return self.page.locator(
            f'.jp-Cell[data-test-id="{id}"] .jp-Cell-outputWrapper'
        )

    def source(self, id: str):
        """The editor of a cell as far as it is seen, scrolled into view."""
        self.page.evaluate(SCROLLED, id)
        return self.page.locator(
            f'.jp-Cell[data-test-id="{id}"] .jp-InputArea-editor:visible'
        )

    def explorers(self) -> list[str]:
        """Ids of the cells under which one stands, in order."""
        return [cell.id for cell in self.cells() if EXPLORER in str(cell.outputs)]

    def box(self, id: str):
        """The view of a cell's explorer, once it stands there."""
        box = self.output(id).locator(f".aigc-box:not([{POSTER}] *)")
        box.wait_for()
        return box

    def is_painted(self, box) -> bool:
        return box.evaluate(PAINTED)

    def explorer(self, id: str, seconds=30):
        """A cell's explorer, which must be painted without a touch: its box."""
        box = self.box(id)
        self.wait(lambda: self.is_painted(box), f"{id} is not painted", seconds)
        return box

    def saved_explorer(self, id: str) -> None:
        """Where no explorer lives its poster stands, with words, and nothing dead.

        Jupyter takes attributes from what it does not trust, so the words are sought.
        """
        shown = self.output(id)
        shown.get_by_text(SAVED_WORDS).wait_for()
        expect(shown.locator(".aigc-explorer"), id).to_be_visible()
        assert not shown.locator(".aigc-view").count(), id
        assert not [words for words in DEAD if words in shown.inner_text()], id

    def poster(self, id: str):
        """What Python left under a cell for where no explorer lives."""
        return self.output(id).locator(f"[{POSTER}]")
