"""The names of one article: every mention of a person, organisation, place or other name."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, cast

from service.core.gazetteer import (
    COMPANY_WORDS,
    DEMONYMS,
    GIVEN_NAMES,
    LARGE_PLACES,
    NO_NAMES,
    ORGANISATIONS,
    OTHER_NAMES,
    PEOPLE,
    SMALL_PLACES,
    TEAM_WORDS,
    TITLES,
)
from service.core.tagger import NAMING_ROLES, NameTagger, is_capital, load
from service.core.text import Document, Role, Sentence, Span, Token

EntityType = Literal["PER", "ORG", "LOC", "MISC"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in the text, without title, role or possessive."""

    start: int
    end: int
    text: str
    type: EntityType
    sentence: int  # index into Document.sentences
    evident: bool = False  # whether the words around the name, here or elsewhere, tell its type


_TAGGER = load()

_Words = tuple[str, ...]
# Names wherever they stand alone, as those of PEOPLE are; the tagger misses some that begin a
# sentence ("Muslims and ...").
_PEOPLES = DEMONYMS | OTHER_NAMES
_STORM_WORDS = frozenset({"Hurricane", "Typhoon", "Cyclone"})  # before a given name, its storm
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


# What one team does to another, and no part of a name.
_BEATS = frozenset("beat beats defeated thrashed edged".split())


def _parted(tokens: Sequence[Token], name: _Name) -> Iterator[_Name]:
    """The name, or the two that a result parts: "Thornby Town beat Racing Lund"."""
    for i in range(name.first + 1, name.last - 1):
        if tokens[i].text in _BEATS:
            yield name._replace(last=i)
            yield name._replace(first=i + 1)
            return
    yield name


# Small words inside a person's name.
_PARTICLES = frozenset("de da do dos das del della di du van von der den la le bin ibn ter".split())
_MOST_PARTICLES = 2  # in a row
# After two names that share it: "Gulf and Franklin counties".
_SHARED = frozenset(
    "counties provinces states districts islands rivers streets avenues universities airports "
    "townships parishes regions schools hospitals".split()
)


def _joined(tokens: Sequence[Token], names: list[_Name]) -> list[_Name]:
    """The names; people's parts around particles are one, parts before a shared noun are two.

    "Maria do Carmo Lopes"; "Gulf and Franklin counties".
    """
    if not any(
        tokens[name.first - 1].text in _PARTICLES
        or (name.last < len(tokens) and tokens[name.last].text in _SHARED)
        for name in names
    ):
        return names
    joined: list[_Name] = []
    last: _Name | None = None
    for name in names:
        if name.kind == "PER" and name.first > 1 and tokens[name.first - 1].text in _PARTICLES:
            before = name.first - 2  # "Ana do Carmo Lopes", of which the tagger leaves out Ana
            if tokens[before].text in GIVEN_NAMES and (not last or last.last <= before):
                name = name._replace(first=before)
        if (
            last
            and last.kind == name.kind == "PER"
            and (
                0 < name.first - last.last <= _MOST_PARTICLES
                and all(token.text in _PARTICLES for token in tokens[last.last : name.first])
            )
        ):
            last = last._replace(last=name.last)
            continue
        if last:
            joined += _shared(tokens, last)
        last = name
    if last:
        joined += _shared(tokens, last)
    return joined


def _shared(tokens: Sequence[Token], name: _Name) -> Iterator[_Name]:
    after = tokens[name.last].text if name.last < len(tokens) else ""
    if after in _SHARED:
        for i in range(name.first + 1, name.last - 1):
            if tokens[i].text == "and":
                yield name._replace(last=i)
                name = name._replace(first=i + 1)
    yield name


_OPENS, _CLOSES = frozenset("\"“'‘("), frozenset("\"”'’)")
_LONGEST_NICKNAME = 2  # tokens
_QUOTED = (' "', " “", " ‘", " '", " (")


def _nickname_at(tokens: Sequence[Token], i: int) -> tuple[int, int, int] | None:
    """The tokens of a nickname whose marks open at token *i*, and the end of the marks."""
    start = i + 1
    while start < len(tokens) and tokens[start].text in _OPENS:
        start += 1
    end = start
    while end < len(tokens) and end - start < _LONGEST_NICKNAME and tokens[end].text.istitle():
        end += 1
    closed = end
    while closed < len(tokens) and tokens[closed].text in _CLOSES:
        closed += 1
    return (start, end, closed) if start < end < closed < len(tokens) else None


def _with_nicknames(
    tokens: Sequence[Token], names: Sequence[_Name], nicknames: set[_Words]
) -> list[_Name]:
    """The names; a given name, nickname and surname are one: 'Anton "Tank" Mirek'.

    The nickname and the surname are put to *nicknames*.
    """
    ending = {name.last: name for name in names if name.kind == "PER"}
    beginning = {name.first: name for name in names}
    whole: list[_Name] = []
    for i in range(1, len(tokens) - 3):
        if tokens[i].text not in _OPENS or not is_capital(tokens[i - 1].text):
            continue
        found, known = _nickname_at(tokens, i), tokens[i - 1].text in GIVEN_NAMES
        if not found or not is_capital(tokens[found[2]].text) or tokens[found[2]].text in NO_NAMES:
            continue
        start, end, last = found
        given, surname = ending.get(i), beginning.get(last)
        quoted = tokens[start - 1].text != "("
        if known or (given and surname and quoted):
            first = given.first if given else i - 1
            whole.append(_Name(first, surname.last if surname else last + 1, "PER"))
            nicknames.add(_words(tokens, _Name(start, end, "PER")))
            nicknames.add(_words(tokens, whole[-1]._replace(first=last)))
    taken = {i for name in whole for i in range(name.first, name.last)}
    return sorted([*whole, *(name for name in names if name.first not in taken)])


def _visible(sentence: Sentence) -> Sequence[Token]:
    """The tokens that show on a page: a byte order mark before a name hides it from a tagger."""
    if sentence.text.isprintable():
        return sentence.tokens
    return [token for token in sentence.tokens if any(map(str.isprintable, token.text))]


def _words(tokens: Sequence[Token], name: _Name) -> _Words:
    return tuple(token.text for token in tokens[name.first : name.last])


def _is_given(tokens: Sequence[Token], i: int, taken: Container[int]) -> bool:
    return i < len(tokens) and i not in taken and tokens[i].text in GIVEN_NAMES


@dataclass(frozen=True, slots=True)
class _Votes:
    """What a document's mentions say of each name: the evidence for its other mentions."""

    kinds: dict[_Words, Counter[EntityType]]
    inside: Counter[str]  # words that are names by themselves inside a sentence
    lengths: dict[str, list[int]]  # first word -> lengths of the names it begins, longest first

    @classmethod
    def of(
        cls,
        sentences: Sequence[Sequence[Token]],
        names: Sequence[Sequence[_Name]],
        people: Iterable[_Words],
    ) -> "_Votes":
        """The votes of the names of the sentences; parts of *people*'s names are names as well."""
        kinds: dict[_Words, Counter[EntityType]] = defaultdict(Counter)
        inside: Counter[str] = Counter()
        for tokens, found in zip(sentences, names, strict=True):
            for name in found:
                kinds[_words(tokens, name)][name.kind] += 1
                if name.first and name.last == name.first + 1:
                    inside[tokens[name.first].text] += 1
        for words in people:
            kinds[words]["PER"] += 1
        lengths: dict[str, set[int]] = defaultdict(set)
        for words in kinds:
            lengths[words[0]].add(len(words))
        return cls(
            kinds, inside, {word: sorted(found, reverse=True) for word, found in lengths.items()}
        )

    def kind(self, words: _Words) -> EntityType:
        """The type that most mentions of the name have."""
        return self.kinds[words].most_common(1)[0][0]

    def unseen(
        self, tokens: Sequence[Token], names: Sequence[_Name]
    ) -> Iterator[tuple[int, int, EntityType]]:
        """Spans of the document's names, listed peoples and storms where the tagger saw none."""
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
                elif token.text in PEOPLE:
                    yield token.start, token.end, "PER"
                elif token.text in _STORM_WORDS and _is_given(tokens, i + 1, taken):
                    after = i + 2
                    yield token.start, tokens[i + 1].end, "MISC"
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


# -- what the tagger gets wrong ------------------------------------------------------------------

_LABEL = re.compile(
    r"(?:figure|fig|table|chart|graph|image|photo|picture|slide|step|section|page|box|exhibit)"
    r"s?\.? ?\d+",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"(?:AED|ARS|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KES|KRW|MXN|MYR|NGN"
    r"|NOK|NZD|PHP|PKR|PLN|RMB|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR|Rs|RM|Rp|Tk|KSh|Ksh|Sh)\.?"
    r"(?: ?\d[\d.,]*(?: (?:lakh|crore|million|billion|m|bn))?)?"
)
#: Letters after a name that say what its bearer is.
POSTNOMINALS = frozenset("KC QC MP MEP CBE OBE MBE PhD MD".split())
#: Degrees and the like, which stand after a comma; dots left out.
DEGREES = POSTNOMINALS | frozenset(
    "BA BSc BS MA MSc MS MBA MPH MPhil DPhil JD LLB LLM DO DDS DVM EdD PsyD RN CPA PE Esq "
    "FRS FRCP FRCS FACS FACC DSO CH".split()
)
_PLATE = re.compile(r"[A-Z]{2}\d\d [A-Z]{3}")  # of a British car
_CODE = re.compile(r"[A-Z\d -]*\d[A-Z\d -]*")  # no person's name
_STORM = re.compile(r"\b(?:(?:Tropical )?Storm|storm|Hurricane|(?:Super )?Typhoon|Cyclone) $")
_LONGEST_STORM = 16
_STORM_NAME = re.compile(r"(?:(?:Tropical )?Storm|Hurricane|Typhoon|Cyclone) [^\W\d_]+")
#: What ends the name of a company in law.
COMPANY = re.compile(
    r",? (?:inc|corp|corporation|ltd|limited|llc|llp|plc|gmbh|ag|co|company)\.?$", re.IGNORECASE
)
_INSTITUTION = re.compile(
    r"\w (?:Police|Constabulary|Police Department|(?:City|Town|Borough|County|District) Council|"
    r"(?:Sheriff|Crown|High|Supreme|District|County|Circuit|Superior|Family|Magistrates['’]?) "
    r"Court)$"
)
_JOURNAL = re.compile(r"\b[Tt]he journal ([A-Z]\w{2,20} (?:and|of) )$")
_LONGEST_JOURNAL = 40
_CIRCUIT = re.compile(r"(?:U\.?S\.? )?(?:Circuit|District) Court")
_ORDINAL = re.compile(r"\b\d{1,2}(?:st|nd|rd|th) $")
_LONGEST_ORDINAL = 5
# Dashes and pictures that stand apart within what the tagger takes for one name.
_SIGN = re.compile(r"\s[^\w\s!\"#$%&'()*+,./:;?@‘’“”-]")
_INITIALS = re.compile(r"\b\w\.\w")
# Institutions that bear their owner's name: "King's College London".
_OWNED = frozenset("College Hospital Bench Chapel Cathedral Theatre Theater Hall Inn".split())
_OWNER = re.compile(r"\b[A-Z]\w{2,20}['’]s? $")
_OWNS = re.compile(r"['’]s? $")
_LONGEST_OWNER = 30
_UNKNOWN, _COMMON, _ALWAYS = 0, 1, 4  # how often a word is a name: Lexicon.casing


# Common nouns that do belong to the names before them: "Euston station".
_NOUNS_OF_NAMES = frozenset(
    "police station state committee subcommittee hospital prison peninsula party".split()
)


def _ends_as_name(name: str, kind: EntityType) -> bool:
    """Whether the last word is of the name: not "hotel" of "Ritz-Carlton hotel"."""
    rest, _, last = name.rpartition(" ")
    return (
        kind == "MISC"
        or not rest[-1:].isalnum()  # "Ban Ki - moon"
        or last in _NOUNS_OF_NAMES
        or not last.islower()
        or name in ORGANISATIONS
        or _TAGGER.encoder.lexicon.casing(last) in {_UNKNOWN, _ALWAYS}
    )


_ACTS = frozenset("is was has had will would could may can said says plans to and or".split())


def _opens_as_word(tokens: Sequence[Token], name: _Name, votes: _Votes) -> bool:
    """Whether the name is a common word that begins its sentence: "House prices rose"."""
    word = tokens[0].text
    if name.last != 1 or name.kind == "PER" or word.isupper() or votes.inside[word]:
        return False
    following = tokens[1].text if len(tokens) > 1 else ""
    return (
        _TAGGER.encoder.lexicon.casing(word.lower()) == _COMMON
        and following.islower()
        and following not in _ACTS
        and not following.endswith("ed")
    )


def _is_no_name(text: str, kind: EntityType) -> bool:
    """Whether it is a label, a currency, a degree, a number plate, or months and the like."""
    parts = re.split("[-–/]", text)
    return (
        not any(map(str.isalpha, text))
        or "\n" in text
        or _CURRENCY.fullmatch(text) is not None
        or ("." in text and text.replace(".", "") in DEGREES)
        or _PLATE.fullmatch(text) is not None
        or (kind == "PER" and _CODE.fullmatch(text) is not None)
        or (len(parts) > 1 and all(part in NO_NAMES for part in parts))
        or _LABEL.fullmatch(text) is not None
    )


def _mended(text: str, start: int, end: int, kind: EntityType) -> tuple[int, int, EntityType]:
    """The span of a name with what belongs to it, and without what does not."""
    sign = _SIGN.search(text, start, end)
    if sign:
        end = start + len(text[start : sign.start()].rstrip())
    name = text[start:end]
    if " " in name and not _ends_as_name(name, kind):
        name = name.rpartition(" ")[0].rstrip()
        end = start + len(name)
    if kind == "ORG" and name in OTHER_NAMES:
        kind = "MISC"
    elif name in PEOPLE:
        kind = "PER"
    elif _INSTITUTION.search(name):
        kind = "ORG"
    before, _, last = name.rpartition(" ")
    if kind == "PER" and last in POSTNOMINALS and " " in before:
        return start, start + len(before.rstrip(" ,")), kind
    storm = _STORM.search(text, max(0, start - _LONGEST_STORM), start) if name.isalpha() else None
    if storm:
        start, kind = (storm.start() if storm[0][0].isupper() else start), "MISC"
    elif _STORM_NAME.fullmatch(name):
        kind = "MISC"
    if name.partition(" ")[0] in _OWNED:
        owner = _OWNER.search(text, max(0, start - _LONGEST_OWNER), start)
        if owner and _OWNS.sub("", owner[0]) not in _PEOPLES | LARGE_PLACES:
            start, kind = owner.start(), "ORG" if kind == "MISC" else kind
    if text[start - 4 : start] in {"and ", " of "}:
        journal = _JOURNAL.search(text, max(0, start - _LONGEST_JOURNAL), start)
        start, kind = (journal.start(1), "ORG") if journal else (start, kind)
    if kind == "ORG" and _CIRCUIT.match(name):
        ordinal = _ORDINAL.search(text, max(0, start - _LONGEST_ORDINAL), start)
        start = ordinal.start() if ordinal else start
    if text[end : end + 1] == "." and _INITIALS.fullmatch(name[-3:]):
        end += 1  # the dot of "U.S." ends its sentence as well
    return start, end, kind


# -- what the document says of a name --------------------------------------------------------------

_PLACES_AND_PEOPLES = LARGE_PLACES | SMALL_PLACES | _PEOPLES
_AT = frozenset({"in", "near", "outside"})
_SHARES = frozenset(  # in companies: "a stake in Halden"
    "stake stakes share shares invest invested investing investment investor investors interest "
    "confidence".split()
)
_SCORE = r"\d{1,3}[-–]\d{1,3}"
# What stands after the name of a team and before it.
_PLAYS = re.compile(
    rf" (?:beat|defeated|thrashed|edged|lost (?:\d|to [A-Z])|(?:drew|draw) (?:\d|with [A-Z])"
    rf"|held [A-Z][^.\n]{{2,30}} to a|won {_SCORE}|{_SCORE} [A-Z])"
)
_PLAYED = re.compile(
    rf"(?:\b(?:beat|defeated|thrashed|edged|lost to|(?:drew|draw|drawn) with|(?:win|victory) over)"
    rf"|\b[A-Z]\w* {_SCORE}|\b(?:drew|lost|won) {_SCORE} (?:with|against|at|to|over)) $"
)
# "200 km off", "30 miles north-east of": what follows is a place.
_FAR = re.compile(
    r"(?:\d|\b(?:few|several|dozens of|hundreds of)) ?(?:km|kms|kilomet(?:re|er)s?|miles?)"
    r" (?:off|outside|(?:away|inland|offshore|upstream|downstream) (?:of|from)"
    r"|(?:north|south|east|west)(?:[- ]?(?:east|west))? of) $"
)
_FAR_BEFORE = 50
_BEFORE = 30  # characters before a name that may tell what it is


# Nouns that stand before the name of a company or an agency, never before a person's.
_FIRMS = frozenset(
    "company firm carmaker automaker airline retailer supermarket grocer bank lender insurer "
    "brewer chipmaker drugmaker planemaker startup start-up agency broadcaster newspaper charity "
    "consultancy watchdog regulator conglomerate subsidiary utility telco steelmaker miner".split()
)
_TELLING = _FIRMS | {"in", "of", "off", "journal", "journals"}  # words before a name that may tell
_WORD_BEFORE = 16  # characters that hold them
_BEFORE_KIND = re.compile(
    rf"(?:\b[Ss](?:hares|take|takes|tock|hareholders|hareholding) (?:in|of) "
    rf"|\b(?:The|[a-z]+) (?:{'|'.join(sorted(_FIRMS))}) "
    r"|\b[Tt]he (?:[a-z]+ )?journals? |\bpaper in )(?P<ORG>)$"
    r"|(?:\b(?:town|city|village|municipality|suburb|port|province|state|island|hamlet|parish) of "
    r"|\bmayor of "
    r"|\b(?:coast|waters|sea|island|sank|storm|aground|moored|capsized|anchored) off )(?P<LOC>)$"
)
_OFFICES = (
    "(?:[Cc]hief (?:[Ee]xecutive|[Ff]inancial|[Oo]perating)|CEO|CFO"
    "|[Ff]inance (?:[Cc]hief|[Dd]irector))"
)
_EMPLOYED = re.compile(
    r"\b(?:director|analyst|economist|strategist|researcher|manager|executive|professor) at $"
)
# What stands after the name of a company.
_AFTER_COMPANY = re.compile(
    rf" {_OFFICES}\b|['’]s? (?:{_OFFICES}|[Cc]hairman|[Cc]hairwoman|[Ss]hares|[Ss]hareholders"
    r"|stock\b|share price|market value|finance|headquarters|customers|factory|plant\b|staff\b)"
    r"| (?:shares|stock) (?:rose|fell|were|are|have|had|jumped|slid|slide|dropped|gained|lost"
    r"|closed|surged|plunged|traded|climbed|tumbled)\b"
    r"| share\b(?! of)| (?:spokesman|spokeswoman|spokesperson)\b"
    r"| (?:reported|posted) (?:an? |its |their )?(?:[\w$€£.%-]+ ){0,4}"
    r"(?:profits?|loss(?:es)?|revenues?|sales|earnings)\b"
    r"|,? which (?:makes|owns|employs|operates|manufactures|sells|runs|produces|exports|supplies)\b"
    r"| was valued at [$€£]"
)
_AGED = re.compile(r"(?:, | \()\d{1,3}[,.)]|, who\b")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Prof|Professor|Gen|Sen|Rep|Judge)\.? $")


def _is_person(text: str, mention: Mention) -> bool:
    """Whether something shows that a name is a person's: a given name, a title, an age."""
    return (
        mention.text.partition(" ")[0] in GIVEN_NAMES
        or _AGED.match(text, mention.end) is not None
        or _TITLED.search(text, max(0, mention.start - 10), mention.start) is not None
    )


def _told(text: str, mention: Mention) -> EntityType | None:
    """What the words beside the name tell that it is."""
    *_, word, rest = ("", *text[max(0, mention.start - _WORD_BEFORE) : mention.start].split(" "))
    if not rest and word in _TELLING:
        before = _BEFORE_KIND.search(text, max(0, mention.start - _BEFORE), mention.start)
        if before:
            return cast(EntityType, before.lastgroup)
    employed = mention.type == "PER" and word == "at" and not rest
    if employed and _EMPLOYED.search(text, max(0, mention.start - _BEFORE), mention.start):
        return "ORG"
    return "ORG" if _AFTER_COMPANY.match(text, mention.end) else None


def _leading(name: str) -> Iterator[str]:
    """The words that begin a name, from one to all but the last."""
    words = name.split()
    return (" ".join(words[:i]) for i in range(1, len(words)))


def _company(name: str) -> str | None:
    """The name of a company without "Inc." and the like; None where it is not marked as one.

    >>> _company("Brightwell Foods, Inc."), _company("Brightwell Foods"), _company("Brightwell")
    ('Brightwell Foods', 'Brightwell Foods', None)
    """
    suffix = COMPANY.search(name[-_BEFORE:])  # a long name once, not from each of its letters
    if suffix:
        return name[: len(name) - len(suffix[0])]
    return name if name.rpartition(" ")[2] in COMPANY_WORDS and " " in name else None


def _stands_as_place(text: str, start: int) -> bool:
    """Whether a name that begins there stands as a place's does: "in Dunfield"."""
    *_, before, word, rest = ("", "", *text[max(0, start - _BEFORE) : start].lower().split(" "))
    return not rest and word in _AT and before not in _SHARES


def _lies_far(text: str, mention: Mention) -> bool:
    """Whether the name tells where something is by its distance: "200 km off Acapulco"."""
    before = max(0, mention.start - _FAR_BEFORE)
    return (
        mention.type != "LOC"
        and not text.startswith(("'s ", "’s "), mention.end)
        and _FAR.search(text, before, mention.start) is not None
    )


def _plays(text: str, mention: Mention) -> bool:
    """Whether the name stands as a team's does beside a result, and may be a team's."""
    words = mention.text.split()
    if mention.type == "PER" and TEAM_WORDS.isdisjoint((words[0], words[-1])):
        return False
    before = max(0, mention.start - _BEFORE)
    return (
        mention.type != "ORG"
        and _PLACES_AND_PEOPLES.isdisjoint((mention.text, mention.text.title()))
        and (
            _PLAYS.match(text, mention.end) is not None
            or _PLAYED.search(text, before, mention.start) is not None
        )
    )


def _evident(document: Document, mentions: Sequence[Mention]) -> dict[str, EntityType]:
    """What the document says that names are, in whatever sentence: case-folded name -> type."""
    text = document.text
    kinds: dict[str, EntityType] = {}
    places: set[str] = set()
    persons: set[str] = set()  # given names and surnames of people named in full
    shown: set[str] = set()  # those of which something else shows that they are people
    for mention in mentions:
        if _stands_as_place(text, mention.start):
            places.add(mention.text)
        if mention.type == "PER" and " " in mention.text:
            persons.update(mention.text.split())
        if mention.type == "PER" and _is_person(text, mention):
            shown.update((mention.text, *mention.text.split()))
    for mention in mentions:
        name, sentence = mention.text, document.sentences[mention.sentence]
        if sentence.role is Role.DATELINE and mention.start == sentence.start:
            if text[mention.end : mention.end + 2] in {", ", " ("} and name.isupper():
                kinds.setdefault(name.casefold(), "LOC")
        elif name not in persons and _lies_far(text, mention):
            kinds[name.casefold()] = "LOC"
        elif _plays(text, mention):
            kinds[name.casefold()] = "ORG"
        elif (
            name not in shown
            and name not in ORGANISATIONS
            and (kind := _told(text, mention))
            and (kind == "LOC" or name not in _PLACES_AND_PEOPLES)
        ):
            kinds[name.casefold()] = kind
            if kind == "ORG":
                for part in _leading(name):
                    if not (part in places or part in shown or part in _PLACES_AND_PEOPLES):
                        kinds.setdefault(part.casefold(), kind)
        elif _STORM_NAME.fullmatch(name) and (last := name.rpartition(" ")[2]) not in persons:
            kinds[last.casefold()] = "MISC"
        elif mention.type == "ORG" and _INSTITUTION.search(name):
            for part in places.intersection(_leading(name)):
                kinds[part.casefold()] = "LOC"
        elif mention.type == "ORG" and (company := _company(name)):
            for part in (*_leading(company), company):
                if not (part in places or part in persons or part in _PLACES_AND_PEOPLES):
                    kinds[part.casefold()] = "ORG"
    for mention in mentions:
        first = mention.text.partition(" ")[0]
        unshown = mention.type == "PER" and first != mention.text and mention.text not in shown
        if unshown and kinds.get(first.casefold()) == "ORG":
            kinds.setdefault(mention.text.casefold(), "ORG")
    return kinds


# Names that end in "'s"; without it they are people's.
_OWN_GENITIVES = frozenset(
    "Sainsbury Christie Sotheby McDonald Wendy Macy Levi Kellogg Moody Domino Denny Arby Applebee "
    "Kohl Lowe Bloomingdale Hershey Reese Nando Wetherspoon Hardee Carluccio Claridge Lloyd "
    "Rowntree Dillard Zaxby Sardi Tiffany Morrison Bonham Phillip Young".split()
)
_GENITIVE = re.compile(r"['’]s\b")
_OF_PLACE = re.compile(r"(.{3,60}) of ([A-Z][\w. ]{2,30})")
_NUMBERED = re.compile(r"(.{3,60}) \d{1,3}")


def _trimmed(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions, with the "'s" that is of a name, and without what is not.

    "Sainsbury's"; "Castlebrook Foods of Britain" and, in a count, "New Course 26" are cut.
    """
    names = {mention.text for mention in mentions}
    people: set[str] = set()
    if not names.isdisjoint(_OWN_GENITIVES):
        people.update(*(m.text.split() for m in mentions if m.type == "PER" and " " in m.text))
    for mention in mentions:
        name, start, end = mention.text, mention.start, mention.end
        if mention.type in {"ORG", "LOC"} and name in _OWN_GENITIVES:
            genitive = _GENITIVE.match(text, end)
            if genitive and name not in people:
                end = genitive.end()
                mention = replace(mention, end=end, text=text[start:end], type="ORG")
        elif mention.type == "ORG" and " of " in name:
            of_place = _OF_PLACE.fullmatch(name)
            if of_place and of_place[2] in LARGE_PLACES and _company(of_place[1]):
                yield replace(mention, end=start + of_place.end(1), text=of_place[1])
                place = start + of_place.start(2)
                mention = replace(mention, start=place, text=of_place[2], type="LOC")
        elif mention.type == "ORG" and name[-1].isdecimal():
            numbered = _NUMBERED.fullmatch(name)
            if numbered and numbered[1] in names:
                mention = replace(mention, end=start + numbered.end(1), text=numbered[1])
        yield mention


# Function words, those left out that English shares with another language here.
_ENGLISH = frozenset(
    "the and of to that for with from at it be have this not but they which by his were been about "
    "after more than said who their has he is are".split()
)
_FOREIGN = frozenset(
    "der das und den dem ist nicht von mit für ein eine auf sich wird le la les des et du une que "
    "qui est dans pour par sur el los las del una por con su il di che della gli nel sono het een "
    "van en dat niet zijn os uma não em ao och att som det är på og til ikke jest się nie ve bir "
    "bu için".split()
)
_FEWEST = 3  # foreign words, so that one name or quotation decides nothing


def _is_english(sentences: Sequence[Sequence[Token]]) -> bool:
    """Whether more of the words are English than of its neighbours', and most are Latin."""
    words = [token.text for tokens in sentences for token in tokens]
    foreign = sum(map(_FOREIGN.__contains__, words))
    if foreign >= _FEWEST and foreign >= sum(map(_ENGLISH.__contains__, words)):
        return False
    if all(map(str.isascii, words)):
        return True
    lower = [word for word in words if word.islower()]
    return 2 * sum(not word[0].isascii() for word in lower) <= len(lower)


def _in_brackets(text: str, sentence: Sentence) -> Span:
    """The first brackets of the sentence, empty where it has none: "(Alpine Press)"."""
    start = text.find("(", sentence.start, sentence.end)
    end = text.find(")", start, sentence.end) if start >= 0 else -1
    return Span(start, end) if end > start else Span(sentence.start, sentence.start)


def _follows(text: str, person: Mention, start: int) -> bool:
    """Whether only a comma is between a person and *start*."""
    return person.type == "PER" and text[person.end : start] in {", ", " "}


def find_mentions(document: Document, *, tagger: NameTagger | None = None) -> tuple[Mention, ...]:
    """The names of a document, in order of appearance, without overlap.

    The tagger reads each sentence; then the document's mentions of a name decide together what it
    is, and where it stands unseen (one sense per discourse, Gale, Church and Yarowsky 1992).
    *tagger* is the one that ships unless another is given; it finds nothing in a text that is not
    English.
    """
    named = [i for i, s in enumerate(document.sentences) if s.role in NAMING_ROLES]
    sentences = [_visible(document.sentences[i]) for i in named]
    if tagger is None and not _is_english(sentences):
        return ()
    tags = (tagger or _TAGGER).read(sentences)
    names = [
        _joined(tokens, [part for name in _names(row) for part in _parted(tokens, name)])
        for tokens, row in zip(sentences, tags, strict=True)
    ]
    nicknames: set[_Words] = set()
    for i, index in enumerate(named):
        if names[i] and any(mark in document.sentences[index].text for mark in _QUOTED):
            names[i] = _with_nicknames(sentences[i], names[i], nicknames)
    votes = _Votes.of(sentences, names, nicknames)
    found: list[Mention] = []
    for index, tokens, seen in zip(named, sentences, names, strict=True):
        sentence = document.sentences[index]
        spans = [
            (tokens[name.first].start, tokens[name.last - 1].end, votes.kind(_words(tokens, name)))
            for name in seen
            if not _opens_as_word(tokens, name, votes)
        ]
        agency = _in_brackets(document.text, sentence)
        for seen_at in sorted([*spans, *votes.unseen(tokens, seen)]):
            start, end, kind = _mended(document.text, *seen_at)
            start, end = max(start, sentence.start), min(end, sentence.end)
            text = document.text[start:end]
            article = document.text[max(0, start - 4) : start]
            if not (
                _is_no_name(text, kind)
                or (text in TITLES and article in {"the ", "The "})
                or (sentence.role is Role.DATELINE and agency.start < start < agency.end)
                or (found and text in DEGREES and _follows(document.text, found[-1], start))
            ):
                while found and start < found[-1].end:
                    del found[-1]
                found.append(Mention(start, end, text, kind, index))
    found = list(_trimmed(document.text, found))
    kinds = _evident(document, found)
    return tuple(
        replace(m, type=told, evident=True) if (told := kinds.get(m.text.casefold())) else m
        for m in found
    )
