"""The names of one article: every mention of a person, organisation, place or other name."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

from service.core.gazetteer import DEMONYMS, OTHER_NAMES
from service.core.tagger import NAMING_ROLES, NameTagger, is_capital, load
from service.core.text import Document, Token

EntityType = Literal["PER", "ORG", "LOC", "MISC"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in the text, without title, role or possessive."""

    start: int
    end: int
    text: str
    type: EntityType
    sentence: int  # index into Document.sentences


_TAGGER = load()

_Words = tuple[str, ...]
# Names wherever they stand alone; the tagger misses some that begin a sentence ("Muslims and ...").
_PEOPLES = DEMONYMS | OTHER_NAMES
_LONGEST = 16  # tokens; what is longer is a line of capitals, not a name


class _Name(NamedTuple):
    """Tokens of one sentence that the tagger calls a name."""

    first: int
    last: int  # the token after the name
    kind: EntityType


def _names(tags: Sequence[str]) -> Iterator[_Name]:
    start = 0
    for i, tag in enumerate(tags):
        if tag[0] in "BU":
            start = i
        if tag[0] in "LU" and i - start < _LONGEST:
            yield _Name(start, i + 1, cast(EntityType, tag[2:]))


def _is_visible(token: Token) -> bool:
    """Whether the token shows on a page: a byte order mark before a name hides it from a tagger."""
    return token.text.isprintable() or any(map(str.isprintable, token.text))


def _words(tokens: Sequence[Token], name: _Name) -> _Words:
    return tuple(token.text for token in tokens[name.first : name.last])


@dataclass(frozen=True, slots=True)
class _Votes:
    """What a document's mentions say of each name: the evidence for its other mentions."""

    kinds: dict[_Words, Counter[EntityType]]
    lengths: dict[str, list[int]]  # first word -> lengths of the names it begins, longest first

    @classmethod
    def of(cls, sentences: Sequence[Sequence[Token]], names: Sequence[Sequence[_Name]]) -> "_Votes":
        kinds: dict[_Words, Counter[EntityType]] = defaultdict(Counter)
        for tokens, found in zip(sentences, names, strict=True):
            for name in found:
                kinds[_words(tokens, name)][name.kind] += 1
        lengths: dict[str, set[int]] = defaultdict(set)
        for words in kinds:
            lengths[words[0]].add(len(words))
        return cls(kinds, {word: sorted(found, reverse=True) for word, found in lengths.items()})

    def kind(self, words: _Words) -> EntityType:
        """The type that most mentions of the name have."""
        return self.kinds[words].most_common(1)[0][0]

    def unseen(
        self, tokens: Sequence[Token], names: Sequence[_Name]
    ) -> Iterator[tuple[int, int, EntityType]]:
        """Spans of the document's names and of listed peoples where the tagger saw none."""
        taken = {i for name in names for i in range(name.first, name.last)}
        after = 0
        for i, token in enumerate(tokens):
            if i < after or i in taken or not is_capital(token.text):
                continue
            for length in self.lengths.get(token.text, ()):
                words = tuple(token.text for token in tokens[i : i + length])
                if words in self.kinds and taken.isdisjoint(range(i, i + len(words))):
                    after = i + len(words)
                    yield token.start, tokens[after - 1].end, self.kind(words)
                    break
            else:
                if token.text in _PEOPLES:
                    yield token.start, token.end, "MISC"
                else:
                    yield from self.compound(token)

    def compound(self, token: Token) -> Iterator[tuple[int, int, EntityType]]:
        """A name of the document within a compound: "Hamas-run", "pro-Morsi"."""
        head, _, tail = token.text.rpartition("-")
        if tail.islower() and (head,) in self.kinds:
            yield token.start, token.start + len(head), self.kind((head,))
            return
        head, _, tail = token.text.partition("-")
        if head.islower() and (tail,) in self.kinds:
            yield token.end - len(tail), token.end, self.kind((tail,))


def find_mentions(document: Document, *, tagger: NameTagger | None = None) -> tuple[Mention, ...]:
    """The names of a document, in order of appearance, without overlap.

    The tagger reads each sentence; then the document's mentions of a name decide together what it
    is, and where it stands unseen (one sense per discourse, Gale, Church and Yarowsky 1992).
    *tagger* is the one that ships unless another is given.
    """
    named = [i for i, s in enumerate(document.sentences) if s.role in NAMING_ROLES]
    sentences = [tuple(filter(_is_visible, document.sentences[i].tokens)) for i in named]
    tags = (tagger or _TAGGER).read(sentences)
    names = [list(_names(row)) for row in tags]
    votes = _Votes.of(sentences, names)
    found: list[Mention] = []
    for index, tokens, seen in zip(named, sentences, names, strict=True):
        spans = [
            (tokens[name.first].start, tokens[name.last - 1].end, votes.kind(_words(tokens, name)))
            for name in seen
        ]
        for start, end, kind in sorted([*spans, *votes.unseen(tokens, seen)]):
            text = document.text[start:end]
            if "\n" not in text and any(character.isalpha() for character in text):
                found.append(Mention(start, end, text, kind, index))
    return tuple(found)
