import ipaddress

import pytest

from booking_adapters._net.addresses import LONGEST_ADDRESS, AddressRefused, address_of, is_public

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "224.0.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_a_number_that_is_not_public_is_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(AddressRefused):
        address_of(f"https://{host}/hook")


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::8.8.8.8"])
def test_a_public_number_is_accepted(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
    host = f"[{text}]" if ":" in text else text
    assert address_of(f"https://{host}/hook").host == text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example/x",
        "http://hooks.example/x",
        "ftp://hooks.example/x",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "https:///x",
        "https://",
        "https://user@hooks.example/",
        "https://user:password@hooks.example/",
        "https://hooks.example@127.0.0.1/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://1.2.3/",
        "https://127.0.0.1./",
        "https://hooks.example.1/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://hooks.example:x/",
        "https://hooks.example/a b",
        "https://hooks.example/\t",
        "https://hooks.exa\nmple/",
        "https://hooks.example\\@127.0.0.1/",
        "https://hooks.example/\0",
        "https://höoks.example/",
        "https://hooks.example/" + "a" * LONGEST_ADDRESS,
    ],
)
def test_what_is_no_public_https_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        address_of(url)


def test_an_address_is_taken_apart() -> None:
    address = address_of("https://Hooks.Example:8443/in?key=1#top")
    assert (address.host, address.port, address.target) == ("hooks.example", 8443, "/in?key=1")
    assert address.authority == "hooks.example:8443"
    assert address_of("https://hooks.example").authority == "hooks.example"
    assert address_of("https://[2606:4700:4700::1111]/").authority == "[2606:4700:4700::1111]"


def test_this_machine_is_admitted_only_where_a_test_says_so() -> None:
    for url in ("http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/", "https://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            address_of(url)
        assert address_of(url, loopback=True).url == url
    for url in ("http://10.0.0.1/", "https://10.0.0.1/", "http://hooks.example/", "http://169.254.169.254/"):
        with pytest.raises(AddressRefused):
            address_of(url, loopback=True)
