"""From where somebody signed in: as much as they need to recognise it, and no more is kept of them."""

import re
from ipaddress import IPv4Address, ip_address

_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
"""What a browser calls itself, in an order in which the first that is found is right: most say Safari too."""
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
_PROGRAM = re.compile(r"^([A-Za-z][A-Za-z0-9._-]{0,39})(?:/|$)", re.ASCII)


def rough_address(address: str) -> str:
    """The network that an address lies in: 203.0.113.9 is "203.0.113.*", an IPv6 address its first three groups."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv4Address):
        return f"{str(parsed).rpartition('.')[0]}.*"
    return f"{':'.join(group.lstrip('0') or '0' for group in parsed.exploded.split(':')[:3])}:*"


def rough_browser(user_agent: str) -> str:
    """Browser and system, such as "Firefox on Windows"; of a program its name; empty when it says nothing usable."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    found = _PROGRAM.match(user_agent)
    return browser or system or (found.group(1) if found else "")
