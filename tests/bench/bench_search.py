"""Search among 100,000 customers through HTTP, beside one customer fetched by id on the same way."""

import random
import unicodedata
from urllib.parse import quote

from tests.bench.figures import Figure, latency
from tests.bench.house import House, scale
from tests.bench.load import Client, Waits, one_by_one
from tests.bench.population import Person

_EACH, _WARM_UP = 300, 40
_P99 = 0.060


def search(house: House) -> list[Figure]:
    """A number, a mobile, a part of a name, two Chinese characters; and who typed the beginning of each."""
    chance = random.Random(7)
    count = max(_WARM_UP, int(_EACH * scale()))
    some = chance.sample(house.people, count)
    chinese = chance.sample([one for one in house.people if _is_chinese(one)], count)
    others = chance.sample([one for one in house.people if not _is_chinese(one)], count)
    asked = {
        "number": [one.crf for one in some],
        "mobile": [one.mobile for one in some],
        "name part": [_part(one.name, chance) for one in others],
        "two Chinese characters": [_two(one.name, chance) for one in chinese],
    }
    client = house.clients(1)[0]
    with house.watched() as largest:
        floor = _asked(client, "/customers/", [str(one.id) for one in some])
        taken = {what: _asked(client, "/customers?search=", texts) for what, texts in asked.items()}
    people = f"{len(house.people):,} customers"
    return [
        latency(f"search, {what}, {people}", waits.seconds, floor.seconds, p99=_P99).with_memory(
            largest.bytes
        )
        for what, waits in taken.items()
    ]


def _asked(client: Client, path: str, texts: list[str]) -> Waits:
    """The waits of these requests, some before them not counted."""
    paths = [path + quote(text) for text in texts]
    one_by_one(client, Client.get, paths[:_WARM_UP]).check()
    return one_by_one(client, Client.get, paths).check()


def _is_chinese(person: Person) -> bool:
    return unicodedata.name(person.name[0]).startswith("CJK")


def _part(name: str, chance: random.Random) -> str:
    """Three to six letters from somewhere in one of the names, as somebody types who half remembers it."""
    word = chance.choice(name.split())
    length = min(len(word), chance.randint(3, 6))
    start = chance.randint(0, len(word) - length)
    return word[start : start + length].casefold()


def _two(name: str, chance: random.Random) -> str:
    start = chance.randint(0, len(name) - 2)
    return name[start : start + 2]
