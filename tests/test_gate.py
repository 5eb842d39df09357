"""Which addresses a page may be fetched from."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetching.gate import is_private, is_public

PUBLIC = ["93.184.215.14", "1.1.1.1", "172.15.0.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::5db8:d70e"]
OWN = ["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.31.0.9", "192.168.1.1", "100.64.0.1", "::1", "fd12::1"]
NOBODYS = [
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "0.1.2.3",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_open(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OWN)
def test_the_own_network_is_open_where_it_is_allowed(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert is_private(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOBODYS)
def test_what_no_page_lies_at_is_never_open(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert not is_private(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_no_address_is_both_and_what_python_sets_apart_is_not_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not (is_public(address) and is_private(address))
    assert address.is_global or not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_no_way_around(address: ipaddress.IPv4Address) -> None:
    through = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address))
    assert is_public(through) == is_public(address)
    assert not is_public(ipaddress.IPv6Address(f"::ffff:{address}"))
