"""Secrets come by environment or by file, passwords may be kept apart, and those that everybody knows are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu.utils.url import parse_url
from sqlalchemy.engine import make_url

from chassis.secret_settings import is_default_password, with_password
from chassis.settings import WrongSetting, load_settings

REAL = {"HEADEND_MODE": "real", "HEADEND_AMQP_URI": "amqp://billing@rabbit/headend"}
OWN = "q7cIPz-9Lr_own"
URL = "postgresql://billing@db/billing"


def setting(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in (
        REAL | {f"HEADEND_{name.upper()}": value for name, value in settings.items()}
    ).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("smtp_password", OWN),
        ("admin_password", OWN),
        ("amqp_uri", "amqp://a:b@c/d"),
        ("billing_database_url", "postgresql://u:p@db/x"),
    ],
)
def test_a_secret_may_lie_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, secret: str
) -> None:
    (tmp_path / name).write_text(f"{secret}\n")
    setting(monkeypatch, **{f"{name}_file": str(tmp_path / name)})
    monkeypatch.delenv(f"HEADEND_{name.upper()}", raising=False)
    assert getattr(load_settings(), name) == secret


def test_an_empty_file_is_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("\n")
    setting(monkeypatch, smtp_password_file=str(tmp_path / "none"))
    assert load_settings().smtp_password is None


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, smtp_password_file="/nowhere/smtp")
    with pytest.raises(
        WrongSetting, match="HEADEND_SMTP_PASSWORD_FILE names /nowhere/smtp, which cannot be read"
    ):
        load_settings()


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text(OWN)
    setting(monkeypatch, smtp_password=OWN, smtp_password_file=str(tmp_path / "smtp"))
    with pytest.raises(WrongSetting, match="both given"):
        load_settings()


def test_a_password_kept_apart_is_put_into_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, billing_database_url=URL, billing_database_password="a/b@c", amqp_password=OWN)
    settings = load_settings()
    assert settings.database_url("billing") == "postgresql://billing:a%2Fb%40c@db/billing"
    assert settings.amqp_uri == f"amqp://billing:{OWN}@rabbit/headend"


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_password_reaches_database_and_bus_as_it_is(password: str) -> None:
    assert make_url(with_password(URL, password, "URL")).password == password
    assert parse_url(with_password("amqp://u@h/v", password, "URI"))["password"] == password


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://billing:x@db/billing", "HEADEND_BILLING_DATABASE_URL holds a password already"),
        ("postgresql://db/billing", "HEADEND_BILLING_DATABASE_URL names no user"),
    ],
)
def test_a_password_without_a_place_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, sentence: str
) -> None:
    setting(monkeypatch, billing_database_url=url, billing_database_password=OWN)
    with pytest.raises(WrongSetting, match=sentence) as refused:
        load_settings()
    assert OWN not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"amqp_password": "try-billing_amqp_password"},
        {"amqp_password": "guest"},
        {"amqp_password": "Billing"},
        {"billing_database_url": "postgresql://billing:postgres@db/billing"},
        {"billing_database_url": URL, "billing_database_password": "try-billing_database_password"},
        {"reports_database_url": "postgresql://reports:reports@db/reports"},
        {"admin_password": "try-headend-first"},
        {"smtp_password": "ChangeMe"},
    ],
)
def test_a_password_that_everybody_knows_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    setting(monkeypatch, profile="try", **given)
    load_settings()
    setting(monkeypatch, profile="production", **given)
    with pytest.raises(WrongSetting, match="default password"):
        load_settings()


def test_passwords_of_ones_own_are_taken_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, profile="production", amqp_password=OWN, billing_database_url=URL,
            billing_database_password=OWN, admin_password=OWN, smtp_password=OWN)  # fmt: skip
    assert load_settings().profile == "production"


def test_no_user_at_all_means_guest_on_rabbitmq_and_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, profile="production", amqp_uri="amqp://rabbit/headend")
    with pytest.raises(WrongSetting, match="guest:guest"):
        load_settings()


def test_every_password_of_the_try_profile_counts_as_known() -> None:
    folder = Path(__file__).parents[3] / "deploy/compose/secrets-to-try"
    secrets = {path.name: path.read_text().strip() for path in folder.iterdir()}
    assert len(secrets) == 14
    assert [name for name, secret in secrets.items() if not is_default_password(secret)] == []


@pytest.mark.parametrize("placeholder", ["REPLACE", "REPLACE-or-leave-out", "replace-me"])
def test_a_placeholder_that_nobody_replaced_counts_as_known(placeholder: str) -> None:
    assert is_default_password(placeholder)
