"""Lists of names and of the words around names, read once."""

from importlib import resources

_FOLDER = resources.files("service.core").joinpath("resources")


def _lines(file: str) -> list[str]:
    return _FOLDER.joinpath(file).read_text("utf-8").splitlines()


def _sections() -> dict[str, list[str]]:
    """Section of gazetteer_words.txt -> its lines, comments left out."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _lines("gazetteer_words.txt"):
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


_SECTIONS = _sections()


def _entries(section: str) -> frozenset[str]:
    return frozenset(entry.strip() for line in _SECTIONS[section] for entry in line.split(","))


TITLES = _entries("title")
ROLES = _entries("role")
ORGANISATION_WORDS = _entries("organisation word")
PLACE_WORDS = _entries("place word")
EVENT_WORDS = _entries("event word")
DEMONYMS = _entries("demonym")
OTHER_NAMES = _entries("religion and creed")
ORGANISATIONS = _entries("organisation")
WORKS = _entries("work")  # products, events, laws, shows
PEOPLE = _entries("person")  # known by one name
COMPANY_WORDS = _entries("company word")  # at the end of what companies alone are called
TEAM_WORDS = _entries("team word")  # at the beginning or the end of what teams are called
NO_NAMES = _entries("not a name")
LARGE_PLACES = _entries("place") | frozenset(_lines("places_large.txt"))
SMALL_PLACES = frozenset(_lines("places_small.txt"))
GIVEN_NAMES = frozenset(_lines("names_given.txt"))
MEN = frozenset(_lines("names_men.txt"))  # given names that men alone bear
WOMEN = frozenset(_lines("names_women.txt"))
SURNAMES = frozenset(_lines("names_surnames.txt"))

#: The usual name of a thing -> other names by which news knows the same thing.
SAME: dict[str, tuple[str, ...]] = {
    name: tuple(variants.split(", "))
    for name, _, variants in (line.partition(" = ") for line in _SECTIONS["same"])
}

#: Short form of a given name -> the full forms it may stand for, all in lower case.
NICKNAMES: dict[str, frozenset[str]] = {}
for _line in _lines("gazetteer_nicknames.txt"):
    if not _line.startswith("#"):
        _full, *_short = _line.split()
        for _name in _short:
            NICKNAMES[_name] = NICKNAMES.get(_name, frozenset()) | {_full}
