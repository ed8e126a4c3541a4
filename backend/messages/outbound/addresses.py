"""Which addresses may be connected to when somebody else has named the place.

Only what is public: an address of this machine, of the house's own networks, or of a cloud's metadata would let whoever
registers a place look, through us, at what only we can reach. Forms of IPv6 that bear an address of IPv4 (mapped, 6to4,
NAT64) are judged by what they bear.
"""

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
# What Python's own table takes for public: protocol assignments (a cloud's metadata among them), relays of 6to4, and
# the address at which machines of one cloud reach their host.
NOT_PUBLIC = tuple(IPv4Network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))


def fault(address: Address) -> str:
    """What kind of address it is, where it may not be connected to: ``loopback``, ``link-local`` …; empty: it may."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return "link-local"
        borne = _borne(address)
        if borne is not None:
            return fault(borne)
    kinds = {
        "unspecified": address.is_unspecified,
        "loopback": address.is_loopback,
        "link-local": address.is_link_local,
        "multicast": address.is_multicast,
        "reserved": address.is_reserved or _listed(address),
        "private": not address.is_global,
        "not global unicast": isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST,
    }
    return next((kind for kind, so in kinds.items() if so), "")


def read(text: str) -> Address:
    """The address that a resolver gave.

    Raises:
        ValueError: it is none.
    """
    return ipaddress.ip_address(text)


def _listed(address: Address) -> bool:
    return isinstance(address, IPv4Address) and any(address in network for network in NOT_PUBLIC)


def _borne(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
