"""The folder of secrets is looked through before anything starts."""

import subprocess
from pathlib import Path

import pytest

from chassis.settings import Profile, Settings, WrongSetting
from deploy.secret_files import check_secrets

DEPLOY = Path(__file__).parents[3] / "deploy/compose"
TRYING = Settings()
PRODUCTION = TRYING.model_copy(update={"profile": Profile.PRODUCTION})


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Secrets as make_secrets.sh makes them."""
    folder = tmp_path / "secrets"
    subprocess.run(["sh", str(DEPLOY / "make_secrets.sh"), str(folder)], check=True, capture_output=True)
    return folder


def test_the_secrets_to_try_are_fit_to_try_and_nothing_else() -> None:
    assert check_secrets(DEPLOY / "secrets-to-try", TRYING) == 14
    with pytest.raises(WrongSetting, match=r"refused in production: .*grafana_password.*postgres_password"):
        check_secrets(DEPLOY / "secrets-to-try", PRODUCTION)


def test_made_secrets_are_complete_and_fit_for_production(own: Path) -> None:
    names = {path.name for path in own.iterdir()}
    assert names == {path.name for path in (DEPLOY / "secrets-to-try").iterdir()}
    assert check_secrets(own, PRODUCTION) == 14
    assert own.stat().st_mode & 0o777 == 0o700


def test_made_again_they_stay_as_they_are(own: Path) -> None:
    before = {path.name: path.read_text() for path in own.iterdir()}
    subprocess.run(["sh", str(DEPLOY / "make_secrets.sh"), str(own)], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in own.iterdir()} == before
    assert len(set(before.values())) == 14


def test_an_empty_secret_is_named(own: Path) -> None:
    (own / "billing_amqp_password").write_text("")
    with pytest.raises(WrongSetting, match="not complete: billing_amqp_password"):
        check_secrets(own, TRYING)


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_secrets_is_refused(tmp_path: Path, there: bool) -> None:
    with pytest.raises(WrongSetting, match=r"there are none|cannot be read"):
        check_secrets(tmp_path if there else tmp_path / "gone", TRYING)
