"""A real Chromium against the real site (Django's live server) and the sandbox. Debian's Chromium is enough.

Nothing here hangs on how fast the machine is: what a test wants to see in between is held back until it has seen it.
"""

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import BrowserContext, Page, Route, expect

from copper_sandbox import Sandbox
from copper_sandbox.faults import Asked
from tests.pages.conftest import no_answers_kept, serve  # noqa: F401 - fixtures

# The shell is Chromium without the window around it: a page costs a third of the processor time. Any of them will do.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# What axe looks for depends on the theme, and on what is shown: both themes, once as wide as a desk, once as a phone.
LOOKS = [pytest.param("light", 1280, id="light-1280"), pytest.param("dark", 360, id="dark-360")]
WIDTHS = (360, 1280)
LIMIT = 60  # seconds after which what a test waits for is not coming any more; a machine may be very slow
expect.set_options(timeout=LIMIT * 1000)
# Playwright's event loop runs in this thread; the database is only used between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium here: `apt install chromium` makes these tests run")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    drawn = ["--disable-gpu", "--in-process-gpu"]  # by the processor, and in no process of its own: that takes less
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", *drawn, "--disable-quic", *quiet]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """Without animations: axe must not measure a color that is half way to another."""
    return {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture(scope="session", autouse=True)
def static_files_as_in_production() -> None:
    """Whitenoise serves the hashed files; Django's own handler in the live server only knows the plain names."""
    StaticFilesHandler._should_handle = lambda self, path: False


@pytest.fixture(autouse=True)
def nobody_is_in_a_hurry(settings: object, no_answers_kept: None, context: BrowserContext) -> None:  # noqa: F811 - the fixture
    """A slow answer of the sandbox's is no failure, and a slow page none of the browser's."""
    settings.COPPER_CONNECT_TIMEOUT = settings.COPPER_READ_TIMEOUT = LIMIT / 2
    context.set_default_timeout(LIMIT * 1000)


@pytest.fixture
def site(live_server, serve: Callable[..., Sandbox]) -> str:  # noqa: F811 - the fixture
    return live_server.url


@pytest.fixture(autouse=True)
def nothing_odd_happens(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """No script error, no blocked content, and no request to another host, whatever a test does."""
    page: Page = request.getfixturevalue("page")
    site_url: str = request.getfixturevalue("live_server").url
    odd: list[str] = []
    watch(page.context, site_url, odd)
    yield odd
    assert odd == []


def watch(context: BrowserContext, site_url: str, odd: list[str]) -> None:
    """Note what should not happen in any page of a context."""
    context.on("weberror", lambda error: odd.append(f"error: {error.error}"))
    context.on("dialog", lambda dialog: odd.append(f"dialog: {dialog.message}"))
    context.on(
        "console", lambda message: odd.append(message.text) if "Content Security Policy" in message.text else None
    )
    ours = (site_url, "data:", "blob:")
    context.on("request", lambda asked: None if asked.url.startswith(ours) else odd.append(f"request: {asked.url}"))


def accessible(page: Page) -> None:
    """Axe finds nothing wrong. A document gets axe once, and only what is wrong is sent back."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    wrong = page.evaluate(r"""axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(
        ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join("\n  ")}`))""")
    assert wrong == [], "\n".join(wrong)


def open_times(page: Page) -> None:
    """Open the panel of times."""
    page.locator(".time > summary").click()


def resized(page: Page, widths: Sequence[int] = WIDTHS) -> Iterator[int]:
    """Give the page each of these widths, and at the end the one it had."""
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({**before, "width": width})
        page.wait_for_function("width => innerWidth === width", arg=width)
        yield width
    page.set_viewport_size(before)
    page.wait_for_function("width => innerWidth === width", arg=before["width"])


def nothing_spills_over(page: Page, widths: Sequence[int] = WIDTHS) -> None:
    for width in resized(page, widths):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} at {width}"


def quiet(page: Page) -> None:
    """Until nothing is asked for any more, and what came is drawn."""
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


class Held:
    """Holds back what a page asks for at an address (a glob) until a test lets it go on; the page itself is let through."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._is_open = page, False
        self.routes: list[Route] = []
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self._is_open or route.request.is_navigation_request():
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self, at_the_end: Callable[[], bool] = lambda: False, *, count: int = 1) -> bool:
        """Until so many requests are held, or the page is at its end and makes none; say whether they are."""
        limit = time.monotonic() + LIMIT
        while len(self.routes) < count:
            if at_the_end():
                return False
            assert time.monotonic() < limit, "nothing is asked for"
            self._page.wait_for_timeout(10)
        return True

    def next(self) -> None:
        """Let one request through; the one after it is held again."""
        self.wait()
        self.routes.pop(0).continue_()

    def open(self) -> None:
        """Hold nothing back any more; what was given up meanwhile stays so."""
        self._is_open = True
        while self.routes:
            route = self.routes.pop(0)
            if route.request.failure is None:
                route.continue_()


class Spells(Held):
    """The spells of a search: it goes on by itself, and each of its pages stands still until a test has seen it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "**/tickets/?*")

    def running(self) -> bool:
        """Whether it would go on; it is at its end or was stopped where not."""
        return self.wait(at_the_end=lambda: not self._page.locator("tr.control[data-running]").count())

    def __iter__(self) -> Iterator[None]:
        """Stand still at each page but the last."""
        while self.running():
            yield
            self.next()


class Gate:
    """Copper answers so many requests for tickets at once, and the others when the gate is opened."""

    def __init__(self, sandbox: Sandbox, answered: int) -> None:
        self._opened, self._asked, self._answered = threading.Event(), itertools.count(), answered
        self.waits = threading.Event()  # set once a request does
        self.held = 0  # requests that came to the closed gate
        sandbox.script(self._wait)

    def _wait(self, asked: Asked) -> None:
        if "/tickets" in asked.path and next(self._asked) >= self._answered:
            self.held += 1
            self.waits.set()
            self._opened.wait(LIMIT)

    def open(self) -> None:
        self._opened.set()
