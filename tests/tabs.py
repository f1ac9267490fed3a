"""Tabs of a browser that tests use one after the other.

The first page of a new context costs three to four times the CPU seconds of the next
page in a tab that is warm. So a tab is handed on: in between, everything that a page
can store is cleared. A tab that a test has changed for good, or left in a bad state, is
closed instead.
"""

from urllib.parse import urlsplit

from playwright.sync_api import Error

MOST_IDLE = 6  # contexts with other options each; a hundred megabytes or so
# Calls whose effect outlives the page that was shown, on a page or its context.
LASTING = (
    "add_cookies",
    "add_init_script",
    "emulate_media",
    "expose_binding",
    "expose_function",
    "grant_permissions",
    "on",
    "once",
    "route",
    "set_default_timeout",
    "set_extra_http_headers",
    "set_offline",
    "set_viewport_size",
)


class Tab:
    """One page in a context of its own; ``problems`` are those since it was taken."""

    def __init__(self, browser, server: str, options: dict):
        self.server, self.options = server, options
        self.problems: list[str] = []
        self.marked = False
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.protocol = self.context.new_cdp_session(self.page)
        self.protocol.send("Network.enable")
        self.protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._listen()
        for owner in (self.page, self.context):
            for name in LASTING:
                self._mark(owner, name)

    def _listen(self) -> None:
        """Note outside requests, which the browser refuses, errors and bad answers."""
        note = self._note
        self.context.on("request", self._note_outside)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: note(f"uncaught: {error}"))
        self.page.on(
            "response", lambda r: r.status >= 400 and note(f"{r.status}: {r.url}")
        )

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    def _note_console(self, message) -> None:
        # An icon that a page does not name: the browser asks for it once a server.
        asked = message.location["url"].endswith("/favicon.ico")
        if message.type == "error" and not asked:
            self._note(message.text)

    def _note_outside(self, request) -> None:
        url = urlsplit(request.url)
        inside = f"{url.scheme}://{url.netloc}" == self.server
        if not inside and url.scheme not in ("data", "blob", "about"):
            self._note(f"outside request: {request.url}")

    def _mark(self, owner, name: str) -> None:
        """Let a call that lasts be remembered."""
        original = getattr(owner, name, None)
        if original is None or (name == "route" and owner is self.page):
            return  # routes of a page are taken back

        def call(*arguments, **options):
            self.marked = True
            return original(*arguments, **options)

        setattr(owner, name, call)

    def clean(self) -> bool:
        """Leave the page and what it stored; whether the tab can be used again."""
        if self.marked or self.page.is_closed():
            return False
        try:
            self._forget()
        except Error:  # hung or crashed
            return False
        return True

    def _forget(self) -> None:
        page, send = self.page, self.protocol.send
        for other in self.context.pages:
            if other != page:
                other.close()
        page.unroute_all()
        page.mouse.move(-9, -9)
        if page.url.startswith(self.server):
            place = {"securityOrigin": self.server, "isLocalStorage": False}
            send("DOMStorage.clear", {"storageId": place})
        page.goto("about:blank")
        everything = {"origin": self.server, "storageTypes": "all"}
        send("Storage.clearDataForOrigin", everything)


class Tabs:
    """The tabs of one browser: those that wait are kept, the latest used last."""

    def __init__(self, browser):
        self.browser = browser
        self.idle: list[Tab] = []

    def take(self, server: str, options: dict) -> Tab:
        """A tab that shows an empty page, with these options of ``new_context``."""
        for tab in self.idle:
            if (tab.server, tab.options) == (server, options):
                self.idle.remove(tab)
                return tab
        return Tab(self.browser, server, options)

    def give_back(self, tab: Tab, *, usable: bool) -> None:
        """Clean a tab for the next test, or close it."""
        if not (usable and tab.clean()):
            tab.context.close()
            return
        self.idle.append(tab)
        if len(self.idle) > MOST_IDLE:
            self.idle.pop(0).context.close()
