"""Mentions of all articles, joined into entities: each named thing once, most salient first."""

import math
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from service.core.gazetteer import (
    DEMONYMS,
    GIVEN_NAMES,
    LARGE_PLACES,
    MEN,
    NICKNAMES,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    OTHER_NAMES,
    SAME,
    SMALL_PLACES,
    SURNAMES,
    WOMEN,
)
from service.core.mentions import COMPANY, EntityType, Mention
from service.core.text import Document, Role, Span


@dataclass(frozen=True, slots=True)
class EntityMention:
    """One place where one article names the entity."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class EntityRole:
    """What one article says that the entity is: "Israeli Prime Minister"."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One named thing of the story, however many articles name it and however they spell it."""

    name: str  # its fullest proper form
    type: EntityType
    salience: float  # in [0, 1]
    aliases: tuple[str, ...]  # the other forms
    mentions: tuple[EntityMention, ...]  # by article, then by position
    roles: tuple[EntityRole, ...] = ()  # by article, then by position

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that name it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


# -- spelling ------------------------------------------------------------------------------------

_SMALL = frozenset("of the and for in on at to de la du del a".split())
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_DOTTED = re.compile(r"(?:\w\.)+\w?")
# A nickname between a given name and a surname: Saffron "Saffy" Berg, Anton (Tank) Mirek.
_NICKNAME = re.compile(r" (?:\([\"']?|[\"'])([^\"'()]+)(?:[\"']?\)|[\"'])(?= )")
_SPELLED_OUT = {
    "&": "and",
    "mt.": "mount",
    "mt": "mount",
    "dept.": "department",
    "ft.": "fort",
    "institutet": "institute",
}


def _form(text: str) -> str:
    """The spelling that two mentions share.

    Case, accents, dots, commas, quotes, "the" and a nickname before a surname are left out.

    >>> _form("The U.S.") == _form("US"), _form("Justice Department")
    (True, 'department of justice')
    """
    plain = text.replace("’", "'").replace("‘", "'")
    if "“" in plain or '"' in plain or " '" in plain or "(" in plain:
        plain = _NICKNAME.sub("", plain.replace("“", '"').replace("”", '"'))
    if not plain.isascii():  # most are, and 69,000 names are read at start
        parts = unicodedata.normalize("NFKD", plain)
        plain = "".join(part for part in parts if not unicodedata.combining(part))
    plain = plain.casefold()
    plain = " ".join(plain.split()).removesuffix("'s").removesuffix("'").removeprefix("the ")
    words = [
        word.replace(".", "") if _DOTTED.fullmatch(word) and len(word) > 2
        else _SPELLED_OUT.get(word, word)
        for word in (word.rstrip(",") or word for word in plain.split())
    ]  # fmt: skip
    if len(words) == 2 and words[1] == "department":
        words = ["department", "of", words[0]]
    return " ".join(words)


def _forms(names: Iterable[str]) -> frozenset[str]:
    return frozenset(_form(name) for name in names)


_CANON: dict[str, str] = {
    _form(variant): _form(name) for name, variants in SAME.items() for variant in (name, *variants)
}
_DEMONYM_FORMS = _forms(DEMONYMS)
_ORGANISATION_FORMS = _forms(ORGANISATIONS)
_PLACE_FORMS = _forms(LARGE_PLACES) - _forms(GIVEN_NAMES | SURNAMES)
# Names that are whole by themselves: "Virginia" is not short for "West Virginia".
_WELL_KNOWN = _DEMONYM_FORMS | _forms(OTHER_NAMES) | _forms(LARGE_PLACES) | _ORGANISATION_FORMS
_WHOLE = (
    (_WELL_KNOWN - _ORGANISATION_FORMS)
    | _forms(SMALL_PLACES)
    | {"north", "south", "east", "west", "northern", "southern", "eastern", "western"}
    | {"house"}  # of Representatives, beside the White House
)
# Institutions that bear the name of their place: "Dunfield" is not short for "Dunfield Court".
_SEATED = frozenset(
    "court police constabulary council board commission department authority agency ministry "
    "university government".split()
)
_NOUN_FORMS = _forms(ORGANISATION_WORDS)
_PERSONAL = _forms(GIVEN_NAMES | SURNAMES)


# -- which forms are one name --------------------------------------------------------------------


_SUFFIX = 20  # letters among which the longest suffix of a company stands
_EVIDENCE = 4  # votes of the words around a name
_TIES: Mapping[EntityType, int] = {"PER": 3, "LOC": 2, "ORG": 1, "MISC": 0}


@dataclass(slots=True)
class _Group:
    """Mentions that are one thing, as (article, mention)."""

    mentions: list[tuple[int, Mention]] = field(default_factory=list)

    def type(self, form: str) -> EntityType:
        """What most mentions say, a list of names having its own voice; ties go by _TIES.

        "Inc." and the like need no vote.
        """
        if form in _DEMONYM_FORMS:
            return "MISC"
        if any(m.type == "ORG" and COMPANY.search(m.text[-_SUFFIX:]) for _, m in self.mentions):
            return "ORG"
        votes: Counter[EntityType] = Counter(mention.type for _, mention in self.mentions)
        for told in (mention.type for _, mention in self.mentions if mention.evident):
            votes[told] += _EVIDENCE
        if form in _ORGANISATION_FORMS:
            votes["ORG"] += 2
        elif form in _PLACE_FORMS:
            votes["LOC"] += 2
        return max(votes, key=lambda kind: (votes[kind], _TIES[kind]))


class _Joined:
    """Forms joined into sets (Tarjan's union-find); each set is known by its first member."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def head(self, form: str) -> str:
        """The form that stands for the set of *form*."""
        path = []
        while (parent := self._parent.get(form, form)) != form:
            path.append(form)
            form = parent
        for passed in path:
            self._parent[passed] = form
        return form

    def join(self, form: str, other: str) -> None:
        """Make one set of the sets of the two forms, known by the head of *form*."""
        head, joined = self.head(form), self.head(other)
        if head != joined:
            self._parent[joined] = head

    def sole(self, forms: Iterable[str]) -> str | None:
        """The head of the forms, if it is one."""
        heads = {self.head(form) for form in forms}
        return heads.pop() if len(heads) == 1 else None


def _initials(form: str) -> set[str]:
    words = form.replace("-", " ").split()
    if len(words) < 2:
        return set()
    return {"".join(w[0] for w in words), "".join(w[0] for w in words if w not in _SMALL)}


def _beginnings(form: str) -> Iterator[str]:
    words = form.split()
    return (" ".join(words[:i]) for i in range(1, len(words)))


def _endings(form: str) -> Iterator[str]:
    words = form.split()
    return (" ".join(words[i:]) for i in range(1, len(words)) if words[i - 1] not in _SMALL)


def _is_cut(form: str) -> bool:
    """Whether a beginning of a longer name may be short for it: "Apotex", not "York University"."""
    return (
        form.rpartition(" ")[2] not in _NOUN_FORMS
        and form not in _ORGANISATION_FORMS
        and not form.startswith("university of ")
    )


def _join_listed(joined: _Joined, types: Mapping[str, EntityType]) -> None:
    """Join what a list says is the same, and a people's name with its plural."""
    for form in types:
        canon = _CANON.get(form)
        if canon is not None:
            joined.join(canon, form)
        singular = form.removesuffix("s")
        if singular in types and types[form] == types[singular] == "MISC" and " " not in form:
            joined.join(singular, form)


def _join_spaced(joined: _Joined, forms: Iterable[str]) -> None:
    """Join forms that differ in spaces and hyphens alone: "KitKat", "Kit Kat"."""
    first: dict[str, str] = {}
    for form in forms:
        solid = form.replace(" ", "").replace("-", "")
        if len(solid) >= _SOLID:
            joined.join(first.setdefault(solid, form), form)


def _without_suffix(form: str) -> str:
    """The form of a company's name without "inc." and the like."""
    return form[:-_SUFFIX] + COMPANY.sub("", form[-_SUFFIX:])


def _short_companies(forms: Mapping[str, _Group], types: Mapping[str, EntityType]) -> set[str]:
    """Short forms of companies that one article shows to be so, whatever the others say."""
    short: set[str] = set()
    for form, kind in types.items():
        bare = _without_suffix(form)
        if kind == "ORG" and bare != form:
            short.update((*_beginnings(bare), bare))
    return {
        form
        for form in short & types.keys()
        if any(mention.type == "ORG" for _, mention in forms[form].mentions)
        and form not in _WHOLE
        and form not in _PERSONAL
    }


def _join_companies(joined: _Joined, types: Mapping[str, EntityType]) -> None:
    """Join names of companies that differ in "Inc." and the like, or in having it."""
    first: dict[str, str] = {}
    for form, kind in types.items():
        bare = _without_suffix(form)
        if bare == form or kind == "PER":
            continue
        joined.join(first.setdefault(bare, form), form)
        if types.get(bare) in {"ORG", "MISC"}:
            joined.join(form, bare)


_SOLID = 5  # letters; "a-ha" and "Aha" may be two


def _expands(form: str, acronym: str) -> bool:
    """Whether the letters of the acronym stand in the form in their order, words' first ones first.

    >>> _expands("european union intellectual property office", "euipo"), _expands("paris", "ap")
    (True, False)
    """
    if " " not in form or form[0] != acronym[0]:
        return False
    letters = iter(form)
    return all(letter in letters for letter in acronym)


def _bracketed(
    documents: Sequence[Document],
    mentions: Sequence[Sequence[Mention]],
    form_of: Mapping[str, str],
) -> dict[str, str]:
    """Acronym -> the name that an article puts before it, the acronym in brackets, or inside them.

    Its letters stand in the name, or the article goes on to use it, as it does with letters of
    another language: "the National Railways (FNC)". Where articles differ a name with its letters,
    then the one that stands so most often; ties go to the first by alphabet.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for document, found in zip(documents, mentions, strict=True):
        used = Counter(mention.text for mention in found)
        for left, right in pairwise(found):
            between = document.text[left.end : right.start]
            if between.strip() != "(" or document.text[right.end : right.end + 1] != ")":
                continue
            for short, long in ((right, left), (left, right)):
                acronym, form = form_of[short.text], form_of[long.text]
                if not short.text.isupper() or len(acronym) < 2 or " " in acronym:
                    continue
                taken_up = (
                    short is right
                    and short.type == long.type == "ORG"
                    and " " in form
                    and used[short.text] > 1
                    and _WELL_KNOWN.isdisjoint((acronym, form))
                )
                if taken_up or _expands(form, acronym):
                    seen[acronym][form] += 1
    return {
        acronym: min(forms, key=lambda form: (not _expands(form, acronym), -forms[form], form))
        for acronym, forms in seen.items()
    }


def _join_things(
    joined: _Joined,
    types: Mapping[str, EntityType],
    capitals: Container[str],
    apart: Container[str],
) -> None:
    """Join acronyms with their expansions, and short forms with the full name they come from.

    *capitals* holds the forms that are written in capitals, *apart* those that are short for
    nothing. A short form that could come from several names is left alone.
    """
    expansions: dict[str, set[str]] = defaultdict(set)
    longer: dict[str, set[str]] = defaultdict(set)
    for form, kind in types.items():
        if kind != "PER":
            for initials in _initials(form):
                expansions[initials].add(form)
            for part in chain(filter(_is_cut, _beginnings(form)), _endings(form)):
                if types.get(part) != "LOC" or form.rpartition(" ")[2] not in _SEATED:
                    longer[part].add(form)
    for form in sorted(types, key=lambda form: -form.count(" ")):
        if form in _CANON or form in _WHOLE or form in apart:
            continue
        if form in expansions and form in capitals and 2 <= len(form) <= 7:
            whole = joined.sole(expansions[form])
        elif form in longer and (types[form] != "PER" or form not in _PERSONAL):
            whole = joined.sole(longer[form])
        else:
            continue
        if whole is not None and whole != joined.head(form):
            joined.join(whole, form)


@dataclass(frozen=True, slots=True)
class _Person:
    """A full name in the parts that tell people apart."""

    first: str
    middle: str  # initials of what stands between
    last: str

    @classmethod
    def of(cls, form: str) -> "_Person":
        """The parts of a form of two words or more; "Jr." and the like are left out."""
        words = [word for word in form.split() if word.strip(".,") not in _SUFFIXES]
        words = words if len(words) > 1 else form.split()
        middle = "".join(word if len(word) < 3 else word[0] for word in words[1:-1])
        return cls(words[0], middle.replace(".", ""), words[-1])


def _one_out(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


_SPELT = 6  # letters of the shortest surname that may be misspelt: shorter ones differ by design
_CUT = 3  # letters of the shortest given name that another may begin with: "Jeff", "Jeffrey"


def _join_people(joined: _Joined, full: Sequence[str]) -> None:
    """Join full names of one person: initials left out, short given names, slips of spelling."""
    people: dict[str, _Person] = {form: _Person.of(form) for form in full}
    middles: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for form, person in people.items():
        first = middles[person.first, person.last].setdefault(person.middle, form)
        joined.join(first, form)
    for known in middles.values():
        if "" in known and len(known) == 2:  # "George Bush" beside one of the two only
            joined.join(*known.values())
    # Names by (given name, surname); a form stands for each.
    stands = {key: next(iter(known.values())) for key, known in middles.items()}
    misspelt: dict[tuple[str, str], str] = {}
    for (given, surname), form in stands.items():
        shorter = [*NICKNAMES.get(given, ()), *(given[:i] for i in range(_CUT, len(given)))]
        shorter += _one_out(given) if len(given) > _CUT else ()
        for other in shorter:
            if (other, surname) in stands:
                joined.join(stands[other, surname], form)
        if len(surname) >= _SPELT:
            for cut in (surname, *_one_out(surname)):
                joined.join(misspelt.setdefault((given, cut), form), form)
    longer: dict[str, set[str]] = defaultdict(set)
    for form in full:
        for part in chain(_beginnings(form), _endings(form)):
            longer[part].add(form)
    for form in full:  # "bin Laden", "Frances Bean"
        whole = joined.sole(longer.get(form, ()))
        if whole is not None:
            joined.join(whole, form)


def _born(
    documents: Sequence[Document],
    mentions: Sequence[Sequence[Mention]],
    form_of: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """Full name and name at birth: "Ann Berg sang. Born Ann Hall in 1944, she ...".

    The full name is the only one before it in the article that has its given name.
    """
    for document, found in zip(documents, mentions, strict=True):
        known: dict[str, dict[str, None]] = defaultdict(dict)
        for mention in found:
            form = form_of[mention.text]
            if mention.type != "PER" or " " not in form:
                continue
            alike = known[_Person.of(form).first]
            before = document.text[max(0, mention.start - 5) : mention.start].lower()
            if before == "born " and len(alike) == 1 and form not in alike:
                yield next(iter(alike)), form
            else:
                alike[form] = None


def _nicknames(form_of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Nickname, and the full name in which it stands: ("saffy", "saffron berg")."""
    for text, form in form_of.items():
        plain = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
        found = _NICKNAME.search(plain)
        if found:
            yield _form(found[1]), form


class _Bearers:
    """Who may be meant by one part of a person's name."""

    def __init__(
        self, joined: _Joined, full: Sequence[str], nicknames: Iterable[tuple[str, str]]
    ) -> None:
        self._surname: dict[str, dict[str, None]] = defaultdict(dict)
        self._given: dict[str, dict[str, None]] = defaultdict(dict)
        for nickname, form in nicknames:
            self._given[nickname][joined.head(form)] = None
        for form in full:
            head, person = joined.head(form), _Person.of(form)
            self._given[person.first][head] = None
            for surname in (person.last, person.last.removeprefix("al-")):
                self._surname[surname][head] = None

    def of(self, form: str, kind: EntityType) -> Mapping[str, None]:
        """The heads of the full names that a form of one word may stand for."""
        surname = self._surname.get(form, {})
        if kind == "PER":
            return surname or self._given.get(form, {})
        # The tagger may be wrong about a surname that it met alone.
        return surname if form not in _WELL_KNOWN else {}


def _resolved(
    documents: Sequence[Document], mentions: Sequence[Sequence[Mention]]
) -> list[tuple[str, _Group]]:
    """The mentions in groups, each one thing, with the form that stands for it."""
    form_of = {text: _form(text) for text in {m.text for found in mentions for m in found}}
    forms: dict[str, _Group] = {}
    capitals: set[str] = set()
    apart: set[str] = set()  # places where a report was written
    for article, found in enumerate(mentions):
        for mention in found:
            form = form_of[mention.text]
            forms.setdefault(form, _Group()).mentions.append((article, mention))
            if mention.text.replace(".", "").isupper():
                capitals.add(form)
            if documents[article].sentences[mention.sentence].role is Role.DATELINE:
                apart.add(form)
    # In the order of the alphabet, so that the order of the articles changes nothing.
    forms = dict(sorted(forms.items()))
    types = {form: group.type(form) for form, group in forms.items()}
    types |= dict.fromkeys(_short_companies(forms, types), "ORG")
    joined = _Joined()
    full = [form for form, kind in types.items() if kind == "PER" and " " in form]
    _join_people(joined, full)
    for name, at_birth in _born(documents, mentions, form_of):
        joined.join(name, at_birth)
    _join_listed(joined, types)
    _join_spaced(joined, types)
    _join_companies(joined, types)
    for acronym, form in _bracketed(documents, mentions, form_of).items():
        joined.join(form, acronym)
        apart.add(acronym)
    nicknames = sorted(pair for pair in _nicknames(form_of) if types[pair[1]] == "PER")
    for nickname, form in nicknames:  # "Saffy Berg"
        also = f"{nickname} {_Person.of(form).last}"
        if also in types:
            joined.join(form, also)
    bearers = _Bearers(joined, full, nicknames)
    single = {
        form: owners
        for form, kind in types.items()
        if " " not in form and form not in _CANON and (owners := bearers.of(form, kind))
    }
    _join_things(joined, {f: k for f, k in types.items() if f not in single}, capitals, apart)

    groups: dict[str, _Group] = {}
    for form, group in forms.items():
        if form not in single:
            groups.setdefault(joined.head(form), _Group()).mentions.extend(group.mentions)
    # Where each full name stands, before any surname is moved to it.
    places = {
        head: [(article, mention.start) for article, mention in groups[head].mentions]
        for head in {joined.head(form) for form in full}
    }
    for form, owners in single.items():
        kept = _Group()
        heads = dict.fromkeys(joined.head(owner) for owner in owners)
        if len(heads) == 1:
            groups[next(iter(heads))].mentions.extend(forms[form].mentions)
            continue
        stands = [(*place, head) for head in heads for place in places[head]]
        for place, owner in _owners(forms[form].mentions, _Namesakes(documents, stands)):
            (groups[owner] if owner else kept).mentions.append(place)
        if kept.mentions:
            groups.setdefault(form, _Group()).mentions.extend(kept.mentions)
    return list(groups.items())


# A title before a surname, and a relation before a full name; the group that matches tells the sex.
_TITLED = re.compile(r"\b(?:(?P<m>Mr|Sir)|(?P<f>Mrs|Ms|Miss|Dame))\.? $")
_RELATED = re.compile(
    r"\b(?:(?P<m>(?:ex-|step|grand)?(?:husband|father|dad|son)|(?:half-|step)?brother|uncle|nephew"
    r"|boyfriend|fianc[eé])"
    r"|(?P<f>(?:ex-|step|grand)?(?:wife|mother|mum|mom|daughter)|(?:half-|step)?sister|aunt|niece"
    r"|girlfriend|widow|fianc[eé]e)"
    r"|partner|spouse|cousin|sibling|twin|child|parent|grandparent|grandchild)"
    r",? (?:(?:the |a |an |former |late |then )?(?:[a-z-]+ ){0,2})$"
)
_LONGEST_RELATION = 60  # characters before a full name in which it is looked for


def _sex_told(found: re.Match[str] | None) -> str:
    return (found.lastgroup or "") if found else ""


class _Namesakes:
    """The people of a request who share a part of their names, and what tells them apart."""

    def __init__(self, documents: Sequence[Document], stands: Sequence[tuple[int, int, str]]):
        """*stands* are the places of their full names: article, start, and the head of the name."""
        self._documents = documents
        self.stands = sorted(stands)
        self._sexes: dict[str, Counter[str]] = defaultdict(Counter)
        self._related: dict[int, dict[str, bool]] = defaultdict(dict)
        for article, start, head in self.stands:
            text = documents[article].text
            before = text[max(0, start - _LONGEST_RELATION) : start]
            relation = _RELATED.search(before)
            self._related[article].setdefault(head, relation is not None)
            for told in (relation, _TITLED.search(before)):
                self._sexes[head][_sex_told(told)] += 1
        self._ladders: dict[tuple[int, str], tuple[set[str], ...]] = {}

    def title(self, article: int, start: int) -> str:
        """The sex that a title at the place tells, empty where none does."""
        return _sex_told(_TITLED.search(self._documents[article].text, max(0, start - 6), start))

    def _sex(self, head: str) -> str:
        """What titles and relations tell, else the given name."""
        male, female = self._sexes[head]["m"], self._sexes[head]["f"]
        given = head.partition(" ")[0].title()
        if male == female:
            male, female = given in MEN, given in WOMEN
        return "m" if male > female else "f" if female > male else ""

    def ladder(self, article: int, title: str) -> tuple[set[str], ...]:
        """Sets of those whom a surname in the article may mean, each set before the next.

        A title rules out the other sex; a person who is introduced as a relation of somebody comes
        after those who are not.
        """
        if (article, title) not in self._ladders:
            there = self._related.get(article) or {
                head: all(known.get(head, True) for known in self._related.values())
                for head in dict.fromkeys(head for _, _, head in self.stands)
            }
            sexes = {head: self._sex(head) for head in there} if title else {}
            fitting = [h for h in there if sexes.get(h, "") in {"", title}] or list(there)
            leading = [h for h in fitting if not there[h]] or fitting
            titled = [h for h in leading if title and sexes[h]] or leading
            self._ladders[article, title] = (set(titled), set(fitting))
        return self._ladders[article, title]


def _owners(
    mentions: Sequence[tuple[int, Mention]], namesakes: _Namesakes
) -> Iterator[tuple[tuple[int, Mention], str | None]]:
    """For each mention of a surname the full name it means.

    The only one of the article, else the only one of all; where several bear the name, the nearest
    before the mention in its article on the first rung of the ladder that has one, and None where
    none stands before it.
    """
    stands, at = namesakes.stands, 0
    nearest: dict[tuple[str, int], str] = {}  # title and rung -> the last full name on it
    current = -1
    for place in sorted(mentions, key=lambda place: (place[0], place[1].start)):
        article, mention = place
        if article != current:
            current = article
            nearest.clear()
        while at < len(stands) and stands[at][:2] < (article, mention.start):
            if stands[at][0] == article:
                for title in ("", "m", "f"):
                    for rung, heads in enumerate(namesakes.ladder(article, title)):
                        if stands[at][2] in heads:
                            nearest[title, rung] = stands[at][2]
            at += 1
        title = namesakes.title(article, mention.start)
        ladder = namesakes.ladder(article, title)
        if len(ladder[0]) == 1:
            yield place, next(iter(ladder[0]))
        else:
            yield place, nearest.get((title, 0)) or nearest.get((title, 1))


# Places by their name in capitals, for those that datelines alone name.
_LISTED = {name.upper(): name for name in (*sorted(SMALL_PLACES), *sorted(LARGE_PLACES))}
_INITIALISM = 3  # letters of the longest that is left in capitals: "UAE", "NYC"
_WORD = re.compile(r"[^\W\d_]+")


def _cased(word: re.Match[str]) -> str:
    """The word as names are written: "Oslo", "McCain"."""
    cased = word[0].capitalize()
    return cased[:2] + cased[2:].capitalize() if len(cased) > 4 and cased[:2] == "Mc" else cased


def _shouts(text: str, kind: EntityType) -> bool:
    """Whether a name is in capitals for emphasis; organisations may be written so."""
    letters = sum(map(str.isalpha, text))
    return text.isupper() and letters > (_INITIALISM if kind in {"PER", "LOC"} else 5)


def _name(group: _Group, kind: EntityType) -> str:
    """The fullest proper form: most words, then longest, then most frequent.

    A person or place whose every mention is in capitals gets the case of ordinary names, but for a
    word of up to five letters that no list has, which may be an acronym: "DPRK".
    """
    counts = Counter(mention.text for _, mention in group.mentions)

    def fullness(text: str) -> tuple[bool, int, int, int, str]:
        return (not _shouts(text, kind), len(text.split()), len(text), counts[text], text)

    name = max(counts, key=fullness)
    if kind in {"PER", "LOC"} and _shouts(name, kind) and "." not in name:
        if name in _LISTED:
            return _LISTED[name]
        if " " in name or _shouts(name, "ORG"):
            return _WORD.sub(_cased, name)
    return name


# -- salience --------------------------------------------------------------------------------------

#: What salience is made of, and its weights: a logistic regression on whether annotators called an
#: entity key to its story. training/fit_salience.py fits them.
SALIENCE_WEIGHTS: Mapping[str, float] = {
    "bias": -3.89,
    "log mentions": 1.21,
    "share of the most named": 1.51,
    "share in captions": -0.64,
    "share of articles": 1.20,
    "share of titles": 0.58,
    "share of leads": 1.10,
    "earliness": 1.86,
    "log openings": 0.48,
    "full name": 0.47,
    "large place": -0.68,
    "demonym": -3.14,
    "PER": -0.65,
    "ORG": -0.65,
    "LOC": -1.42,
    "MISC": -1.16,
}
_LEAD = 2  # sentences of the story that carry the news
_BESIDE = frozenset({Role.CAPTION, Role.POST, Role.REPEAT})


@dataclass(frozen=True, slots=True)
class Page:
    """Where the weighty places of an article are."""

    length: int
    title: str | None  # as sent beside the text
    titles: tuple[Span, ...]  # title lines in the text, in order
    lead: int  # end of the first sentences of the story
    openings: frozenset[int]  # where sentences begin
    beside: tuple[Span, ...]  # captions, embedded posts and repeated sentences, in order
    is_copy: bool  # of another article of the request

    @classmethod
    def of(cls, document: Document, title: str | None, *, is_copy: bool = False) -> "Page":
        """The page of one article."""
        story = document.story
        return cls(
            length=max(1, len(document.text)),
            title=title,
            titles=tuple(Span(s.start, s.end) for s in document.sentences if s.role is Role.TITLE),
            lead=story[min(_LEAD, len(story)) - 1].end if story else 0,
            openings=frozenset(sentence.start for sentence in story),
            beside=tuple(Span(s.start, s.end) for s in document.sentences if s.role in _BESIDE),
            is_copy=is_copy,
        )

    def tells(self, mention: EntityMention) -> bool:
        """Whether the mention stands in the story itself, or in its title or dateline."""
        at = bisect_right(self.beside, (mention.start, self.length))
        return not at or mention.start >= self.beside[at - 1].end

    def titled(self, mentions: Sequence[EntityMention]) -> bool:
        """Whether a title of the article names the entity."""
        for mention in mentions:
            at = bisect_right(self.titles, (mention.start, self.length))
            if at and mention.start < self.titles[at - 1].end:
                return True
        return self.title is not None and any(
            text in self.title for text in {mention.text for mention in mentions}
        )


def salience_features(entities: Sequence[Entity], pages: Sequence[Page]) -> list[dict[str, float]]:
    """The features of every entity by name; what a copied article tells again counts for nothing.

    An entity that only copies name is weighed by them.
    """
    originals = sum(not page.is_copy for page in pages)
    heard = [
        [m for m in entity.mentions if not pages[m.article].is_copy] or list(entity.mentions)
        for entity in entities
    ]
    told = [sum(pages[m.article].tells(m) for m in mentions) for mentions in heard]
    most = max((1, *told))
    return [
        _features(entity, mentions, pages, told=count, most=most, articles=originals)
        for entity, mentions, count in zip(entities, heard, told, strict=True)
    ]


def _features(
    entity: Entity,
    mentions: Sequence[EntityMention],
    pages: Sequence[Page],
    *,
    told: int,
    most: int,
    articles: int,
) -> dict[str, float]:
    by_article: dict[int, list[EntityMention]] = defaultdict(list)
    for mention in mentions:
        by_article[mention.article].append(mention)
    firsts = [found[0].start / pages[a].length for a, found in by_article.items()]
    opened = sum(mention.start in pages[mention.article].openings for mention in mentions)
    features = dict.fromkeys(SALIENCE_WEIGHTS, 0.0)
    features |= {
        "bias": 1.0,
        "log mentions": math.log(max(1, told)),
        "share of the most named": told / most,
        "share in captions": 1.0 - told / len(mentions),
        "share of articles": len(by_article) / articles,
        "share of titles": sum(pages[a].titled(m) for a, m in by_article.items()) / articles,
        "share of leads": sum(m[0].start < pages[a].lead for a, m in by_article.items()) / articles,
        "earliness": 1.0 - sum(firsts) / len(firsts),
        "log openings": math.log(1 + opened),
        "full name": float(" " in entity.name),
        "large place": float(entity.name in LARGE_PLACES),
        "demonym": float(entity.name in DEMONYMS),
        entity.type: 1.0,
    }
    return features


def _salience(features: Mapping[str, float]) -> float:
    score = sum(SALIENCE_WEIGHTS[name] * value for name, value in features.items())
    return round(1.0 / (1.0 + math.exp(-score)), 4)


def merge_entities(
    documents: Sequence[Document],
    titles: Sequence[str | None],
    mentions: Sequence[Sequence[Mention]],
    *,
    copies: Sequence[int | None] | None = None,
) -> tuple[Entity, ...]:
    """One entity for each named thing, most salient first; ties go to the earlier mention.

    *copies* names for each document the one that it copies: a copy adds mentions, but no weight.
    """
    entities = [_entity(form, group) for form, group in _resolved(documents, mentions)]
    pages = [
        Page.of(document, title, is_copy=copies is not None and copies[i] is not None)
        for i, (document, title) in enumerate(zip(documents, titles, strict=True))
    ]
    ranked = [
        replace(entity, salience=_salience(features))
        for entity, features in zip(entities, salience_features(entities, pages), strict=True)
    ]
    return tuple(
        sorted(ranked, key=lambda e: (-e.salience, e.mentions[0].article, e.mentions[0].start))
    )


def _entity(form: str, group: _Group) -> Entity:
    ordered = sorted(group.mentions, key=lambda pair: (pair[0], pair[1].start))
    kind = group.type(form)
    name = _name(group, kind)
    spellings = dict.fromkeys(mention.text for _, mention in ordered)
    return Entity(
        name=name,
        type=kind,
        salience=0.0,
        aliases=tuple(text for text in spellings if text != name),
        mentions=tuple(EntityMention(a, m.start, m.end, m.text) for a, m in ordered),
    )
