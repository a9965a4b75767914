"""Mentions of all articles, joined into entities: each named thing once, most salient first."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.core.gazetteer import DEMONYMS, LARGE_PLACES, SAME
from service.core.mentions import EntityType, Mention
from service.core.text import Document, Role, Span


@dataclass(frozen=True, slots=True)
class EntityMention:
    """One place where one article names the entity."""

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

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that name it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


_SMALL = frozenset("of the and for in on at to de la du del & a".split())
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_INITIAL = re.compile(r"\w\.?")


def _form(text: str) -> str:
    """The spelling that two mentions share: case, dots, quotes, spaces and "the" left out.

    >>> _form("The U.S.") == _form("US")
    True
    """
    plain = " ".join(text.replace("’", "'").replace("‘", "'").casefold().split())
    plain = plain.removesuffix("'s").removesuffix("'").removeprefix("the ")
    if re.fullmatch(r"(?:\w\.)+\w?", plain):
        plain = plain.replace(".", "")
    return plain


_CANON: dict[str, str] = {
    _form(variant): _form(name) for name, variants in SAME.items() for variant in (name, *variants)
}


@dataclass(slots=True)
class _Group:
    """Mentions that are one thing."""

    mentions: list[tuple[int, Mention]] = field(default_factory=list)

    @property
    def type(self) -> EntityType:
        votes: Counter[EntityType] = Counter(mention.type for _, mention in self.mentions)
        return votes.most_common(1)[0][0]


def _initials(form: str) -> Iterator[str]:
    words = form.replace("-", " ").split()
    if len(words) > 1:
        yield "".join(word[0] for word in words)
        yield "".join(word[0] for word in words if word not in _SMALL)


def _person_parts(form: str) -> tuple[str, ...]:
    """The words of a person's name that tell people apart: no initials within, no "Jr."."""
    words = [word for word in form.split() if word.strip(".,") not in _SUFFIXES]
    inner = [word for word in words[1:-1] if not _INITIAL.fullmatch(word)]
    return (*words[:1], *inner, *words[-1:]) if len(words) > 1 else tuple(words)


def _merged_forms(forms: Mapping[str, _Group]) -> dict[str, str]:
    """Form -> the form that stands for it, where two forms are one thing whoever the person."""
    head = {form: _CANON.get(form, form) for form in forms}
    by_initials: dict[str, set[str]] = defaultdict(set)
    for form, group in forms.items():
        if group.type != "PER":
            for initials in set(_initials(form)):
                by_initials[initials].add(head[form])
    for form, group in forms.items():
        if head[form] != form or " " in form or not 2 <= len(form) <= 7:
            continue
        if any(mention.text.replace(".", "").isupper() for _, mention in group.mentions):
            expansions = by_initials.get(form, set())
            if len(expansions) == 1:
                [head[form]] = expansions
    return head


def _people(groups: Mapping[str, _Group]) -> dict[str, str]:
    """Full name -> the name that stands for it: "philip j. crowley" and "philip crowley"."""
    by_parts: dict[tuple[str, ...], str] = {}
    head: dict[str, str] = {}
    ends: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    full = [form for form, group in groups.items() if " " in form and group.type == "PER"]
    for form in full:
        parts = _person_parts(form)
        head[form] = by_parts.setdefault(parts, form)
        ends[parts[0], parts[-1]].add(parts)
    for form in full:
        parts = _person_parts(form)
        longer = [other for other in ends[parts[0], parts[-1]] if len(other) > len(parts)]
        if len(parts) == 2 and len(longer) == 1:
            head[form] = by_parts[longer[0]]
    return head


def _resolved(groups: dict[str, _Group]) -> list[_Group]:
    """The groups, with mentions by surname or given name moved to the full name they mean."""
    head = _people(groups)
    joined: dict[str, _Group] = {}
    bearers: dict[str, dict[str, None]] = defaultdict(dict)  # one name -> full names that hold it
    for form, group in groups.items():
        target = head.get(form, form)
        joined.setdefault(target, _Group()).mentions.extend(group.mentions)
        if form in head:
            parts = _person_parts(form)
            bearers[parts[-1]][target] = None
            if len(parts) > 2:
                bearers[" ".join(parts[1:])][target] = None
    given: dict[str, dict[str, None]] = defaultdict(dict)
    for form, target in head.items():
        given[_person_parts(form)[0]][target] = None

    places: dict[int, list[tuple[int, str]]] = defaultdict(list)  # article -> (start, full name)
    for target in dict.fromkeys(head.values()):
        for article, mention in joined[target].mentions:
            places[article].append((mention.start, target))
    for found in places.values():
        found.sort()

    for form in list(joined):
        group = joined[form]
        if form in head or group.type != "PER":
            continue
        owners = bearers.get(form) or given.get(form)
        if not owners:
            continue
        kept: list[tuple[int, Mention]] = []
        by_article: dict[int, list[Mention]] = defaultdict(list)
        for article, mention in group.mentions:
            by_article[article].append(mention)
        for article, mentions in by_article.items():
            there = [(start, target) for start, target in places[article] if target in owners]
            present = dict.fromkeys(target for _, target in there)
            for mention in sorted(mentions, key=lambda m: m.start):
                owner = _owner(mention, there, present, owners)
                if owner is None:
                    kept.append((article, mention))
                else:
                    joined[owner].mentions.append((article, mention))
        if kept:
            group.mentions = kept
        else:
            del joined[form]
    return list(joined.values())


def _owner(
    mention: Mention,
    there: Sequence[tuple[int, str]],
    present: Iterable[str],
    owners: Iterable[str],
) -> str | None:
    """The full name that a surname means: the only one, else the nearest before it."""
    for names in (list(present), list(owners)):
        if len(names) == 1:
            return names[0]
    before = [target for start, target in there if start < mention.start]
    return before[-1] if before else None


def _name(group: _Group) -> str:
    """The fullest proper form: most words, then longest, then most frequent, then first."""
    counts = Counter(mention.text for _, mention in group.mentions)

    def fullness(text: str) -> tuple[bool, int, int, int]:
        words = text.split()
        shouts = text.isupper() and len(text) > 5
        return (not shouts, len(words), len(text), counts[text])

    return max(counts, key=fullness)


# -- salience --------------------------------------------------------------------------------------

#: What salience is made of, and its weights: a logistic regression on whether annotators called an
#: entity key to its story. training/fit_salience.py fits them.
SALIENCE_WEIGHTS: Mapping[str, float] = {
    "bias": -3.0,
    "log mentions": 1.0,
    "share of the most named": 1.5,
    "share of articles": 1.0,
    "share of titles": 1.0,
    "share of leads": 1.0,
    "earliness": 1.5,
    "log openings": 0.0,
    "full name": 0.0,
    "large place": 0.0,
    "demonym": 0.0,
    "PER": 0.3,
    "ORG": 0.0,
    "LOC": 0.0,
    "MISC": -0.8,
}
_LEAD = 2  # sentences of the story that carry the news


@dataclass(frozen=True, slots=True)
class Page:
    """Where the weighty places of an article are."""

    length: int
    title: str | None  # as sent beside the text
    titles: tuple[Span, ...]  # title lines in the text
    lead: int  # end of the first sentences of the story
    openings: frozenset[int]  # where sentences begin

    @classmethod
    def of(cls, document: Document, title: str | None) -> "Page":
        """The page of one article."""
        story = document.story
        return cls(
            length=max(1, len(document.text)),
            title=title,
            titles=tuple(Span(s.start, s.end) for s in document.sentences if s.role is Role.TITLE),
            lead=story[min(_LEAD, len(story)) - 1].end if story else 0,
            openings=frozenset(sentence.start for sentence in story),
        )

    def titled(self, mentions: Sequence[EntityMention]) -> bool:
        """Whether a title of the article names the entity."""
        return any(
            start <= mention.start < end for mention in mentions for start, end in self.titles
        ) or any(mention.text in (self.title or "") for mention in mentions)


def salience_features(entity: Entity, pages: Sequence[Page], most: int) -> dict[str, float]:
    """The features of one entity by name; *most* is the mention count of the most named one."""
    by_article: dict[int, list[EntityMention]] = defaultdict(list)
    for mention in entity.mentions:
        by_article[mention.article].append(mention)
    count, articles = len(entity.mentions), len(pages)
    firsts = [found[0].start / pages[a].length for a, found in by_article.items()]
    opened = sum(mention.start in pages[mention.article].openings for mention in entity.mentions)
    features = dict.fromkeys(SALIENCE_WEIGHTS, 0.0)
    features |= {
        "bias": 1.0,
        "log mentions": math.log(count),
        "share of the most named": count / most,
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
) -> tuple[Entity, ...]:
    """One entity for each named thing, most salient first; ties go to the earlier mention."""
    entities = [_entity(group) for group in _resolved(_grouped(mentions))]
    pages = [Page.of(document, title) for document, title in zip(documents, titles, strict=True)]
    most = max((len(entity.mentions) for entity in entities), default=1)
    ranked = [
        replace(entity, salience=_salience(salience_features(entity, pages, most)))
        for entity in entities
    ]
    return tuple(
        sorted(ranked, key=lambda e: (-e.salience, e.mentions[0].article, e.mentions[0].start))
    )


def _grouped(mentions: Sequence[Sequence[Mention]]) -> dict[str, _Group]:
    """Form -> mentions of it, or of another form that is known to mean the same."""
    forms: dict[str, _Group] = {}
    for article, found in enumerate(mentions):
        for mention in found:
            forms.setdefault(_form(mention.text), _Group()).mentions.append((article, mention))
    head = _merged_forms(forms)
    groups: dict[str, _Group] = {}
    for form, group in forms.items():
        groups.setdefault(head[form], _Group()).mentions.extend(group.mentions)
    return groups


def _entity(group: _Group) -> Entity:
    ordered = sorted(group.mentions, key=lambda pair: (pair[0], pair[1].start))
    name = _name(group)
    spellings = dict.fromkeys(mention.text for _, mention in ordered)
    return Entity(
        name=name,
        type=group.type,
        salience=0.0,
        aliases=tuple(text for text in spellings if text != name),
        mentions=tuple(EntityMention(a, m.start, m.end, m.text) for a, m in ordered),
    )
