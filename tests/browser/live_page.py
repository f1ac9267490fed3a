"""The page plays the part of Jupyter: it hands messages to a widget and back.

What Jupyter itself makes of an explorer (keys, outputs, restarts) is seen in Jupyter:
``tests/jupyter``.
"""

import base64
import time

PATIENCE = 5.0  # seconds; a busy machine shows a page, and asks, late

SHOW = """async ({ text, state }) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const module = await import(url);
  const listeners = {};
  window.model = {
    get: (key) => state[key],
    set: (key, value) => { state[key] = value; },
    save_changes: () => window.toPython({ save: state._state }),
    send: (content) => window.toPython({ content }),
    on: (name, listener) => { (listeners[name] ??= []).push(listener); },
    off: (name, listener) => {
      listeners[name] = listeners[name].filter((other) => other !== listener);
    },
    restarted: () => listeners["comm_live_update"].forEach((listener) => listener()),
    message: (content, texts) => {
      const buffers = texts.map((text) => {
        const data = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        return new DataView(data.buffer);
      });
      listeners["msg:custom"].forEach((listener) => listener(content, buffers));
    },
    python: (value) => {
      state._state = value;
      listeners["change:_state"].forEach((listener) => listener());
    },
  };
  const el = document.querySelector("#cell");
  window.endView = await module.default.render({ model, el });
}"""


def show_live(open_page, widget):
    """A page that shows a widget; what it asks is kept in ``widget.received``."""
    page = open_page("empty.html")

    def reply(content, buffers=()):
        texts = [base64.b64encode(buffer).decode() for buffer in buffers]
        page.evaluate(
            "([c, b]) => { setTimeout(() => model.message(c, b)) }", [content, texts]
        )

    def to_python(source, message):
        if "save" in message:
            widget.set_state({"_state": message["save"]})
        else:
            widget.received.append(message["content"])

    widget.send, widget.received = reply, []
    page.expose_binding("toPython", to_python)
    state = {"_config": widget._config, "_state": widget._state}
    page.evaluate(SHOW, {"text": widget._esm, "state": state})
    return page


def rest(page):
    """Wait until the page has done what it had begun, and has painted it."""
    page.evaluate(
        """() => new Promise((done) => {
          const soon = () => setTimeout(done, 20);
          requestAnimationFrame(() => requestAnimationFrame(soon));
        })"""
    )


def answer(page, widget):
    """Let the kernel answer what is asked; a question on its way is waited for."""
    last = time.monotonic() + PATIENCE
    while not widget.received and time.monotonic() < last:
        page.wait_for_timeout(20)
    assert widget.received, "the page has asked nothing"
    while widget.received:
        widget._receive(widget, widget.received.pop(0), [])
        rest(page)
