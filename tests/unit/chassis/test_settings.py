"""A wrong or missing setting stops the start with a sentence that names it (DESIGN, 2)."""

import pytest

from chassis.settings import Settings, WrongSetting, load_settings

REAL = {"HEADEND_MODE": "real", "HEADEND_AMQP_URI": "amqp://operator:secret@rabbit/headend"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"HEADEND_PORT": "70000"}, "HEADEND_PORT"),
        ({"HEADEND_TODAY": "yesterday"}, "HEADEND_TODAY"),
        ({"HEADEND_MODE": "real"}, "HEADEND_AMQP_URI must name a RabbitMQ"),
        ({"HEADEND_AMQP_URI": "amqp://a:b@c"}, "is for real mode"),
        ({"HEADEND_PROFILE": "production"}, "needs HEADEND_MODE=real"),
        (
            {**REAL, "HEADEND_PROFILE": "production", "HEADEND_AMQP_URI": "amqp://guest:guest@rabbit"},
            "guest:guest",
        ),
        (
            {**REAL, "HEADEND_PROFILE": "production", "HEADEND_ADMIN_PASSWORD": "changeme"},
            "HEADEND_ADMIN_PASSWORD",
        ),
        (
            {
                **REAL,
                "HEADEND_PROFILE": "production",
                "HEADEND_SMTP_HOST": "mail",
                "HEADEND_SMTP_SECURITY": "plain",
            },
            "HEADEND_SMTP_SECURITY",
        ),
        ({**REAL, "HEADEND_PROFILE": "production", "HEADEND_FAULT": "relay.after_claim"}, "HEADEND_FAULT"),
        ({**REAL, "HEADEND_PROFILE": "production", "HEADEND_HURRY": "10"}, "HEADEND_HURRY"),
        ({"HEADEND_FAULT": "somewhere"}, "HEADEND_FAULT.*must be one of payment.before_commit"),
        ({"HEADEND_HURRY": "much"}, "HEADEND_HURRY"),
        ({"HEADEND_SMTP_SECURITY": "ssl"}, "is not one of those known"),
        ({"HEADEND_SMTP_FROM": "nobody"}, "HEADEND_SMTP_FROM"),
        ({"HEADEND_SMTP_FROM": "a@example.com, b@example.com"}, "one address"),
        ({"HEADEND_SMTP_FROM": "Head\nend <a@example.com>"}, "HEADEND_SMTP_FROM"),
        ({"HEADEND_ADMIN_USERNAME": "a b"}, "HEADEND_ADMIN_USERNAME"),
        ({"HEADEND_BILLING_DATABASE_URL": "mysql://u:p@db/x"}, "HEADEND_BILLING_DATABASE_URL: must be"),
        ({"HEADEND_BILLING_DATABASE_URL": "nonsense"}, "HEADEND_BILLING_DATABASE_URL: must be"),
        (
            {"HEADEND_BILLING_DATABASE_URL": "postgresql://u@db:port/x"},
            "HEADEND_BILLING_DATABASE_URL: must be",
        ),
        ({**REAL, "HEADEND_BILLING_DATABASE_URL": "sqlite:////tmp/x.db"}, "PostgreSQL"),
        ({"HEADEND_SCHEDULE": "maybe"}, "must be on or off"),
        ({"HEADEND_WORKERS": "0"}, "HEADEND_WORKERS is '0'"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match=sentence) as refused:
        load_settings()
    for jargon in ("Input should", "String should", "pydantic", "Value error"):
        assert jargon not in str(refused.value)


def database_in_production(monkeypatch: pytest.MonkeyPatch, how: str) -> Settings:
    for name, value in {**REAL, "HEADEND_PROFILE": "production"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HEADEND_BILLING_DATABASE_URL", f"postgresql://ada:s3cret@db/x{how}")
    return load_settings()


@pytest.mark.parametrize(
    "how", ["?sslmode=require", "?sslmode=prefer", "?sslmode=allow", "?x=1&sslmode=verify-ca"]
)
def test_in_production_a_database_is_encrypted_and_verified_or_neither(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with pytest.raises(WrongSetting, match="production needs sslmode=verify-full") as refused:
        database_in_production(monkeypatch, how)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("how", ["", "?sslmode=disable", "?sslmode=verify-full&sslrootcert=/etc/ca.pem"])
def test_in_production_a_database_that_is_verified_is_taken(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    assert database_in_production(monkeypatch, how).billing_database_url


@pytest.mark.parametrize("url", ["postgresq://ada:s3cret@db/x", "mysql://ada:s3cret@db/x", "s3cret"])
def test_a_sentence_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HEADEND_BILLING_DATABASE_URL", url)
    with pytest.raises(WrongSetting) as refused:
        load_settings()
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:p%40ss@db:5432/x",
        "postgresql:///x?host=/run/pg",
        "postgres://ada@db/x",
        "sqlite:////tmp/x.db",
    ],
)
def test_the_usual_forms_of_a_database_are_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HEADEND_BILLING_DATABASE_URL", url)
    assert load_settings().database_url("billing") == url


def test_a_missing_database_in_real_mode_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match="HEADEND_BILLING_DATABASE_URL"):
        load_settings().database_url("billing")


def test_without_any_setting_all_runs_in_one_process_here() -> None:
    settings = Settings()
    assert settings.embedded
    assert settings.database_url("billing").startswith("sqlite:///")
