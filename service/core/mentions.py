"""The names of one article: every mention of a person, organisation, place or other name."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from service.core.text import Document, Role, Sentence, Token

EntityType = Literal["PER", "ORG", "LOC", "MISC"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in the text, without title, role or possessive."""

    start: int
    end: int
    text: str
    type: EntityType
    sentence: int  # index into Document.sentences


#: Where names belong to the story. Bylines, credits and share lines name who made the page.
NAMING_ROLES = frozenset({Role.STORY, Role.TITLE, Role.DATELINE, Role.CAPTION, Role.REPEAT})


def _lines(name: str) -> list[str]:
    text = resources.files("service.core").joinpath("resources", name).read_text("utf-8")
    return text.splitlines()


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


_TITLES = _entries("title")
_ROLES = _entries("role")
_ORGANISATION_WORDS = _entries("organisation word")
_PLACE_WORDS = _entries("place word")
_EVENT_WORDS = _entries("event word")
_OTHER_NAMES = _entries("demonym") | _entries("religion and creed")
_ORGANISATIONS = _entries("organisation")
_NO_NAMES = _entries("not a name")
_KNOWN_PLACES = _entries("place") | frozenset(_lines("places_large.txt"))
_PLACES = frozenset(_lines("places_small.txt")) | _KNOWN_PLACES
_GIVEN = frozenset(_lines("names_given.txt"))
_SURNAMES = frozenset(_lines("names_surnames.txt"))

#: The usual name of a thing -> other names by which news knows the same thing.
SAME: dict[str, tuple[str, ...]] = {
    name: tuple(variants.split(", "))
    for name, _, variants in (line.partition(" = ") for line in _SECTIONS["same"])
}

# Joins the parts of a name: "Ludwig van Beethoven"; or only after a noun of organisation or
# place: "Department of Health", "Bank of England".
_PARTICLES = frozenset(
    "de van von der den bin ibn al el la le du da di dos del ben abu ter".split()
)
_LINKS = frozenset({"of", "for", "the", "and", "&", "on", "in"})
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_SPEECH = frozenset(
    "said says told added tweeted wrote argued testified explained recalled insisted".split()
)
_PLACE_PREPOSITIONS = frozenset("in from near at across outside throughout around to".split())
_LONGEST = 6  # tokens in the longest listed name


def _is_title(text: str) -> bool:
    return text in _TITLES or text.rstrip(".") in _TITLES


def _is_no_name(text: str) -> bool:
    return text.rstrip(".") in _NO_NAMES


def _is_capital(text: str) -> bool:
    if "-" in text and text.rpartition("-")[2].islower() and text[:3].lower() != "al-":
        return False  # "Israeli-occupied", "Hamas-run"
    return text[0].isupper() or (text[0].isalpha() and any(c.isupper() for c in text[1:]))


def _shouts(sentence: Sentence) -> bool:
    words = [token.text for token in sentence.words if token.text[0].isalpha()]
    return len(words) > 2 and sum(word.isupper() for word in words) > 0.7 * len(words)


@dataclass(frozen=True, slots=True)
class _Casing:
    """How a document writes its words: what a sentence's first word cannot tell by itself."""

    lower: Counter[str]
    capital: Counter[str]  # inside a sentence only

    @classmethod
    def of(cls, document: Document) -> "_Casing":
        lower: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        for sentence in document.sentences:
            if _shouts(sentence):
                continue
            for i, token in enumerate(sentence.tokens):
                if token.text[0].islower():
                    lower[token.text] += 1
                elif i and token.text[0].isupper() and sentence.tokens[i - 1].text[0].isalnum():
                    capital[token.text] += 1
        return cls(lower, capital)

    def is_name(self, text: str) -> bool:
        """Whether a word that stands first in its sentence would be capital elsewhere too."""
        if _is_no_name(text):
            return False
        if self.capital[text]:
            return True
        if self.lower[text.lower()]:
            return False
        return (
            text in _PLACES
            or text in _GIVEN
            or text in _SURNAMES
            or text in _ORGANISATIONS
            or (text in _OTHER_NAMES or (len(text) > 1 and text.isupper()))
        )


def _known_type(text: str) -> EntityType | None:
    if text in _OTHER_NAMES:
        return "MISC"
    if text in _ORGANISATIONS:
        return "ORG"
    return "LOC" if text in _KNOWN_PLACES or (text in _PLACES and text not in _GIVEN) else None


def _runs(tokens: Sequence[Token], casing: _Casing) -> Iterator[tuple[int, int]]:
    """Stretches of tokens that may be names: capital words with the particles between them."""
    i = 0
    while i < len(tokens):
        starts = i == 0 or (not tokens[i - 1].text[0].isalnum() and tokens[i - 1].text not in ",;&")
        text = tokens[i].text
        if not _is_capital(text) or (starts and not _opens(tokens, i, casing)):
            i += 1
            continue
        end = i + 1
        while end < len(tokens):
            if _is_capital(tokens[end].text):
                end += 1
                continue
            link = end
            while (
                link < len(tokens)
                and link - end < 2
                and (tokens[link].text in _PARTICLES or tokens[link].text in _LINKS)
            ):
                link += 1
            if link == end or link == len(tokens) or not _is_capital(tokens[link].text):
                break
            words = [token.text for token in tokens[end:link]]
            last = tokens[end - 1].text
            noun = last in _ORGANISATION_WORDS or last in _PLACE_WORDS or last in _EVENT_WORDS
            if any(word in _PARTICLES for word in words) or (noun and words[0] in {"of", "for"}):
                end = link + 1
            else:
                break
        yield i, end
        i = end


def _opens(tokens: Sequence[Token], i: int, casing: _Casing) -> bool:
    """Whether the first word of a sentence belongs to a name."""
    text = tokens[i].text
    if casing.is_name(text) or _is_title(text):
        return True
    follows = i + 1 < len(tokens) and _is_capital(tokens[i + 1].text)
    return follows and text not in _NO_NAMES and not casing.lower[text.lower()]


def _pieces(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The names within a run: titles, days and demonyms parted from what follows them."""
    i = start
    while i < end:
        for j in range(min(end, i + _LONGEST), i, -1):
            text = " ".join(token.text for token in tokens[i:j])
            if _is_title(text) or _is_no_name(text):
                i = j
                break
            if (text in _OTHER_NAMES or text in _KNOWN_PLACES) and not _is_noun_after(
                tokens, j, end
            ):
                yield i, j
                i = j
                break
        else:
            j = i + 1
            while j < end and not _is_no_name(tokens[j].text):
                if _is_title(tokens[j].text) and not _is_noun_after(tokens, j, end):
                    break
                j += 1
            yield i, j
            i = j


def _is_noun_after(tokens: Sequence[Token], i: int, end: int) -> bool:
    """Whether a noun of organisation, place or event ends the run: "Israeli Supreme Court"."""
    last = tokens[end - 1].text
    return i < end and (last in _ORGANISATION_WORDS or last in _PLACE_WORDS or last in _EVENT_WORDS)


def _type(tokens: Sequence[Token], start: int, end: int) -> EntityType:
    words = [token.text for token in tokens[start:end]]
    text = " ".join(words)
    before = tokens[start - 1].text if start else ""
    after = tokens[end].text if end < len(tokens) else ""
    if _is_title(before):
        return "PER"
    known = _known_type(text)
    if known:
        return known
    heads = [
        words[-1].rstrip("."),
        *(w for w, link in itertools.pairwise(words) if link in _LINKS),
    ]
    if len(words) > 1:
        for head in heads[::-1]:
            if head in _ORGANISATION_WORDS:
                return "ORG"
            if head in _PLACE_WORDS:
                return "LOC"
            if head in _EVENT_WORDS:
                return "MISC"
    if (words[0] in _GIVEN and len(words) > 1) or before in _ROLES or after in _SPEECH:
        return "PER"
    if (text.isupper() and len(text) < 6) or any(c.isdigit() for c in text):
        return "ORG"
    if before in _PLACE_PREPOSITIONS and len(words) == 1 and text not in _SURNAMES:
        return "LOC"
    if words[-1] in _SURNAMES or words[0] in _GIVEN or 2 <= len(words) <= 3:
        return "PER"
    return "ORG"


def _spans(sentence: Sentence, casing: _Casing) -> Iterator[tuple[int, int]]:
    tokens = sentence.tokens
    if _shouts(sentence):
        yield from _listed(tokens)
        return
    for start, end in _runs(tokens, casing):
        for first, last in _pieces(tokens, start, end):
            if not _is_no_name(tokens[first].text) and any(c.isalpha() for c in tokens[first].text):
                yield first, last


def _listed(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Names of a line in capitals: only those that a list knows."""
    i = 0
    while i < len(tokens):
        for j in range(min(len(tokens), i + _LONGEST), i, -1):
            text = " ".join(token.text for token in tokens[i:j])
            if _known_type(text) or _known_type(text.title()):
                yield i, j
                i = j
                break
        else:
            i += 1


def _unbroken(document: Document, tokens: Sequence[Token]) -> Iterable[Sequence[Token]]:
    """The tokens of a name, parted where a line breaks inside it."""
    start = 0
    for i in range(1, len(tokens)):
        if "\n" in document.text[tokens[i - 1].end : tokens[i].start]:
            yield tokens[start:i]
            start = i
    yield tokens[start:]


def find_mentions(document: Document) -> tuple[Mention, ...]:
    """The names of a document, in order of appearance, without overlap."""
    casing = _Casing.of(document)
    found: list[Mention] = []
    for index, sentence in enumerate(document.sentences):
        if sentence.role not in NAMING_ROLES:
            continue
        for first, last in _spans(sentence, casing):
            kind = _type(sentence.tokens, first, last)
            for part in _unbroken(document, sentence.tokens[first:last]):
                start, end = part[0].start, part[-1].end
                found.append(Mention(start, end, document.text[start:end], kind, index))
    votes: dict[str, Counter[EntityType]] = {}
    for mention in found:
        votes.setdefault(mention.text, Counter())[mention.type] += 1
    return tuple(
        Mention(m.start, m.end, m.text, votes[m.text].most_common(1)[0][0], m.sentence)
        for m in found
    )
