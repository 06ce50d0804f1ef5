"""An upgrade from the release before this one, under load: replicas of both versions side by side."""

import subprocess
import time
from contextlib import ExitStack

from tests.faults.house import House
from tests.faults.trial import NotHere, Trial, fault
from tests.stack.previous_release import NoPreviousRelease, code_of_previous_release
from tests.stack.processes import HEADEND, Process


@fault("upgrade", "a replica of the old version beside the new, until all are new", early=True)
def rolling_upgrade(trial: Trial) -> None:
    """The databases are migrated while the previous release takes payments. Then one replica of each service is of this
    release and one of the last, both at work on the same queues and rows; then the rest is replaced, gateway last. Each
    old process ends with code 0 and nobody is refused but with 503.
    """
    with ExitStack() as stack:
        house = _house_of_previous_release(trial, stack)
        with trial.inspected(house):
            _work_goes_on(trial)
            _migrate(trial, house)
            _work_goes_on(trial)
            services = house.real.processes
            for process in services[::2]:
                _upgrade(trial, house, process)
            versions = {process.folder is None for process in services}
            trial.demand(versions == {True, False}, "There were not both versions side by side")
            _work_goes_on(trial)
            for process in [*services[1::2], *house.real.gateways]:
                _upgrade(trial, house, process)
            _work_goes_on(trial)


def _house_of_previous_release(trial: Trial, stack: ExitStack) -> House:
    folder = trial.grounds.folder / "previous-release"
    try:
        code = code_of_previous_release(folder)
    except NoPreviousRelease as missing:
        raise NotHere(str(missing)) from None
    return trial.grounds.open_house(stack, code=code, replicas=2)


def _migrate(trial: Trial, house: House) -> None:
    trial.inject("migrate while the old version serves")
    environment = house.real.our_own(house.real.environment)
    for command in ("keys", "migrate"):
        subprocess.run([*HEADEND, command], env=environment, check=True, capture_output=True)


def _upgrade(trial: Trial, house: House, process: Process) -> None:
    trial.inject(f"replace {process.name} by the new version")
    code = house.real.upgrade(process)
    trial.demand(code == 0, f"{process.name} of the old version ended with {code}")
    house.wait_until_ready()


def _work_goes_on(trial: Trial) -> None:
    time.sleep(trial.pick(2, 60))
