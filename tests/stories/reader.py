"""A browser of one person, in which nothing may go wrong unseen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import DESKTOP, PHONE, SERIOUS
from tests.stories.house import PATIENCE

SLOW = PATIENCE * 1000
REFUSALS = """addEventListener("securitypolicyviolation", event =>
  console.error(`policy refused: ${event.violatedDirective} ${event.blockedURI}`))"""


@dataclass
class Reader:
    """A context with its notes: script errors, refusals of the policy, requests elsewhere."""

    context: BrowserContext
    base: str
    forgiven: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(SLOW)
        self.context.add_init_script(REFUSALS)
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        goes_out = parts.scheme in {"http", "https", "ws", "wss"}
        if goes_out and parts.netloc != urlsplit(self.base).netloc:
            self.wrong.append(f"request to {request.url}")

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def forgive(self, pattern: str) -> None:
        """An error that the story provokes on purpose, as a pattern of its words."""
        self.forgiven.append(pattern)

    def problems(self) -> list[str]:
        """Everything noted that nobody forgave."""
        return [one for one in self.wrong if not any(re.search(p, one) for p in self.forgiven)]

    def open(self, path: str = "") -> Page:
        """A page of this browser; with a path (or a whole address), standing there."""
        page = self.context.new_page()
        if path:
            page.goto(path if path.startswith("http") else self.base + path)
        return page

    def sign_in(self, link: str) -> Page:
        """Takes the one-time link as a person does; the desk."""
        page = self.open(link)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.base}/")
        return page


def examine(page: Page) -> None:
    """Fails on serious or critical findings of axe, and on a page that is wider than its window."""
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
    assert serious == [], f"axe on {urlsplit(page.url).path.split('/')[1]}"
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} px too wide"


@contextmanager
def reader(program: Browser, base: str, phone: bool = False, **more: Any) -> Iterator[Reader]:
    """A browser of its own for one person; at the end nothing may have gone wrong in it."""
    size = PHONE if phone else DESKTOP
    context = program.new_context(
        viewport=size, has_touch=phone, is_mobile=phone, reduced_motion="reduce", **more
    )
    made = Reader(context, base)
    try:
        yield made
        problems = made.problems()
        assert not problems, "\n".join(problems)
    finally:
        context.close()
