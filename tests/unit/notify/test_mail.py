from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notify.domain.header_text import display_name, header_line
from notify.mail import BadAddress, Envelope, File, build_mail, recipient_address, sender_address
from notify.templating import Rendered

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
nasty = st.text(
    st.one_of(st.characters(), st.sampled_from('\r\n\0\x0b\x0c\x1c\x85\u2028\u2029\t,;:<>()[]@"\\=?')),
    max_size=250,
)


def mail_of(envelope: Envelope) -> EmailMessage:
    found = message_from_bytes(envelope.content, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def build(
    subject: str = "Hello", name: str = "Main", to: str = "a@example.com", text: str = "Hi"
) -> Envelope:
    return build_mail(
        Rendered(subject, text, f"<p>{text}</p>"), sender="tv@example.com", sender_name=name, recipient=to,
        mail_id=uuid4(), created_at=AT, language="en",
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(subject=nasty, name=nasty)
def test_nothing_in_a_subject_or_name_adds_a_header_or_a_recipient(subject: str, name: str) -> None:
    mail = mail_of(build(subject, name))
    assert set(mail.keys()) <= HEADERS and len(mail.keys()) == len(set(mail.keys()))
    assert [address for _, address in getaddresses([str(mail["To"])])] == ["a@example.com"]
    assert [address for _, address in getaddresses([str(mail["From"])])] == ["tv@example.com"]
    assert not mail.defects


@settings(max_examples=80, deadline=None)
@given(subject=nasty)
def test_a_subject_arrives_as_one_line_with_its_letters(subject: str) -> None:
    arrived = str(mail_of(build(subject))["Subject"])
    assert arrived.split() == header_line(subject).split()


@settings(max_examples=40, deadline=None)
@given(text=nasty)
def test_a_mail_travels_as_plain_ascii_lines(text: str) -> None:
    content = build(text=text).content
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@settings(max_examples=60, deadline=None)
@given(text=nasty)
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    body = mail_of(build(text=text)).get_body(("plain",))
    assert body is not None
    written = "".join(f"{line}\n" for line in text.splitlines()) or "\n"
    assert body.get_content().replace("\r\n", "\n") == written.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@b",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: x@example.com",
        "A <a@example.com>",
        "a b@c.com",
    ],
)
def test_only_one_bare_address_is_an_address(text: str) -> None:
    with pytest.raises(BadAddress):
        recipient_address(text)


def test_a_domain_beyond_ascii_is_written_for_the_wire() -> None:
    assert recipient_address("jan@straße.example") == "jan@xn--strae-oqa.example"
    assert not build(to="jan@straße.example").needs_utf8


def test_a_local_part_beyond_ascii_asks_for_a_server_that_takes_it() -> None:
    envelope = build(to="żółw@example.com")
    assert envelope.needs_utf8
    assert "\r\nTo: żółw@example.com\r\n".encode() in envelope.content


def test_long_addresses_arrive_whole() -> None:
    address = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example.com"
    assert mail_of(build(to=address))["To"].addresses[0].addr_spec == address


def test_the_sender_is_read_from_the_setting() -> None:
    assert sender_address("Headend <headend@example.com>") == "headend@example.com"


def test_a_name_cannot_pose_as_an_address() -> None:
    assert display_name('"Bank" <bank@example.com>, X') == "Bank bank example.com X"


def test_an_attachment_keeps_its_bytes_and_name() -> None:
    made = build_mail(
        Rendered("S", "t", "<p>t</p>"), sender="tv@example.com", sender_name="", recipient="a@example.com",
        mail_id=uuid4(), created_at=AT, language="en",
        attachment=File("MAIN-2026-1.pdf", "application/pdf", b"\0\xff.\r\n."),
    )  # fmt: skip
    (part,) = mail_of(made).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("MAIN-2026-1.pdf", "application/pdf")
    assert part.get_content() == b"\0\xff.\r\n."
