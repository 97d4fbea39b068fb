"""What an expert does on the page behind their link."""

from playwright.sync_api import Page, expect

LONGER_THAN_A_HOLD = 1100
"""Milliseconds; the button answers after 800."""
APART = 900
"""Milliseconds that two steps without script must be apart."""


def hold(page: Page, name: str) -> None:
    """Keeps the finger on a button until it has answered."""
    page.get_by_role("button", name=name).hover()
    page.mouse.down()
    page.wait_for_timeout(LONGER_THAN_A_HOLD)
    page.mouse.up()


def tap(page: Page, name: str, then: str) -> None:
    """A tap, then the dialog's own button."""
    page.get_by_role("button", name=name).tap()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=then).tap()


def two_steps(page: Page, name: str, then: str) -> None:
    """A button whose second question is a page."""
    page.get_by_role("button", name=name).click()
    sure = page.get_by_role("button", name=then)
    sure.wait_for()
    page.wait_for_timeout(APART)
    sure.click()
