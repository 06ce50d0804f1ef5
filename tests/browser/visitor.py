"""Somebody at a browser: signs in, opens pages, and looks at each one as a careful reviewer would."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

DESKTOP, PHONE = 1280, 390
"""Widths in pixels at which every page is looked at."""

_AXE = Axe()  # only for its script: it would send it once more for every run
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@dataclass
class Visitor:
    """One browser window. `complaints` gathers what the browser itself found wrong: errors, refused scripts."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, browser: Browser, address: str, language: str = "en", *, scripts: bool = True) -> "Visitor":
        """A new window whose browser asks for that language."""
        context = browser.new_context(
            viewport={"width": DESKTOP, "height": 900}, locale=language.replace("_", "-"),
            java_script_enabled=scripts,
        )  # fmt: skip
        visitor = cls(context, context.new_page(), address)
        visitor.page.on("console", visitor._hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        return visitor

    def sign_in(self, username: str, password: str, language: str = "en") -> "Visitor":
        """Through the form, in that language."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.click(f"button[name=language][value={language}]")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")
        return self

    def open(self, path: str) -> int:
        """Open the page at that path; its status."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status

    def faults(self) -> list[str]:
        """What is wrong with the page shown, at both widths: what the browser says, sideways scrolling, axe."""
        found = list(self.complaints)
        self.complaints.clear()
        self.page.evaluate(_AXE.axe_script)
        for width in (DESKTOP, PHONE):
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{wide} pixels wide on a screen of {width}")
            found += [f"at {width}: {fault}" for fault in self._axe()]
        self.page.set_viewport_size({"width": DESKTOP, "height": 900})
        return found

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def _axe(self) -> list[str]:
        violations = self.page.evaluate("rules => axe.run(document, rules)", _RULES)["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} times)" for one in violations
        ]

    def _hear(self, message: Any) -> None:
        # A page that answers 404 or 422 on purpose is no fault of the page.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)
