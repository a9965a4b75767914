"""What is said of people in sentences, or parts of them, that do not name them.

"The 24-year-old", "the FBI director", "Campbell's father": a description is given to a person only
on evidence from the rest of the request. It takes up a noun that is said of one person alone, with
a modifier or an owner in common; or it names kin of somebody whose kin is known; or an age that one
person alone has; or it opens the sentence after one that names nobody but the person of whom the
article tells most. Whatever speaks against it (sex, age, "another", a second bearer) rules it out:
a wrong one is worse than none.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from service.core.gazetteer import MEN, WOMEN
from service.core.phrases import (
    ARTICLES,
    BE,
    BREAK,
    GENITIVES,
    LINKS,
    PERSONS,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIONS,
    Name,
    Phrase,
    Reader,
    Said,
)
from service.core.text import Sentence

# Modifiers that part no bearer of an office from another.
_ATTRIBUTES = frozenset(
    "young old elderly local state accused alleged suspected disgraced embattled late longtime "
    "veteran wounded injured slain missing dead jailed convicted wanted beloved respected famous "
    "well-known top senior".split()
)
_PAST = frozenset("former ousted deposed then ex fallen".split())
# Modifiers of somebody else than whom the noun was said of.
_OTHERS = frozenset(
    "other another first second third fourth fifth unidentified unnamed different more two three "
    "four several many no any each next last new same unborn typical average older younger".split()
)
# Nouns by which any person may go on to be called, said of nobody before.
_GENERAL = frozenset(
    "man woman boy girl teen teenager youth star personality comedian actor actress singer rapper "
    "musician player striker politician lawmaker billionaire mogul entrepreneur author writer "
    "artist comic daredevil veteran democrat republican candidate nominee attorney lawyer "
    "professor student athlete model driver pilot plumber teacher".split()
)
_MALE = frozenset(
    "he him his himself man boy father dad son husband brother uncle nephew grandfather".split()
)
_FEMALE = frozenset(
    "she her hers herself woman girl mother mum mom daughter wife sister aunt niece actress "
    "grandmother".split()
)
# What kin are to each other, and what the others are to them.
_KIN = {
    noun: kin
    for kin, nouns in {
        "child": "son daughter child kid baby",
        "parent": "mother father parent mom mum mam dad",
        "spouse": "wife husband spouse hubby",
        "sibling": "brother sister sibling twin",
    }.items()
    for noun in nouns.split()
}
_INVERSE = {"child": "parent", "parent": "child", "spouse": "spouse", "sibling": "sibling"}
_LOOSE = PREPOSITIONS | ARTICLES | {"and"}
_OF_ONE = frozenset({"his", "her"})
_MOST_OWNERS = 4  # names before "his" or "her"
_SEXED = 3  # how many "he" or "she" a noun such as "wife" outweighs
_BEFORE = 6  # tokens before a name among which its age stands: "19-year-old student Ann Berg"
_SOON = 500  # characters from an opening "A Utah man" to the name
_FOREMOST = 2  # people of an article whom an indefinite description may introduce


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence read: what it says of its names, and of whom the ones before it tell."""

    article: int
    sentence: Sentence
    reader: Reader
    said: Sequence[Said]
    subject: int | None  # the first person of the last sentence that names one
    alone: bool  # the sentence before names that person and nobody else


@dataclass(slots=True)
class _Bearing:
    """How a noun is said of a person."""

    modifiers: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Person:
    sexes: Counter[str] = field(default_factory=Counter)
    ages: set[int] = field(default_factory=set)

    @property
    def sex(self) -> str:
        """The sex: "m" or "f", empty where as much speaks for either."""
        male, female = self.sexes["m"], self.sexes["f"]
        return "m" if male > female else "f" if female > male else ""


@dataclass(frozen=True, slots=True)
class _Description:
    """A noun phrase for a person, without a name."""

    phrase: Phrase
    noun: str
    determiner: str  # "a", "the" or "" where it has an owner
    owner: str
    modifiers: frozenset[str]

    @property
    def age(self) -> int | None:
        """The age that it states."""
        return next(filter(None, map(_age, self.modifiers)), None)


def _age(word: str) -> int | None:
    number = word.removesuffix("-year-old")
    return int(number) if number != word and number.isdecimal() and len(number) < 4 else None


def _sex(word: str) -> str:
    return "m" if word in _MALE else "f" if word in _FEMALE else ""


def _head(reader: Reader, phrase: Phrase) -> int:
    """The last token before a preposition."""
    head, end = phrase
    while head + 1 < end and reader.word(head + 1) not in PREPOSITIONS:
        head += 1
    return head


def _owners(reading: Reading, one: _Description) -> list[int]:
    """Whose the description may be, the likeliest first."""
    start, end = one.phrase
    if one.owner in _OF_ONE:
        return _people_before(reading, start)
    owner = _named_owner(reading.reader, start, end)
    return [] if owner is None else [owner]


def _people_before(reading: Reading, start: int) -> list[int]:
    """The people named last before the token, the last first; else the subject."""
    names = reading.reader.names
    at = bisect_right(names, start, key=attrgetter("last"))
    people = [name.entity for name in names[max(0, at - _MOST_OWNERS) : at] if name.type == "PER"]
    return people[::-1] or ([] if reading.subject is None else [reading.subject])


def _named_owner(reader: Reader, start: int, head: int) -> int | None:
    """The person whose the phrase says it is: "Berg's father"."""
    for i in range(start + 1, head):
        if reader.word(i) in GENITIVES:
            name = reader.name_at.get(i - 1)
            return name.entity if name is not None and name.type == "PER" else None
    return None


def _owned(words: Sequence[str], start: int, end: int) -> str:
    """The owner in a phrase: a pronoun, or the word before "'s"."""
    for i in range(start, end):
        word = words[i]
        if word in POSSESSIVES:
            return word
        if word in GENITIVES and i > start:
            return words[i - 1]
    return ""


class Knowledge:
    """What the request tells of its people."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = defaultdict(_Person)
        self._bearers: dict[str, dict[int, _Bearing]] = defaultdict(dict)
        self._kin: dict[tuple[int, str], set[int]] = defaultdict(set)  # whose what they are
        self._aged: dict[int, set[int]] = defaultdict(set)
        self._opens: dict[int, int] = {}  # the first person that an article names
        self._told: dict[int, set[int]] = defaultdict(set)  # whose age an article tells
        self._first: dict[tuple[int, int], int] = {}
        self._named: dict[int, Counter[int]] = defaultdict(Counter)
        self._foremost: dict[int, list[int]] = {}

    def learn(self, reading: Reading) -> None:
        """Take in a sentence; the sentences of an article in their order."""
        reader, article = reading.reader, reading.article
        people = [name for name in reader.names if name.type == "PER"]
        for name in people:
            start = reading.sentence.tokens[name.first].start
            self._first.setdefault((article, name.entity), start)
            self._named[article][name.entity] += 1
            if name.last - name.first > 1:
                self._learn_given(name.entity, reader.words[name.first])
            for age in _ages(reader, name):
                self._people[name.entity].ages.add(age)
                self._aged[age].add(name.entity)
                self._told[article].add(name.entity)
        if people:
            self._opens.setdefault(article, people[0].entity)
        if not people and reading.subject is not None and reader.word(0) in {"he", "she"}:
            self._people[reading.subject].sexes[_sex(reader.word(0))] += 1
        persons = {name.entity for name in people} | {reading.subject}
        for entity, phrase in reading.said:
            if entity in persons:
                self._learn_role(reader, entity, phrase)
                self._learn_kin(reading, entity, phrase)

    def _learn_given(self, entity: int, given: str) -> None:
        if given in MEN:
            self._people[entity].sexes["m"] += 1
        elif given in WOMEN:
            self._people[entity].sexes["f"] += 1

    def _learn_kin(self, reading: Reading, entity: int, phrase: Phrase) -> None:
        reader = reading.reader
        head = _head(reader, phrase)
        kin = _KIN.get(reader.word(head))
        if kin is None:
            return
        if reader.word(phrase[0]) in _OF_ONE:
            owner = next(iter(_people_before(reading, phrase[0])), None)
        else:
            owner = _named_owner(reader, phrase[0], head)
        if owner is None and reader.word(head + 1) == "of" and (of := reader.name_at.get(head + 2)):
            owner = of.entity
        if owner is not None and owner != entity:
            self._kin[owner, kin].add(entity)
            self._kin[entity, _INVERSE[kin]].add(owner)

    def _learn_role(self, reader: Reader, entity: int, phrase: Phrase) -> None:
        start, end = phrase
        head = _head(reader, phrase)
        noun = reader.word(head).strip(".”\"'")
        bearing = self._bearers[noun].setdefault(entity, _Bearing())
        words = reader.lower[start:end]
        bearing.modifiers.update(word for word in words if word != noun)
        bearing.owners.add(_owned(reader.lower, start, head))
        person = self._people[entity]
        if _sex(noun):
            person.sexes[_sex(noun)] += _SEXED
        for age in filter(None, map(_age, words)):
            person.ages.add(age)
            self._aged[age].add(entity)

    def described(self, reading: Reading) -> Iterator[Said]:
        """The people whom the sentence describes without their name, and the phrases.

        Everything must have been learnt before.
        """
        reader = reading.reader
        heads = [i for i, word in enumerate(reader.lower) if word in PERSONS]
        if not heads:
            return
        covered = {i for _, phrase in reading.said for i in range(*phrase)}
        people = [name for name in reader.names if name.type == "PER"]
        before: int | None = None
        at = 0
        for head in heads:
            while at < len(people) and people[at].last <= head:
                before = people[at].entity
                at += 1
            if reader.spoken[head] or head in covered:
                continue
            description = _description(reader, head)
            if description is None or not covered.isdisjoint(range(*description.phrase)):
                continue
            owner = reading.subject if before is None else before
            entity = self._bearer(reading, description, owner)
            if entity is None and before is None:
                entity = self._continued(reading, description)
            if entity is None and not people:
                entity = self._introduced(reading, description)
            if entity is not None:
                yield entity, description.phrase

    def _bearer(self, reading: Reading, one: _Description, owner: int | None) -> int | None:
        """The only person of whom the noun or the age is said, if the rest agrees."""
        if one.age is not None and not one.owner:
            aged = self._aged.get(one.age, set())
            named = {name.entity for name in reading.reader.names}
            if len(aged) == 1 and not aged & named:
                (entity,) = aged
                return entity if self._fits(entity, reading.article, one) else None
        owners = _owners(reading, one) if one.owner and one.noun in _KIN else []
        for whose in owners:
            if (kin := self._kin_of(reading.article, one, whose)) is not None:
                return kin
        bearers = self._bearers.get(one.noun, {})
        if len(bearers) != 1:
            return None
        ((entity, bearing),) = bearers.items()
        if not self._fits(entity, reading.article, one):
            return None
        shared = not one.modifiers.isdisjoint(bearing.modifiers)
        if one.owner:
            if owners:
                theirs = self._kin.get((entity, _INVERSE[_KIN[one.noun]]))
                if theirs and theirs.isdisjoint(owners):
                    return None  # the kin of another
            told = entity != owner and self._has_owner(one, bearing, owner, shared=shared)
            return entity if told else None
        general = all(
            m in _ATTRIBUTES or _age(m) or m in bearing.modifiers | _PAST for m in one.modifiers
        )
        bare = one.determiner != "the" and not bearing.modifiers  # "Officer Ann Berg"
        if not one.modifiers or not (shared or general or bare):
            return None
        if one.determiner == "the":
            return entity
        start = reading.sentence.tokens[one.phrase[0]].start
        introduced = start < self._first[reading.article, entity]
        return entity if introduced and entity in self._leading(reading.article) else None

    def _kin_of(self, article: int, one: _Description, owner: int) -> int | None:
        """The only one who is so related to the owner."""
        if one.owner in _OF_ONE and self._people[owner].sex not in {"", _sex(one.owner)}:
            return None  # "his" of a woman
        related = self._kin.get((owner, _KIN[one.noun]), set())
        fitting = [entity for entity in related if self._fits(entity, article, one)]
        return fitting[0] if len(fitting) == 1 else None

    def _has_owner(
        self, one: _Description, bearing: _Bearing, owner: int | None, *, shared: bool
    ) -> bool:
        """Whether the owner of the description may be the one of what is said of the bearer."""
        pronouns = bearing.owners & _OF_ONE
        named = bearing.owners - POSSESSIVES - {""}
        if one.noun not in RELATIONS:
            return shared or one.owner in bearing.modifiers
        if one.owner in _OF_ONE:
            return owner is not None and (one.owner in pronouns or bool(named and not pronouns))
        return one.owner in named or bool(pronouns and not named)

    def _continued(self, reading: Reading, one: _Description) -> int | None:
        """The person of the sentence before, of whom the article tells most, if this opens on."""
        subject = reading.subject
        if subject is None or not reading.alone or one.determiner != "the" or one.phrase[0] > 1:
            return None
        if one.noun not in _GENERAL or not one.modifiers or self._bearers.get(one.noun):
            return None
        if subject != self._leading(reading.article)[0]:
            return None
        return subject if self._fits(subject, reading.article, one) else None

    def _introduced(self, reading: Reading, one: _Description) -> int | None:
        """The person to whom a story leads up: the first whom it names, soon, and with an age."""
        if reading.subject is not None or one.determiner != "a" or one.phrase[0] > 1:
            return None
        told = self._told.get(reading.article, set())
        entity = self._opens.get(reading.article)
        if one.noun not in _GENERAL or not one.modifiers or entity is None or entity not in told:
            return None
        after = self._first[reading.article, entity] - reading.sentence.start
        if entity != self._leading(reading.article)[0] or after > _SOON:
            return None
        return entity if self._fits(entity, reading.article, one) else None

    def _leading(self, article: int) -> list[int]:
        """The people whom the article names most, first the first of them; ties by position."""
        if article not in self._foremost:
            most = self._named[article].most_common(_FOREMOST)
            self._foremost[article] = [entity for entity, _ in most]
        return self._foremost[article]

    def _fits(self, entity: int, article: int, one: _Description) -> bool:
        """Whether the article names the person, and neither sex nor age speaks against it."""
        person = self._people[entity]
        sex = _sex(one.noun)
        if (article, entity) not in self._first or (sex and person.sex and sex != person.sex):
            return False
        if one.age is not None and person.ages and one.age not in person.ages:
            return False
        former = one.modifiers & _PAST
        bearing = self._bearers.get(one.noun, {}).get(entity)
        return not former or bearing is None or not bearing.modifiers.isdisjoint(_PAST)


def _ages(reader: Reader, name: Name) -> Iterator[int]:
    """Ages that stand by the name: "Ann Berg, 24,", "Ann Berg (24)", "24-year-old Ann Berg"."""
    i = name.last
    if reader.word(i) in {",", "("} and reader.word(i + 2) in {",", ")", "."}:
        number = reader.word(i + 1)
        if number.isdecimal() and len(number) < 4:
            yield int(number)
    for k in range(name.first - 1, max(-1, name.first - _BEFORE), -1):
        if not reader.word(k)[:1].isalnum():
            return
        age = _age(reader.word(k))
        if age is not None:
            yield age
            return


def _description(reader: Reader, head: int) -> _Description | None:
    """The phrase for a person with the head, None where it belongs to a name or is none's."""
    if not reader.words[head].islower() or head in reader.name_at or head + 1 in reader.name_at:
        return None
    if reader.is_noun(head + 1, "PER"):
        return None
    start, _ = reader.begins(head)
    owner = _owned(reader.lower, start, head)
    determiner = "" if owner else reader.word(start - 1)
    if not owner and determiner not in ARTICLES:
        return None
    modifiers = frozenset(reader.lower[start:head]) - POSSESSIVES - GENITIVES - {owner}
    before = reader.word(start - 1 if owner else start - 2)
    if before in BE or before in {"as", "not", "be"} or not _OTHERS.isdisjoint(modifiers):
        return None
    last, end = reader.ends(start)
    links = {"of"} if reader.word(head) in _KIN else LINKS
    if last != head or reader.word(head + 1) not in links:
        end = head + 1
    modifiers |= {word for word in reader.lower[head + 1 : end] if word not in _LOOSE}
    if reader.word(end) in BREAK and end + 1 in reader.name_at:
        return None
    return _Description((start, end), reader.word(head), determiner, owner, modifiers)
