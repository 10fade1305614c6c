from __future__ import annotations

import pytest
from yarl import URL

from weighbridge.sources.network import Addresses, NotAllowed, next_hop

HUB = URL("https://hub.example")


async def test_a_host_with_private_addresses_only_is_not_asked() -> None:
    addresses = Addresses("hub.example")

    with pytest.raises(OSError, match="localhost has private addresses only"):
        await addresses.resolve("localhost", 443)
    await addresses.close()


async def test_the_endpoint_may_be_private_and_then_others_may_too() -> None:
    addresses = Addresses("localhost")

    own = await addresses.resolve("localhost", 80)
    other = await addresses.resolve("127.0.0.1", 80)

    assert own
    assert other
    assert addresses.may_ask("127.0.0.1")


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://127.0.0.1/x", "redirects to the private address 127.0.0.1"),
        ("https://[::1]/x", "redirects to the private address ::1"),
        ("http://hub.example/x", "redirects to hub.example without encryption"),
        ("https://hub.example:8443/x", "redirects to hub.example, which is not among"),
        ("https://evil.example/x", "redirects to evil.example, which is not among"),
        ("file:///etc/passwd", "redirects to a file address"),
        (None, "redirects to nowhere"),
    ],
)
def test_a_redirect_that_leaves_the_path_is_refused(location: str | None, why: str) -> None:
    hosts = frozenset({"127.0.0.1", "::1"})

    with pytest.raises(NotAllowed, match=why):
        next_hop(HUB / "a", location, HUB, hosts, Addresses("hub.example"))


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b?c=%2F", "https://hub.example/b?c=%2F"),
        ("https://cdn.example/b", "https://cdn.example/b"),
        ("//cdn.example/b", "https://cdn.example/b"),
    ],
)
def test_a_redirect_within_the_hub_and_its_stores_is_followed(location: str, target: str) -> None:
    followed = next_hop(HUB / "a", location, HUB, frozenset({"cdn.example"}), Addresses("hub.example"))

    assert str(followed) == target


@pytest.mark.parametrize(
    ("host", "followed"), [("cdn.hf.example", True), ("eu.cdn.hf.example", True), ("xhf.example", False)]
)
def test_hosts_below_a_listed_name_may_be_redirected_to(host: str, *, followed: bool) -> None:
    hosts = frozenset({".hf.example"})

    if followed:
        assert next_hop(HUB / "a", f"https://{host}/x", HUB, hosts, Addresses("hub.example")).host == host
    else:
        with pytest.raises(NotAllowed, match="is not among"):
            next_hop(HUB / "a", f"https://{host}/x", HUB, hosts, Addresses("hub.example"))
