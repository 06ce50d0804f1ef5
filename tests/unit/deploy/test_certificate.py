"""The certificate: made to try, given in production, and looked through before it is served."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from chassis.clock import SystemClock
from chassis.settings import Profile, Settings, WrongSetting
from deploy.certificate import CHAIN, KEY, see_to_certificate

TRYING = Settings(public_url="https://office.example.com:8443")
PRODUCTION = TRYING.model_copy(update={"profile": Profile.PRODUCTION})


def test_one_is_made_to_try_and_kept(tmp_path: Path) -> None:
    see_to_certificate(tmp_path, TRYING)
    made = (tmp_path / CHAIN).read_bytes()
    names = x509.load_pem_x509_certificate(made).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert set(names.value.get_values_for_type(x509.DNSName)) == {"localhost", "office.example.com"}
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600
    see_to_certificate(tmp_path, TRYING)
    assert (tmp_path / CHAIN).read_bytes() == made


def test_none_is_made_in_production(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="as HEADEND_TLS"):
        see_to_certificate(tmp_path, PRODUCTION)
    assert list(tmp_path.iterdir()) == []


def test_a_given_one_is_served_in_production(tmp_path: Path) -> None:
    see_to_certificate(tmp_path, TRYING)
    assert "is good until" in see_to_certificate(tmp_path, PRODUCTION)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        see_to_certificate(folder, TRYING)
    (one / KEY).write_bytes((other / KEY).read_bytes())
    with pytest.raises(WrongSetting, match="is not that of the certificate"):
        see_to_certificate(one, PRODUCTION)


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    see_to_certificate(tmp_path, TRYING)
    (tmp_path / CHAIN).write_text("nonsense")
    with pytest.raises(WrongSetting, match="in PEM form"):
        see_to_certificate(tmp_path, PRODUCTION)


def test_one_that_ended_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    see_to_certificate(tmp_path, TRYING)
    later = SystemClock().now() + timedelta(days=400)
    monkeypatch.setattr(SystemClock, "now", lambda _self: later)
    with pytest.raises(WrongSetting, match="renew it"):
        see_to_certificate(tmp_path, PRODUCTION)
