"""What staff do again and again in the stories: come in, open a case by hand, read a mail."""

from secrets import token_hex

from playwright.sync_api import Page, expect

from tests.stories.reader import Reader

PASSWORD = "a lantern for the night desk"


def invite(boss: Reader, colleague: Reader, first: str, last: str) -> Page:
    """The boss invites through the team page; the colleague sets a password. Their desk."""
    address = f"{first.lower()}-{token_hex(3)}@desk.example"
    team = boss.open("/team/")
    team.get_by_role("button", name="Invite…").click()
    dialog = team.get_by_role("dialog", name="Invite a colleague")
    dialog.get_by_label("Mail address").fill(address)
    dialog.get_by_label("First name").fill(first)
    dialog.get_by_label("Family name").fill(last)
    dialog.get_by_role("button", name="Invite", exact=True).click()
    line = team.get_by_role("row").filter(has_text=address)
    line.get_by_role("button", name="Show the link").click()
    link = team.locator(".notice code").inner_text()
    team.close()
    page = colleague.open(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{colleague.base}/")
    return page


def open_by_hand(page: Page, headline: str, place: str, country: str = "MT") -> str:
    """Opens a case through the form; its id."""
    base = page.url.split("/", 3)
    page.goto(f"{base[0]}//{base[2]}/cases/new/")
    page.get_by_label("What happened, in one line").fill(headline)
    page.get_by_label("Country").select_option(country)
    page.get_by_label("Place (if known)").fill(place)
    page.get_by_label("Religion").check()
    page.get_by_label("3, serious").check()
    page.get_by_label("What we were told").fill("Told on the phone by somebody who lives there.")
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator("#case-title")).to_have_text(headline)
    return page.url.rstrip("/").rpartition("/")[2]


def newest_mail(page: Page, base: str, name: str, holds: str = "") -> Page:
    """The newest mail to this person, opened in the mailbox; with a word that it must hold."""
    page.goto(f"{base}/mailbox/")
    line = page.locator(".mail-row").filter(has=page.locator(".mail-to", has_text=name))
    if holds:
        line = line.filter(has_text=holds)
    line.first.wait_for()
    line.first.click()
    page.locator(".client pre").wait_for()
    return page


def link_in(page: Page, nth: int = 0) -> str:
    """The personal link in the mail that stands open."""
    found = page.locator(".client pre a").nth(nth).get_attribute("href")
    assert found
    return found
