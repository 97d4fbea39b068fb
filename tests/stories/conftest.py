"""A house that the stories share, a browser, and a reader in it who is signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium_at
from tests.stories.house import House, Runtime, check_ending
from tests.stories.reader import SLOW, Reader, reader


@pytest.fixture(scope="package")
def program(chromium: str) -> Iterator[Browser]:
    """Chromium without a window."""
    expect.set_options(timeout=SLOW)
    with chromium_at(chromium) as found:
        yield found


@pytest.fixture(
    scope="package",
    params=[
        "embedded",
        pytest.param("distributed", marks=[pytest.mark.postgres, pytest.mark.kafka]),
    ],
)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Every story is told on both runtimes."""
    if request.param == "embedded":
        return Runtime()
    ask = request.getfixturevalue
    return Runtime(ask("postgres"), ask("broker"))


@pytest.fixture(scope="package")
def house(
    chromium: str, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The mechanism with its demonstration; ended by one Ctrl-C, which is checked."""
    made = House(tmp_path_factory.mktemp("house"), runtime)
    try:
        yield made.start()
        check_ending(made)
    finally:
        made.end()


@pytest.fixture(scope="package")
def tamar(program: Browser, house: House) -> Iterator[Reader]:
    """Who runs the machine, signed in by the link of the greeting."""
    with reader(program, house.url) as made:
        made.sign_in(house.link).close()
        yield made
