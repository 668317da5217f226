"""`make screenshots`: the pictures of the README and the guide, from the sandbox, in light and dark."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, ViewportSize, sync_playwright

from scripts import run

IMAGES = run.PROJECT / "docs" / "images"
START_PATIENCE = 30.0  # seconds
WIDE, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)


def main() -> int:
    """Take all pictures; give the exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no Chromium here: apt install chromium", file=sys.stderr)
        return 1
    os.chdir(run.PROJECT)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for name, size in (("wide", WIDE), ("phone", PHONE)):
                context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                for picture in (PICTURES if name == "wide" else PHONE_PICTURES).items():
                    take(page, url, *picture, scheme)
                context.close()
        browser.close()
    return 0


def take(page: Page, url: str, name: str, steps: tuple[str, ...], scheme: str) -> None:
    """Open an address, press what is to be pressed, and keep the picture."""
    path, *presses = steps
    page.goto(url + path)
    page.wait_for_function("!document.querySelector('tr.control[data-running]:not([data-stopped])')")
    for words in presses:
        page.locator(words).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
    print(f"{name}-{scheme}.png")


PICTURES: dict[str, tuple[str, ...]] = {
    "list": ("/tickets/?range=7d",),
    "search": ("/tickets/?search_query=41&range=30d",),
    "columns": ("/tickets/?range=7d&columns=created,location,total,metadata.table", "#columns-menu summary"),
    "share": ("/tickets/?range=24h", "summary:text-is('Share')"),
    "views": ("/tickets/?range=today", "summary:text-is('Views')"),
    "ticket": ("/tickets/?range=7d", "#rows .reference a"),
}
PHONE_PICTURES: dict[str, tuple[str, ...]] = {"phone": ("/tickets/?range=7d",)}


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """The dashboard over the sandbox, with a database of its own."""
    env = run.environment() | {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "PORT": str(_free_port())}
    env.pop("COPPER_API_KEY", None)  # pictures show made-up tickets, whatever account .env names
    with run.copper(env):
        run.prepare(env)
        command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--log-level", "warning"]
        process = subprocess.Popen(command, env={**env, "BIND": "127.0.0.1"}, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{env['PORT']}"
            _wait_for(f"{url}/healthz")
            yield url
        finally:
            process.terminate()
            process.wait()


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
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
