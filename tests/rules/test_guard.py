"""The guard: which addresses may be reached, and that nothing gets around it."""

import socket

import pytest

from streams.collectors import guard

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::",
    "2002:808:808::1",
    "3fff::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_or_carrying_address_is_refused(address: str) -> None:
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00::1"])
def test_a_public_address_may_be_reached(address: str) -> None:
    assert guard.is_public(address)


def _info(address: str, port: int) -> guard.AddrInfo:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


def test_the_socket_factory_refuses_before_there_is_a_socket() -> None:
    with pytest.raises(guard.Refused, match=r"10\.0\.0\.1"):
        guard.socket_factory()(_info("10.0.0.1", 80))


def test_an_allowed_pair_is_exact_in_host_and_port() -> None:
    open_socket = guard.socket_factory([("127.0.0.1", 8010)])
    open_socket(_info("127.0.0.1", 8010)).close()
    for address, port in (("127.0.0.1", 8011), ("127.0.0.2", 8010)):
        with pytest.raises(guard.Refused):
            open_socket(_info(address, port))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/x", "//a.example", "http://", "http://[::1", "x", ""],
)
def test_only_web_addresses_with_a_host_are_fetched(url: str) -> None:
    with pytest.raises(guard.BadAddress):
        guard.check_url(url)


def test_a_refusal_is_found_inside_the_clients_error() -> None:
    wrapped = ConnectionError("wrapped")
    wrapped.__cause__ = guard.Refused("10.0.0.1")
    assert guard.was_refused(wrapped)
    assert not guard.was_refused(ConnectionError("plain"))
