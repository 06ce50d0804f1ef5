"""A field key is given a successor while somebody signs in in two steps."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from chassis.clock import FixedClock, SystemClock
from chassis.field_keys import IN_FORCE_AFTER, key_number
from chassis.migrations import migrate, migrations_of
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from customers.sealed import reseal
from customers.tables import Customer
from customers.two_step_tables import TwoStep
from deploy.keys import keys
from tests.unit.customers.builders import GOOD_PASSWORD, Operator
from tests.unit.customers.two_steps import Telephone, complete, member, set_up


class House:
    """A home with customers in it; each process that is started there reads the keys anew."""

    def __init__(self, home: Path, url: str | None) -> None:
        self.clock = FixedClock(SystemClock().now() - timedelta(days=1))
        self._settings = Settings(home=home, customers_database_url=url)
        self.process = self._started()
        migrate(self.process.database, migrations_of("customers"))
        self.process.keys.make_missing(("customers",))
        self.operator = Operator(self.process.database, self.clock)
        self.operator.field_keys = self.process.field_keys

    def restart(self) -> None:
        """Another process of customers takes the place of this one."""
        self.stop()
        self.process = self._started()
        self.operator.database, self.operator.field_keys = self.process.database, self.process.field_keys

    def stop(self) -> None:
        self.process.stop()
        self.process.database.close()

    def keys_of(self, column: str) -> set[int]:
        """The numbers of the keys that encrypt the column now."""
        columns = {"secret": TwoStep.secret, "id_number": Customer.id_number_sealed}
        with self.operator.reading() as session:
            return {key_number(sealed) for sealed in session.scalars(select(columns[column]))}

    def _started(self) -> Platform:
        return Platform("customers", self._settings, cast(RpcClient, None), clock=self.clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    url: str | None = None
    monkeypatch.setenv("HEADEND_HOME", str(tmp_path))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("HEADEND_CUSTOMERS_DATABASE_URL", url)
    made = House(tmp_path, url)
    yield made
    made.stop()


@pytest.fixture
def telephone(house: House) -> Telephone:
    """The app of somebody who signs in in two steps, since before the new key; a customer is there, too."""
    member(house.operator)
    house.operator.customer(id_type="Passport", id_number="P-4321-8765")
    return set_up(house.operator)[0]


def rotate(house: House) -> None:
    """A new key is made and comes into force; then the job runs in a process that has it."""
    house.process.keys.add_field_key(house.clock)
    house.clock.move(IN_FORCE_AFTER + timedelta(hours=1))
    house.restart()
    reseal(house.process)


def test_a_new_key_is_brought_to_secrets_of_apps_as_to_id_numbers(house: House, telephone: Telephone) -> None:
    before = {column: house.keys_of(column) for column in ("secret", "id_number")}
    rotate(house)
    after = {column: house.keys_of(column) for column in ("secret", "id_number")}
    assert (before, after) == ({"secret": {1}, "id_number": {1}}, {"secret": {2}, "id_number": {2}})


def test_the_app_still_signs_in_when_the_older_key_is_removed(house: House, telephone: Telephone) -> None:
    rotate(house)
    (house.process.keys.folder / "fields-1.key").unlink()
    house.restart()
    half = house.operator.sign_in("meera", GOOD_PASSWORD).token
    assert complete(house.operator, half, telephone.next_code()) is not None


def test_a_key_that_still_encrypts_the_secret_of_an_app_is_told_as_in_use(
    house: House, telephone: Telephone
) -> None:
    assert "fields-1.key: 2 values; in use" in CliRunner().invoke(keys, ["in-use"]).output


def test_after_rotation_the_older_key_is_told_as_no_longer_used(house: House, telephone: Telephone) -> None:
    rotate(house)
    said = CliRunner().invoke(keys, ["in-use"]).output.splitlines()
    assert said[0].startswith("fields-1.key: 0 values; no longer used")
    assert said[1] == "fields-2.key: 2 values; in use"
