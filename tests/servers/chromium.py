"""A real browser over the pages of a node that is served: what it complains of, and what axe finds, is kept.

`python -m tests.servers.chromium` says whether there is one.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable")  # the first that is there: Debian's, or who built it
PATIENCE = 60.0  # seconds
WEIGHTY = {"serious", "critical"}
AT = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText"
FLAGS = (
    "--no-sandbox",  # which root may not have
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def installed() -> str | None:
    """Where it is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's, which `make test` installs, or Google's where there is no such package."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


class Reader:
    """Somebody before a browser of their own. `complaints`: errors in its console, what its policy refused included."""

    def __init__(self, browser: Browser, address: str, lang: str = "en") -> None:
        self.complaints: list[str] = []
        self.page: Page = browser.new_context(base_url=address, locale=lang).new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.on("console", lambda said: self.complaints.extend([said.text] if said.type == "error" else []))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def violations(self) -> list[str]:
        """What keeps people from using the page that is open."""
        found = Axe().run(self.page).response["violations"]
        return [f"{self.page.url}: {each['id']}: {each['nodes']}" for each in found if each["impact"] in WEIGHTY]

    def sees(self, heading: str) -> None:
        """Go on once the page with that heading is there, and hinders nobody."""
        self.page.get_by_role("heading", level=1, name=heading).wait_for()
        assert self.violations() == []
        assert self.complaints == []

    def awaits(self, heading: str) -> None:
        """Read the page again until it has that heading: what another office did is on its way."""
        end = time.monotonic() + PATIENCE
        while heading not in self.page.locator("h1").inner_text():
            assert time.monotonic() < end, self.page.locator("h1").inner_text()
            self.page.reload()

    def types(self, *keys: str) -> None:
        """With the keyboard alone: Enter, or text."""
        for each in keys:
            if each == "Enter":
                self.page.keyboard.press(each)
            else:
                self.page.keyboard.type(each)

    def goes_to(self, name: str) -> None:
        """With Tab alone, to what bears that name."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if name in str(self.page.evaluate(AT)):
                return
        raise AssertionError(name)


if __name__ == "__main__":
    sys.exit(installed() is None)
