"""Opens pages in a real Chromium and notes what must not happen on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WATCH_POLICY = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", event =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
SERIOUS = {"serious", "critical"}


@dataclass
class Watched:
    """A page and what went wrong on it: refusals of the policy, requests to other hosts, errors
    of scripts, answers from 400 on."""

    page: Page
    host: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Notes from now on."""
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.elsewhere.append(request.url)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def problems(self) -> list[str]:
        """Everything noted on this page, in words."""
        refused = [f"policy: {one}" for one in self.page.evaluate("window.__refused || []")]
        away = [f"request to {one}" for one in self.elsewhere]
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return refused + away + self.errors + ([f"{wide} px too wide"] if wide > 0 else [])

    def axe(self) -> list[str]:
        """Serious and critical findings of axe, one line each."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]


@contextmanager
def chromium_at(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def watched(context: BrowserContext, base: str) -> Watched:
    """A fresh page of the context that notes what goes wrong."""
    made = Watched(context.new_page(), urlsplit(base).netloc)
    made.listen()
    return made


def sign_in(context: BrowserContext, link: str) -> None:
    """Takes the one-time link as a person does: open, press."""
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.close()
