"""Fault 15: disks without a free byte."""

import time

from tests.faults.house import House
from tests.faults.stories.servers_away import answers_in_time, slowest_since
from tests.faults.trial import Trial, fault


@fault("15", "disk full: of the database, of logs and temporary files, of the broker")
def disk_full(trial: Trial) -> None:
    """A full database volume is answered with 503, nothing is half written or acknowledged, and it heals by itself when
    there is space again. Full disks of logs and temporary files stop no payment, and no PDF is cut off. The broker's
    limit blocks publications (fault 7) and is answered with 503.
    """
    house, grounds = trial.house, trial.grounds
    grounds.home_volume.fill()  # says at once where no limited volume can be had
    grounds.home_volume.free()
    seconds = trial.pick(5, 60)
    temporary = grounds.home_volume.folder / "temporary"
    temporary.mkdir(exist_ok=True)
    with trial.inspected(house):
        house.real.replace(house.process("reports"), {"TMPDIR": str(temporary)})
        house.wait_until_ready()
        _while_logs_are_full(trial, house, seconds)
        began = time.monotonic()
        trial.inject("the database's disk is full")
        grounds.database_volume.fill()
        try:
            time.sleep(seconds)
        finally:
            grounds.database_volume.free()
        postgres = house.servers.postgres
        if (
            not postgres.running
        ):  # PostgreSQL stops when its journal cannot grow; its supervisor starts it again
            trial.note("PostgreSQL stopped itself and was started anew")
            postgres.stop()
            postgres.start()
        trial.note(f"slowest answer while the database's disk was full {slowest_since(house, began):.1f} s")
        house.wait_until_ready()
        began = time.monotonic()
        trial.inject("the broker's disk limit")
        house.servers.rabbit.control("set_disk_free_limit", "100000GB")
        time.sleep(seconds)
        house.servers.rabbit.control("set_disk_free_limit", "50MB")
        answers_in_time(trial, house, began)
        house.real.replace(house.process("reports"))


def _while_logs_are_full(trial: Trial, house: House, seconds: float) -> None:
    paid = len(house.load.history.answers)
    trial.inject("the disk of logs and temporary files is full")
    trial.grounds.home_volume.fill()
    try:
        time.sleep(seconds)
        made = len(house.load.history.answers) - paid
        trial.demand(made > 0, "No payment was taken while the disk of logs was full")
        trial.note(f"{made} payments while the disk of logs was full")
    finally:
        trial.grounds.home_volume.free()
