"""`make screenshots`: the pictures of the README and the guide, from the sandbox, in light and dark.

The clocks of the stand-in, the server and the browser stand still, so that two runs take the same pictures to the pixel:
`make screenshots TO=folder` before and after a change shows what it changed.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, ViewportSize, sync_playwright

from scripts import run

IMAGES = run.PROJECT / "docs" / "images"
NOW = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # a Friday evening
SANDBOX = ["--port", "0", "--tickets", "20000", "--days", "60", "--seed", "7"]
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# What was painted once is painted whole again: the edge of a part that is painted anew falls elsewhere each time.
FLAGS = ["--no-sandbox", "--disable-partial-raster"]
START_PATIENCE = 120.0  # seconds
WIDE, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)


def main() -> int:
    """Take all pictures; give the exit status."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    to = Path(os.environ.get("TO") or IMAGES).absolute()
    to.mkdir(parents=True, exist_ok=True)
    if chromium is None:
        print("There is no Chromium here: apt install chromium", file=sys.stderr)
        return 1
    os.chdir(run.PROJECT)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in ("light", "dark"):
            for name, size in (("wide", WIDE), ("phone", PHONE)):
                context = browser.new_context(
                    viewport=size, color_scheme=scheme, reduced_motion="reduce", timezone_id="UTC", locale="en-US"
                )
                context.clock.set_fixed_time(NOW)
                page = context.new_page()
                for picture, steps in (PICTURES if name == "wide" else PHONE_PICTURES).items():
                    take(page, url, steps, to / f"{picture}-{scheme}.png")
                context.close()
        browser.close()
    return 0


def take(page: Page, url: str, steps: tuple[str, ...], file: Path) -> None:
    """Open an address, press what is to be pressed, and keep the picture."""
    path, *presses = steps
    page.goto(url + path)
    page.locator("tr.control[data-running]:not([data-stopped])").wait_for(state="detached")
    for words in presses:
        page.locator(words).first.click()
    page.wait_for_load_state("networkidle")
    page.locator("[aria-busy=true]").wait_for(state="detached")  # a ticket that was pressed comes into its panel
    page.screenshot(path=file, caret="hide")
    print(file.name)


PICTURES: dict[str, tuple[str, ...]] = {
    "list": ("/tickets/?range=7d",),
    # One that ends: how far another has looked when its page is full depends on which answers came first.
    "search": ("/tickets/?search_query=417&range=30d",),
    "columns": ("/tickets/?range=7d&columns=created,location,total,metadata.table", "#columns-menu summary"),
    "share": ("/tickets/?range=24h", "summary:text-is('Share')"),
    "views": ("/tickets/?range=today", "summary:text-is('Views')"),
    "ticket": ("/tickets/?range=7d", "#rows .reference a"),
}
PHONE_PICTURES: dict[str, tuple[str, ...]] = {"phone": ("/tickets/?range=7d",)}


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """The dashboard over the sandbox, with a database of its own, at NOW."""
    env = run.environment() | {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "PORT": str(_free_port())}
    # Made-up tickets, whatever account .env names.
    env |= {"LOGIN_REQUIRED": "false", "COPPER_API_KEY": run.SANDBOX_KEY}
    with _at_now(env, "copper_sandbox", *SANDBOX) as sandbox:
        line = sandbox.stdout.readline() if sandbox.stdout else ""
        env["COPPER_API_URL"] = re.findall(r"http://\S+", line)[0]
        with run.collecting(env) as static_files:
            run.prepare(env)
            run.finish(static_files)
        with _at_now(env | {"BIND": "127.0.0.1"}, "gunicorn", "dashboard.wsgi", "--log-level", "warning"):
            url = f"http://127.0.0.1:{env['PORT']}"
            _wait_for(f"{url}/healthz")
            yield url


@contextmanager
def _at_now(env: Mapping[str, str], *module: str) -> Iterator["subprocess.Popen[str]"]:
    """A module as a process whose clock stands at NOW."""
    command = [sys.executable, "-m", "scripts.fixed_clock", NOW.isoformat(), *module]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_PATIENCE
    while True:
        try:
            urlopen(url, timeout=1).close()  # noqa: S310 # nosec B310 - an http address of our own
            return
        except OSError:  # a URLError, or the time is up while it answers
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
