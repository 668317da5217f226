"""A real Chromium against the real site (Django's live server) and the sandbox. Debian's Chromium is enough."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import BrowserContext, Page

from copper_sandbox import Sandbox
from tests.pages.conftest import no_answers_kept, serve  # noqa: F401 - fixtures

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """Without animations: axe must not measure a color that is half way to another."""
    return {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}


@pytest.fixture(scope="session", autouse=True)
def static_files_as_in_production() -> None:
    """Whitenoise serves the hashed files; Django's own handler in the live server only knows the plain names."""
    StaticFilesHandler._should_handle = lambda self, path: False


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
