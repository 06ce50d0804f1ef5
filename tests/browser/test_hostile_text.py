"""What somebody types is shown as text on every page and in every mail, and runs nothing (TRUST, checks 11 and 12).

The browser is told to pass over our Content-Security-Policy, which would stop such scripts by itself: here the escaping
alone has to hold.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import PAGES
from tests.browser.town import ACCOUNTS, inhabit, names_in
from tests.browser.visitor import Visitor
from tests.stack.api import Api
from tests.stack.builders import TODAY
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.people import OWN_PASSWORD, add_staff, sign_in_customer
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow

EVIL = "\"><svg/onload=alert(1)>'{{7*7}}"
ROLES = ("admin", "manager", "cashier", "support", "technician", "customer")
PLANTED = "document.querySelectorAll('[onload], [onerror], svg[onload]').length"


@dataclass(frozen=True)
class HostileTown:
    """A branch whose people typed markup into everything that takes words."""

    headend: Embedded
    logins: dict[str, tuple[str, str]]
    names: dict[str, str]


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileTown]:
    with Embedded(tmp_path_factory.mktemp("hostile") / "home", today=TODAY) as headend:
        yield build(headend)


def build(headend: Embedded) -> HostileTown:
    admin = headend.admin()
    branch = admin.ok(
        "POST",
        "/branches",
        json={
            "code": "EVIL", "name": EVIL, "currency": "INR", "time_zone": "Asia/Kolkata", "tax_id": EVIL,
            "letterhead": [EVIL, EVIL], **ACCOUNTS, "account_name": EVIL,
        },
    )["id"]  # fmt: skip
    place = inhabit(admin, branch, EVIL)
    _own_words(admin, branch)
    people = ("manager", "cashier", "support", "technician")
    for role in people:
        add_staff(headend, admin, f"{role}-evil", role, branch)
    for member in admin.pages("/staff"):
        if member["username"].endswith("-evil"):
            admin.ok("PATCH", f"/staff/{member['id']}", json={"name": EVIL})
    cashier = Api(headend.address).sign_in("cashier-evil", OWN_PASSWORD)
    customer = sign_in_customer(headend, place.customer)
    _type_everywhere(admin, place.customer["id"], place.complaint)
    logins = {role: (f"{role}-evil", OWN_PASSWORD) for role in people}
    logins |= {"admin": ("admin", PASSWORD), "customer": (place.customer["username"], OWN_PASSWORD)}
    return HostileTown(headend, logins, names_in(place, admin, cashier, customer))


def _own_words(admin: Api, branch: str) -> None:
    """Markup into a letter, once notify has heard of the branch. Braces are for placeholders alone."""
    words = EVIL.partition("'")[0]
    letter = {
        "subject": f"{words} {{total}}",
        "body": f"{words}\n{{months}}",
        "version": 0,
        "branch_id": branch,
    }
    path = "/letters/dues_outstanding/en"
    wait_until("the letter is kept", lambda: admin.request("PUT", path, json=letter).is_success)


def _type_everywhere(admin: Api, customer: str, complaint: str) -> None:
    """Markup into what is left: the record, the complaint, a fee, a promise, a voided payment."""
    record = (
        "house_name",
        "street",
        "area",
        "district",
        "state",
        "country",
        "postal_code",
        "notes",
        "id_type",
        "id_number",
    )
    admin.ok("PATCH", f"/customers/{customer}", json=dict.fromkeys(record, EVIL))
    admin.ok("POST", f"/complaints/{complaint}/notes", json={"note": EVIL})
    admin.ok("POST", f"/complaints/{complaint}/resolution", json={"resolution": EVIL})
    admin.ok("POST", f"/complaints/{complaint}/reopening", json={"reason": EVIL})
    said: tuple[tuple[str, dict[str, Any]], ...] = (
        ("charges", {"category": "late", "amount": "1.00", "note": EVIL}),
        ("complaints", {"kind": "other", "message": f"{EVIL}\n{EVIL}"}),
        ("promise", {"promised_until": "2026-11-09", "note": EVIL}),
        ("payments", {"amount": "250.00", "mode": "online", "reference": EVIL}),
    )
    made = [
        admin.ok("POST", f"/customers/{customer}/{what}", key=str(uuid.uuid4()), json=body)
        for what, body in said
    ]
    admin.ok("POST", f"/payments/{made[-1]['payment_number']}/void", json={"reason": EVIL})


@dataclass
class Watched:
    """A window that notes every dialog that a page opens."""

    visitor: Visitor
    dialogs: list[str]

    def faults(self, path: str) -> list[str]:
        """What the page at that path ran, or lets stand as an element."""
        self.dialogs.clear()
        status = self.visitor.open(path)
        planted = sum(frame.evaluate(PLANTED) for frame in self.visitor.page.frames)
        return [
            *self.dialogs,
            *(["an element of theirs"] if planted else []),
            *([str(status)] if status >= 500 else []),
        ]


@pytest.fixture
def watched(browser: Browser, town: HostileTown) -> Iterator[Watched]:
    context = browser.new_context(bypass_csp=True)
    page, dialogs = context.new_page(), list[str]()
    listen(page, dialogs)
    yield Watched(Visitor(context, page, town.headend.address), dialogs)
    context.close()


def listen(page: Page, dialogs: list[str]) -> None:
    def note(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_runs_what_somebody_typed(town: HostileTown, watched: Watched, role: str) -> None:
    watched.visitor.sign_in(*town.logins[role])
    found, shown = {}, 0
    for page in PAGES:
        if page.role == role:
            path = page.path.format(**town.names)
            if faults := watched.faults(path):
                found[path] = faults
            shown += "svg/onload" in watched.visitor.page.inner_text("body")
    assert found == {}
    assert shown >= {"admin": 15, "technician": 0}.get(role, 1), "pages on which it stands to be read"


def test_no_page_runs_what_stands_in_its_address(town: HostileTown, watched: Watched) -> None:
    watched.visitor.sign_in(*town.logins["admin"])
    asked = (
        "search",
        "next",
        "status",
        "area",
        "branch",
        "year",
        "day",
        "state",
        "cursor",
        "kind",
        "selection",
    )
    query = "&".join(f"{name}={quote(EVIL)}" for name in asked)
    plain = [
        page.path for page in PAGES if page.role == "admin" and "{" not in page.path and "?" not in page.path
    ]
    assert {path: faults for path in plain if (faults := watched.faults(f"{path}?{query}"))} == {}
    for path in (
        f"/{quote(EVIL)}",
        f"/customers/{quote(EVIL)}",
        f"/password/{quote(EVIL)}",
        f"/sign-in?next={quote(EVIL)}",
    ):
        assert watched.faults(path) == []


def test_the_previews_of_letters_run_nothing(town: HostileTown, watched: Watched) -> None:
    watched.visitor.sign_in(*town.logins["admin"])
    branch, customer = town.names["branch"], town.names["customer"]
    for path in (
        f"/settings/letters/dues_outstanding/en/preview?branch={branch}", f"/customers/{customer}/reminder/mail",
    ):  # fmt: skip
        assert watched.faults(path) == []
        assert "svg/onload" in watched.visitor.page.content()


def test_no_mail_runs_what_somebody_typed(town: HostileTown, watched: Watched) -> None:
    written = [mail.message.get_body(("html",)) for mail in town.headend.mails()]
    pages = [body.get_content() for body in written if body is not None]
    assert len(pages) > 5 and any("svg/onload" in page for page in pages)
    for page in pages:
        watched.visitor.page.set_content(page)
        assert watched.dialogs == [] and watched.visitor.page.evaluate(PLANTED) == 0


def test_what_would_run_is_noticed(town: HostileTown, watched: Watched) -> None:
    watched.visitor.page.set_content(f'<input value="{EVIL}">')
    watched.visitor.page.wait_for_timeout(100)
    assert watched.dialogs == ["1"] and watched.visitor.page.evaluate(PLANTED) == 1
