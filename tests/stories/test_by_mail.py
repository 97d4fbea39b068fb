"""The same, by a real mail server: people imported from a list, asked, answering, withdrawn."""

from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import experts, staff
from tests.stories.house import House, Runtime, check_ending, wait
from tests.stories.post import Post, personal_link, plain, post_office
from tests.stories.reader import Reader, examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
HEADLINE = "A market was closed after pamphlets against newcomers"
# Invented people; the domain is ours in this story only: no server but the local one is asked.
DOMAIN = "rrmm-people.net"
LIST = f"""id,name,country,languages,fault_lines,bio,email,timezone,consented_at,consent_source
t-1,Nerina Callus,MT,en;it,migration,Markets.,nerina@{DOMAIN},Europe/Malta,2026-05-04,letter
t-2,Duarte Penha,PT,en;pt,migration,Newcomers.,duarte@{DOMAIN},Europe/Lisbon,2026-05-04,letter
t-3,Wanda Ossol,XX,en,migration,Borders.,wanda@{DOMAIN},Europe/Warsaw,2026-05-04,letter
t-4,Ivo Brandt,DE,de;en,migration,Has given no consent.,ivo@{DOMAIN},Europe/Berlin,,
"""


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with post_office() as found:
        yield found


@pytest.fixture(scope="module")
def mailing(
    chromium: str, runtime: Runtime, post: Post, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house without the demonstration that mails through the local server."""
    made = House(
        tmp_path_factory.mktemp("mailing"), runtime,
        DEMO="0", MAIL_BACKEND="smtp", SMTP_HOST="127.0.0.1", SMTP_PORT=str(post.port),
        MAIL_FROM=f"Desk <desk@{DOMAIN}>",
    )  # fmt: skip
    try:
        yield made.start()
        check_ending(made)
    finally:
        made.end()


@pytest.fixture(scope="module")
def boss(program: Browser, mailing: House) -> Iterator[Reader]:
    with reader(program, mailing.url) as made:
        made.sign_in(mailing.link).close()
        yield made


@pytest.fixture(scope="module")
def page(boss: Reader) -> Iterator[Page]:
    made = boss.open("/")
    yield made
    made.close()


def test_an_empty_house_says_what_to_do_next(page: Page) -> None:
    expect(page.locator("#queue .empty")).to_contain_text("No flashpoint so far")
    expect(page.locator("#queue .empty")).to_contain_text("without sources we see nothing")
    examine(page)


def test_a_list_is_tried_first_its_fault_is_shown_and_then_it_is_imported(
    page: Page, boss: Reader, mailing: House, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(LIST)
    page.goto(f"{boss.base}/experts/import/")
    page.get_by_label("CSV file").set_input_files(people)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", name="What the import would do")).to_be_visible()
    refused = page.get_by_role("region", name="Refused")
    expect(refused.get_by_role("row").nth(1)).to_contain_text("country")
    expect(refused.get_by_role("row").nth(1)).to_contain_text("XX")
    examine(page)
    assert mailing.one("SELECT count(*) FROM experts_expert") == 0
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.locator(".notice-warn").first).to_contain_text("1 line stayed out")
    page.goto(f"{boss.base}/experts/")
    expect(page.get_by_text("Ivo Brandt")).to_be_visible()
    assert f"@{DOMAIN}" not in page.content()
    examine(page)


def test_the_alert_comes_by_mail_and_the_mailbox_hides_its_link(
    page: Page, boss: Reader, mailing: House, post: Post
) -> None:
    case = UUID(staff.open_by_hand(page, HEADLINE, "Marsa"))
    sql = 'SELECT 1 FROM experts_proposal WHERE "case" = ?'
    wait(lambda: mailing.one(sql, case), "a slate")
    page.get_by_role("button", name="Confirm…").click()
    page.wait_for_url("**/confirm/")
    expect(page.locator(".pick-person")).to_have_count(2)
    page.get_by_role("button", name="Confirm. First wave").click()
    for name in ("nerina", "duarte"):
        wait(partial(post.to, f"{name}@{DOMAIN}"), f"an alert to {name}")
    (alert,) = post.to(f"nerina@{DOMAIN}")
    assert "Nerina Callus" in plain(alert)
    assert HEADLINE in " ".join(plain(alert).split())
    assert personal_link(alert) != personal_link(post.to(f"duarte@{DOMAIN}")[0])
    assert post.to(f"ivo@{DOMAIN}") == []
    read = staff.newest_mail(boss.open(), boss.base, "Nerina Callus")
    expect(read.get_by_text("link hidden").first).to_be_visible()
    token = personal_link(alert).rstrip("/").rpartition("/")[2]
    body = boss.context.request.get(f"{read.url}body/").text()
    assert token not in read.content() + body
    assert DOMAIN not in read.content()
    examine(read)
    read.close()


def test_following_the_mailed_link_answers_and_a_receipt_comes(
    program: Browser, page: Page, mailing: House, post: Post
) -> None:
    (alert,) = post.to(f"nerina@{DOMAIN}")
    with reader(program, mailing.url, phone=True) as phone:
        letter = phone.open(personal_link(alert))
        expect(letter.get_by_text(HEADLINE)).to_be_visible()
        experts.hold(letter, "Yes, I can")
        expect(letter.get_by_text("Your yes is in")).to_be_visible()
    expect(page.locator(".wave")).to_contain_text("1 of 2 places taken")
    wait(lambda: len(post.to(f"nerina@{DOMAIN}")) == 2, "the receipt")
    assert "Your yes is in." in plain(post.to(f"nerina@{DOMAIN}")[1])


def _withdrawals(post: Post, name: str) -> list[EmailMessage]:
    found = post.to(f"{name}@{DOMAIN}")
    return [mail for mail in found if "taken our request back" in " ".join(plain(mail).split())]


def test_stopping_withdraws_from_everybody_who_was_asked(
    page: Page, program: Browser, mailing: House, post: Post
) -> None:
    page.get_by_role("button", name="Stop and withdraw…").click()
    dialog = page.get_by_role("dialog", name="Stop asking")
    examine(page)
    dialog.get_by_role("button", name="Stop and withdraw").click()
    expect(page.get_by_role("button", name="Confirm…")).to_be_visible()
    for name in ("nerina", "duarte"):
        mails = wait(partial(_withdrawals, post, name), f"a withdrawal to {name}")
        assert len(mails) == 1
    with reader(program, mailing.url, phone=True) as phone:
        letter = phone.open(personal_link(post.to(f"duarte@{DOMAIN}")[0]))
        expect(letter.get_by_role("heading", name="taken our request back")).to_be_visible()
        assert letter.get_by_role("button", name="Yes, I can").count() == 0
        examine(letter)


def test_no_link_and_no_address_is_in_any_log(page: Page, mailing: House, post: Post) -> None:
    # `page` keeps this story in the order of the file: pytest groups tests by their browser.
    links = {personal_link(m) for _, m in post.mails if "/a/" in plain(m)}
    assert links
    said = mailing.said()
    assert [link for link in links if link.rstrip("/").rpartition("/")[2] in said] == []
    assert DOMAIN not in said.replace(f"desk@{DOMAIN}", "")
