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
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], sentence: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match=sentence):
        load_settings()


def test_a_missing_database_in_real_mode_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting, match="HEADEND_BILLING_DATABASE_URL"):
        load_settings().database_url("billing")


def test_without_any_setting_all_runs_in_one_process_here() -> None:
    settings = Settings()
    assert settings.embedded
    assert settings.database_url("billing").startswith("sqlite:///")
