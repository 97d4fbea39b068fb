"""What robots.txt lets us read, by RFC 9309's own rules and examples."""

import pytest

from streams.collectors.robots import Rules, answered, product

AGENT = "RRMM/0.1 (feed collector)"
SITE = "https://news.example"


def may(file: str, path: str, agent: str = AGENT) -> bool:
    return Rules.of(file.encode(), agent).may(SITE + path)


def test_an_empty_file_allows_everything() -> None:
    assert may("", "/a")
    assert may("User-agent: *\nDisallow:", "/a")


def test_the_longest_rule_decides_and_allowing_wins_a_draw() -> None:
    file = "User-agent: *\nDisallow: /news/\nAllow: /news/open\nAllow: /x\nDisallow: /x"
    assert not may(file, "/news/closed")
    assert may(file, "/news/open/1")
    assert may(file, "/x/1")


def test_the_group_that_names_us_counts_alone() -> None:
    file = "User-agent: *\nDisallow: /\n\nUser-Agent: rrmm\nDisallow: /private"
    assert may(file, "/a")
    assert not may(file, "/private/1")
    assert not may(file, "/a", agent="Other/2.0")


def test_groups_of_one_name_are_one_and_names_stand_together() -> None:
    file = "user-agent: a\nuser-agent: RRMM/9\ndisallow: /1\nuser-agent: rrmm\ndisallow: /2"
    assert not may(file, "/1")
    assert not may(file, "/2")
    assert may(file, "/3")


def test_a_name_that_only_begins_like_ours_is_another() -> None:
    assert may("User-agent: rrmmbot\nDisallow: /", "/a")
    assert may("User-agent: feed collector\nDisallow: /", "/a")


@pytest.mark.parametrize("name", ["RRMM", "rrmm/9", "RRMM/0.1 (feed collector)", "rrmm # us"])
def test_of_our_name_in_a_file_its_first_word_counts(name: str) -> None:
    assert not may(f"User-agent: {name}\nDisallow: /", "/a")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    file = end.join(["User-agent:", "Disallow: /a", "User-agent: x", "User-agent: RRMM/9",
                     "Disallow: /b"])  # fmt: skip
    assert may(file, "/a")
    assert not may(file, "/b")


def test_bytes_that_are_no_text_hide_no_rule() -> None:
    file = b"User-agent: *\nDisallow: /caf\xe9\nDisallow: /a"
    assert not Rules.of(file, AGENT).may(SITE + "/a")


@pytest.mark.parametrize(
    ("rule", "path", "allowed"),
    [
        ("/*.pdf$", "/a/b.pdf", False),
        ("/*.pdf$", "/a/b.pdf?x=1", True),
        ("/a*/c", "/abc/c/d", False),
        ("/fish*", "/Fish", True),
        ("/foo/bar?baz=https%3A%2F%2F", "/foo/bar?baz=https%3A%2F%2Fx", False),
        ("/مسجد", "/%D9%85%D8%B3%D8%AC%D8%AF/1", False),
        ("/a%3Cd.html", "/a<d.html", False),
        ("*", "/any", False),
        ("/" + "*" * 40 + "z", "/" + "a" * 200, True),
        ("/" + "*a" * 40 + "*z", "/" + "a" * 1000, True),
        ("/%61bc", "/abc", False),
    ],
)
def test_patterns(rule: str, path: str, allowed: bool) -> None:
    assert may(f"User-agent: *\nDisallow: {rule}", path) is allowed


def test_a_huge_file_is_cut() -> None:
    file = "User-agent: *\n" + "Disallow: /b\n" * 50_000 + "Disallow: /a\n"
    assert may(file, "/a")
    assert not may(file, "/b")


def test_its_own_address_may_always_be_read() -> None:
    assert may("User-agent: *\nDisallow: /", "/robots.txt")


def test_comments_marks_and_rubbish_are_passed_over() -> None:
    file = "\ufeff# hello\nDisallow: /\nUser-agent: * # all\n<html>\nDisallow: /a # no"
    assert may(file, "/b")
    assert not may(file, "/a")


@pytest.mark.parametrize(
    ("status", "reached", "allowed"),
    [(404, True, True), (403, True, True), (302, True, True), (500, False, False),
     (503, False, False), (429, False, False), (0, False, False)],
)  # fmt: skip
def test_what_an_answer_means(status: int, reached: bool, allowed: bool) -> None:
    rules = answered(status, b"User-agent: *\nDisallow: /", AGENT)
    assert (rules.reached, rules.may(SITE + "/a")) == (reached, allowed)


def test_a_body_counts_where_there_is_one() -> None:
    assert not answered(200, b"User-agent: *\nDisallow: /", AGENT).may(SITE + "/a")


def test_our_name_is_its_first_word() -> None:
    assert product(AGENT) == "rrmm"
    assert product("") == ""
