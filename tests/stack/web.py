"""The pages as a browser without scripts uses them: cookies, forms and their tokens, over HTTP."""

import re

import httpx


class Web:
    """Somebody at the pages. Redirects are not followed, so that a test sees them."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=30)

    def sign_in(self, username: str, password: str) -> "Web":
        """Through the form. Raises AssertionError when it is refused."""
        self.http.get("/sign-in")
        answer = self.send("/sign-in", username=username, password=password)
        assert answer.status_code == 303 and answer.headers["Location"] == "/", answer.text[-600:]
        return self

    def open(self, path: str) -> httpx.Response:
        """The page at that path, whatever its status."""
        return self.http.get(path)

    def send(self, path: str, **fields: str) -> httpx.Response:
        """A form sent with a token of this session's own."""
        page = self.http.get("/password" if path != "/sign-in" else path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert found is not None, page.text[-600:]
        return self.http.post(path, data={**fields, "csrf_token": found.group(1)})
