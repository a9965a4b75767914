"""What the articles say that each entity is, sentence by sentence and from one to the next."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from service.core.descriptions import Knowledge, Reading
from service.core.entities import Entity, EntityRole
from service.core.gazetteer import MEN, WOMEN
from service.core.mentions import EntityType
from service.core.phrases import PERSONS, PRONOUNS, Name, Phrase, Reader, Said, is_quoted_after
from service.core.tagger import NAMING_ROLES
from service.core.text import Document, Sentence

# Of a sentence without them and without a name nothing is said, and nothing is learnt.
_TELLING = PERSONS | PRONOUNS
_Place = tuple[int, int, int, EntityType]  # start, end, entity and its type


def _names_of(sentence: Sentence, places: Sequence[_Place]) -> list[Name]:
    tokens = sentence.tokens
    return [
        Name(
            bisect_left(tokens, start + 1, key=attrgetter("end")),
            bisect_left(tokens, end, key=attrgetter("start")),
            entity,
            kind,
        )
        for start, end, entity, kind in places
    ]


def _longest(said: Sequence[Said]) -> list[Said]:
    """What is said of each, in order, but for phrases inside another that is said of the same."""
    spans: dict[int, set[Phrase]] = {}
    for entity, phrase in said:
        spans.setdefault(entity, set()).add(phrase)
    kept: set[Said] = set()
    for entity, phrases in spans.items():
        end = -1
        for phrase in sorted(phrases, key=lambda phrase: (phrase[0], -phrase[1])):
            if phrase[1] > end:
                kept.add((entity, phrase))
                end = phrase[1]
    return [one for one in said if one in kept]


def _readings(
    article: int, document: Document, found: Sequence[_Place], entities: Sequence[Entity]
) -> Iterator[Reading]:
    """The sentences of an article in which names may stand, read in their order."""

    def unlike(person: int, pronoun: str) -> bool:
        given = entities[person].name.partition(" ")[0]
        return given in (WOMEN if pronoun == "he" else MEN)

    subject: int | None = None
    quoted, alone, paragraph = False, False, -1
    for sentence in document.sentences:
        if sentence.role not in NAMING_ROLES:
            continue
        quoted = quoted and sentence.paragraph == paragraph  # a new one opens its marks anew
        paragraph = sentence.paragraph
        first = bisect_left(found, (sentence.start,))
        last = bisect_left(found, (sentence.end,))
        if first < last or not _TELLING.isdisjoint(sentence.lower):
            reader = Reader(sentence, _names_of(sentence, found[first:last]), quoted=quoted)
            said = _longest((*reader.said(), *reader.of_pronouns(subject, unlike)))
            yield Reading(article, sentence, reader, said, subject, alone)
            people = list(dict.fromkeys(n.entity for n in reader.names if n.type == "PER"))
            subject = people[0] if people else subject
            alone = len(people) == 1
        else:
            alone = False
        quoted = is_quoted_after(sentence.text, quoted)


def with_roles(documents: Sequence[Document], entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The entities with their roles, by article, then by position.

    Each text stands once an article, whatever its case.
    """
    places: list[list[_Place]] = [[] for _ in documents]
    for index, entity in enumerate(entities):
        for mention in entity.mentions:
            places[mention.article].append((mention.start, mention.end, index, entity.type))
    readings = [
        reading
        for article, (document, found) in enumerate(zip(documents, places, strict=True))
        for reading in _readings(article, document, sorted(found), entities)
    ]
    knowledge = Knowledge()
    roles: list[dict[tuple[int, str], EntityRole]] = [{} for _ in entities]

    def tell(reading: Reading, said: Iterable[Said]) -> None:
        for index, (start, end) in said:
            tokens = reading.sentence.tokens
            span = tokens[start].start, tokens[end - 1].end
            text = documents[reading.article].text[slice(*span)]
            roles[index].setdefault(
                (reading.article, text.casefold()), EntityRole(reading.article, *span, text)
            )

    for reading in readings:
        tell(reading, reading.said)
        knowledge.learn(reading)
    for reading in readings:
        tell(reading, knowledge.described(reading))
    return tuple(
        replace(entity, roles=tuple(sorted(said.values(), key=lambda r: (r.article, r.start))))
        if said
        else entity
        for entity, said in zip(entities, roles, strict=True)
    )
