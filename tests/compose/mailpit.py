"""The mails that Mailpit holds, by its own API."""

import httpx

from tests.stack.mail import Mail


class Mailpit:
    """What arrived at the mail server for trying."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30)
        self._read: dict[str, Mail] = {}

    def count(self) -> int:
        """How many mails there are."""
        return int(self._http.get("/messages", params={"limit": 1}).raise_for_status().json()["total"])

    def mails(self) -> list[Mail]:
        """All mails so far."""
        listed = self._http.get("/messages", params={"limit": 100_000}).raise_for_status().json()["messages"]
        for entry in listed:
            if entry["ID"] not in self._read:
                raw = self._http.get(f"/message/{entry['ID']}/raw").raise_for_status().content
                self._read[entry["ID"]] = Mail(raw)
        return list(self._read.values())
