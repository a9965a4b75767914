"""What on a news page is not story: titles, datelines, bylines, captions, share lines."""

import re
import string
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

from service.core.segment import is_markup, segment
from service.core.text import Document, Role, Sentence, Token


def mark(document: Document, title: str | None = None) -> Document:
    """The document with the role of every sentence; a dateline becomes a sentence of its own.

    A credit or a share line that is glued to the front or the end of a paragraph is cut off as a
    sentence of its own too. Precision comes first: what no rule knows is story.

    >>> from service.core.segment import segment
    >>> [(s.role.value, s.text) for s in mark(segment("ROME (AP) — The mine is shut.")).sentences]
    [('dateline', 'ROME (AP) —'), ('story', 'The mine is shut.')]
    """
    every = _lines(document)
    lines = _without_markup(document.text, every)
    title_words = _lowered(segment(title).sentences) if title else ()
    page = _Page(document.text, lines, title_words, len(title or ""))
    for line in lines:
        _peel(page, line)
        line.role = _role(page, line)
        page.begun = page.begun or line.role is Role.STORY
    _mark_heads(document.text, lines)
    _mark_names(document.text, lines)
    _mark_boilerplate(document.text, lines)
    sentences = [sentence for line in every for sentence in _sentences(page, line)]
    return replace(document, sentences=_mark_repeats(sentences))


# --- the rules ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern of furniture.toml; its comment there says what each field means."""

    role: Role
    pattern: re.Pattern[str]
    case: str
    open: bool = False
    early: bool = False
    first: bool = False
    tail: bool = False
    heads: bool = False
    rest: Role | None = None
    has: tuple[str, ...] = ()


def _rules() -> dict[str, list[_Rule]]:
    raw = tomllib.loads(
        files("service.core.resources").joinpath("furniture.toml").read_text("utf-8")
    )
    rules: dict[str, list[_Rule]] = {"line": [], "sentence": [], "start": [], "end": []}
    for row in raw["rule"]:
        pattern = row.pop("pattern")
        while "<" in pattern and any(f"<{name}>" in pattern for name in raw["parts"]):
            for name, part in raw["parts"].items():
                pattern = pattern.replace(f"<{name}>", part)
        where = row.pop("where")
        if where == "end":
            pattern = rf"(?<!\w)(?:{pattern})\Z"
        rest = row.pop("rest", None)
        has = tuple(row.pop("has", ()))
        rules[where].append(
            _Rule(
                role=Role(row.pop("role")),
                pattern=re.compile(pattern, re.DOTALL),
                rest=Role(rest) if rest else None,
                has=has,
                **row,
            )
        )
    return rules


_RULES = _rules()


def _any(rules: Sequence[_Rule]) -> re.Pattern[str]:
    """All patterns in one: most lines match none, and are told so at once."""
    return re.compile("|".join(f"(?:{rule.pattern.pattern})" for rule in rules), re.DOTALL)


_ANY = {where: _any([rule for rule in rules if not rule.has]) for where, rules in _RULES.items()}
_ANY_LATE = _any([rule for rule in _RULES["line"] if not rule.has and not rule.early])
_WAITING = {
    where: [(word, rule) for rule in rules for word in rule.has] for where, rules in _RULES.items()
}
_LONGEST_LINE = 1000  # code points; a longer paragraph is story, whatever it begins with
_EARLY_LINES = 4
_TAIL_LINES = 5
_HEAD = 700  # code points in which a piece at the front of a paragraph ends
_TAIL = 260  # code points in which a piece at the end of a paragraph is looked for


# --- lines -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A paragraph, while its pieces are told apart."""

    at: int
    sentences: Sequence[Sentence]
    start: int  # of what is left when the pieces are cut off
    end: int
    pieces: list[tuple[int, int, Role]]  # cut off the front and the end
    rest: Role | None = None  # what a cut-off piece says about the rest
    role: Role = Role.STORY


@dataclass(slots=True)
class _Page:
    """What is known of the page while its lines are read from the top."""

    text: str
    lines: Sequence[_Line]
    title: tuple[str, ...]  # the words of the title that was sent, in lower case
    title_length: int
    begun: bool = False  # whether a line of story has been read
    listed: Role | None = None  # the role of the lines under a line that ends with a colon
    prose: bool = False  # whether lines of story end with a full stop on this page
    # The rules that wait for a word, with each of theirs that the page has, by where they look.
    waiting: dict[str, list[tuple[str, _Rule]]] = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = {
            where: [(word, rule) for word, rule in waiting if word in self.text]
            for where, waiting in _WAITING.items()
        }
        long = [line for line in self.lines if len(line.sentences[0].tokens) >= 8]
        closed = sum(not _is_open(self.text, line.start, line.end) for line in long)
        self.prose = closed >= 2 and closed >= 0.6 * len(long)


def _lines(document: Document) -> list[_Line]:
    grouped: dict[int, list[Sentence]] = {}
    for sentence in document.sentences:
        grouped.setdefault(sentence.paragraph, []).append(sentence)
    return [
        _Line(at, sentences, sentences[0].start, sentences[-1].end, [])
        for at, sentences in enumerate(grouped.values())
    ]


# What is no text from its opening to its closing tag, if it has one.
_HIDDEN = {"<script": "</script", "<style": "</style", "<!--": "-->"}
_OPENED = re.compile("|".join(_HIDDEN))
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _without_markup(text: str, lines: list[_Line]) -> list[_Line]:
    """The lines that are no markup, counted anew; the others get their role."""
    if "<" not in text:
        return lines
    lowered = text.translate(_LOWER)  # of the same length, which lower() may change
    last = {closing: lowered.rfind(closing) for closing in _HIDDEN.values()}
    hidden_to = 0
    kept: list[_Line] = []
    for line in lines:
        if line.start >= hidden_to and not is_markup(text, line.start, line.end):
            line.at = len(kept)
            kept.append(line)
            continue
        line.role = Role.MARKUP
        at = max(line.start, hidden_to)
        while opened := _OPENED.search(lowered, at, line.end):
            at, closing = opened.end(), _HIDDEN[opened[0]]
            if at <= last[closing]:
                at = hidden_to = lowered.find(closing, at) + len(closing)
    return kept


_CLOSED = re.compile(r"[.!?…。！？।۔؟][\"'”’“»)\]」』）]{0,3}(?:\[\d+\])*\Z")


def _is_open(text: str, start: int, end: int) -> bool:
    """Whether a line ends without a full stop."""
    return not _CLOSED.search(text, max(start, end - 8), end)


def _lowered(
    sentences: Sequence[Sentence], start: int = 0, end: int = sys.maxsize
) -> tuple[str, ...]:
    """The words of the sentences between two places, in lower case."""
    return tuple(
        word
        for sentence in sentences
        for token, word in zip(sentence.words, sentence.lower, strict=True)
        if start <= token.start < end
    )


def _words(text: str, line: _Line) -> int:
    return len(text[line.start : line.end].split())


# --- pieces at the front and the end -----------------------------------------------------------


def _peel(page: _Page, line: _Line) -> None:
    """Cut credits, datelines and share lines off the front and the end of a line."""
    text = page.text
    for _ in range(4):
        start, end = line.start, min(line.end, line.start + _HEAD)
        for rule in _candidates(page, "start", _ANY["start"].match(text, start, end), start, end):
            if rule.first and (page.begun or line.at > 8):
                continue
            found = rule.pattern.match(text, start, end)
            if found and _divides(line, found.end()):
                end = line.start + len(found[0].rstrip())
                line.pieces.append((line.start, end, rule.role))
                line.rest = line.rest or rule.rest
                if rule.role is Role.CREDIT:
                    line.rest = Role.CAPTION
                line.start = found.end()
                while text[line.start].isspace():
                    line.start += 1
                break
        else:
            break
    for _ in range(4):
        # Next to no such piece ends like a sentence; most lines of story are spared the search.
        if text[line.end - 1] in '.!?…"”’':
            break
        start, end = max(line.start, line.end - _TAIL), line.end
        for rule in _candidates(page, "end", _ANY["end"].search(text, start, end), start, end):
            found = rule.pattern.search(text, start, end)
            if found and line.start < found.start() and _divides(line, found.start()):
                line.pieces.append((found.start(), line.end, rule.role))
                if rule.role in (Role.CREDIT, Role.CAPTION):
                    if not _has_dateline(line):
                        line.rest = Role.CAPTION
                elif rule.role is Role.LINKS and _is_open(
                    text, line.start, line.start + len(text[line.start : found.start()].rstrip())
                ):
                    line.rest = Role.LINKS
                line.end = line.start + len(text[line.start : found.start()].rstrip())
                break
        else:
            break


def _has_dateline(line: _Line) -> bool:
    return any(role is Role.DATELINE for _, _, role in line.pieces)


def _divides(line: _Line, at: int) -> bool:
    """Whether *at* stands between two tokens of the line."""
    return line.start < at < line.end and not any(
        token.start < at < token.end
        for sentence in line.sentences
        if sentence.start < at < sentence.end
        for token in sentence.tokens
    )


# --- the role of a line ------------------------------------------------------------------------

_SURE_BULLET = "•●▪‣◦⁃"
_BULLET = _SURE_BULLET + "·*–—-"
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|said|says|can|could|may|did|does|do)\b"
)
_LABEL = re.compile(r"[A-Z][\w'’ ]{2,25}: ")
_HEAD_WORDS = 25  # more than any headline of the development pages has
_HEADING_WORDS = 14
_HEADER_WORDS = 6  # of a line that heads a list of links


def _role(page: _Page, line: _Line) -> Role:
    text, start, end = page.text, line.start, line.end
    if not any(sentence.words for sentence in line.sentences):
        return Role.SHARE
    if line.rest and _words(text, line) <= 90:
        return line.rest
    is_open = _is_open(text, start, end)
    early = line.at < _EARLY_LINES
    known = _ANY["line"] if early or is_open else _ANY_LATE
    if end - start <= _LONGEST_LINE:
        for rule in _candidates(page, "line", known.fullmatch(text, start, end), start, end):
            if (rule.open and not is_open) or (rule.early and not (early or is_open)):
                continue
            if rule.first and (page.begun or not page.prose or not _is_below_title(page, line)):
                continue
            if rule.pattern.fullmatch(text, start, end):
                if rule.heads and is_open and _words(text, line) <= _HEADER_WORDS:
                    page.listed = rule.rest or rule.role
                return rule.role
    if len(line.sentences) == 1:
        role = _role_of_sentence(page, line, start, end)
        if role is not Role.STORY:
            return role
    if len(page.lines) > 1 and _is_title(page, line, is_open):
        return Role.TITLE
    if not is_open:
        page.listed = None
        return Role.STORY
    if text[end - 1] == ":":
        page.listed = Role.STORY
        return Role.STORY
    if page.listed:
        return page.listed
    return _role_of_open(page, line)


def _is_below_title(page: _Page, line: _Line) -> bool:
    """Whether a title stands above the line, in the text or beside it."""
    if line.at or not page.title:
        return line.at > 0
    return _lowered(line.sentences, line.start, line.end) != page.title


def _candidates(
    page: _Page, where: str, found: re.Match[str] | None, start: int, end: int
) -> Sequence[_Rule]:
    """The rules to try on a text, in order: all if one that waits for no word was *found* to fit.

    Else those that wait for a word of the text.
    """
    if found:
        return _RULES[where]
    find = page.text.find
    return [rule for word, rule in page.waiting[where] if find(word, start, end) >= 0]


def _is_title(page: _Page, line: _Line, is_open: bool) -> bool:
    text = page.text[line.start : line.end]
    if page.title and len(text) < 2 * page.title_length + 20:
        theirs = page.title
        ours = _lowered(line.sentences, line.start, line.end)
        common = len(set(ours) & set(theirs))
        near = common >= 4 and common >= 0.7 * len(set(ours) | set(theirs))
        # A lead may well be the title with a full stop; only the first line is taken for it.
        if line.at == 0 and (near or ours == theirs):
            return True
        if is_open and (ours == theirs or (near and line.at < 3)):
            return True
    if line.at == 0 and not line.pieces and len(line.sentences) == 1:
        headline = (is_open and text[-1] != ":") or text[-1] == "?"
        return headline and len(text.split()) <= _HEAD_WORDS
    return False


def _role_of_open(page: _Page, line: _Line) -> Role:
    """The role of a line without a full stop that no rule knows."""
    text, at = page.text, line.at
    words = _words(text, line)
    if not page.prose or _has_dateline(line) or text[line.start].islower():
        return Role.STORY
    if page.begun and words >= 5 and text[line.start] in _BULLET:
        return Role.STORY
    if words > _HEADING_WORDS:
        labelled = _LABEL.match(text, line.start, line.end) is not None
        return Role.CAPTION if labelled or not page.begun else Role.STORY
    if words >= 8 and page.begun and _VERB.search(text, line.start, line.end):
        return Role.STORY
    if not page.begun:
        return Role.TITLE
    following = page.lines[at + 1] if at + 1 < len(page.lines) else None
    if following and not _is_open(text, following.start, following.end):
        return Role.TITLE
    return Role.LINKS


def _mark_heads(text: str, lines: Sequence[_Line]) -> None:
    """What stands above the first dateline or byline is the head of the page, not its story."""
    # Not the hours of a live page: above one stands another post.
    datelines = [
        line
        for line in lines
        if any(r is Role.DATELINE and not text[start].isdigit() for start, _, r in line.pieces)
    ]
    if datelines and len(datelines) <= 2 and datelines[0].at <= 8:
        _mark_above(lines, datelines[0].at, 120)
    bylines = [line for line in lines[:5] if line.role is Role.BYLINE]
    if bylines:
        _mark_above(lines, bylines[0].at, 60)


def _mark_above(lines: Sequence[_Line], at: int, most_words: int) -> None:
    above = [line for line in lines[:at] if line.role is Role.STORY]
    words = sum(len(sentence.words) for line in above for sentence in line.sentences)
    if (
        len(above) <= 3
        and words <= most_words
        and any(line.role is Role.STORY for line in lines[at:])
    ):
        for line in above:
            line.role = Role.CAPTION


# A name alone under the headline, above the name of the newspaper.
_NAME_ALONE = re.compile(r"(?:[A-Z][\w.'’-]{0,20} ){1,3}[A-Z][\w'’-]{1,20}")


def _mark_names(text: str, lines: Sequence[_Line]) -> None:
    """A bare name below a title and above a byline is one as well."""
    for above, line, below in zip(lines, lines[1:6], lines[2:7], strict=False):
        if (
            {above.role, line.role} <= {Role.TITLE, Role.CAPTION}
            and below.role is Role.BYLINE
            and line.end - line.start < 80
            and _NAME_ALONE.fullmatch(text, line.start, line.end)
        ):
            line.role = Role.BYLINE


_RELEASE = re.compile(
    r"FOR IMMEDIATE RELEASE|For [Ii]mmediate [Rr]elease|EMBARGOED|/ ?PR ?Newswire ?/"
    r"|BUSINESS WIRE|GLOBE ?NEWSWIRE"
)
_RELEASED = 400  # code points of the page's head in which the mark of a press release stands
_ABOUT = re.compile(
    r"(?:About|ABOUT) [A-Z][^.!?]{1,80}(?:(?<=Inc|Ltd|LLC)\.|(?<=Corp)\.|(?<=Co)\.)?:?"
    r"|(?:Cautionary|CAUTIONARY|Safe Harbor|SAFE HARBOR"
    r"|Forward-[Ll]ooking|FORWARD-LOOKING)\b[^.!?]{0,80}|#(?: ?#){1,4}"
)


def _mark_boilerplate(text: str, lines: Sequence[_Line]) -> None:
    """What stands in a press release under "About the company" is no news."""
    if not _RELEASE.search(text, 0, _RELEASED):
        return
    begun = ended = False
    for line in lines:
        if line.end - line.start < 120 and _ABOUT.fullmatch(text, line.start, line.end):
            ended = begun
        if line.role is Role.STORY:
            begun = True
        if ended and line.role in (Role.STORY, Role.TITLE):
            line.role = Role.NOTE


# --- sentences ---------------------------------------------------------------------------------


def _sentences(page: _Page, line: _Line) -> Iterator[Sentence]:
    """The sentences of a line, divided where pieces were cut off."""
    parts = sorted([*line.pieces, (line.start, line.end, line.role)])
    for sentence in line.sentences:
        for start, end, role in parts:
            tokens = sentence.tokens
            if line.pieces:
                tokens = tuple(t for t in tokens if start <= t.start and t.end <= end)
            if not tokens:
                continue
            first, last = tokens[0].start, tokens[-1].end
            if role is Role.STORY:
                role = _role_of_sentence(page, line, first, last)
            if role is Role.STORY and _is_bulleted(page.text, tokens):
                yield _piece(page.text, tokens[:1], sentence, Role.SHARE)
                tokens = tokens[1:]
                role = _role_of_sentence(page, line, tokens[0].start, last)
            if len(tokens) == len(sentence.tokens):
                yield sentence if role is Role.STORY else replace(sentence, role=role)
            else:
                yield _piece(page.text, tokens, sentence, role)


def _piece(text: str, tokens: tuple[Token, ...], sentence: Sentence, role: Role) -> Sentence:
    """The sentence's piece of some of its tokens."""
    start, end = tokens[0].start, tokens[-1].end
    return Sentence(text[start:end], start, end, tokens, sentence.paragraph, role)


def _is_bulleted(text: str, tokens: Sequence[Token]) -> bool:
    """Whether the first token is the mark of an item in a list."""
    if len(tokens) < 2 or tokens[0].text not in _BULLET:
        return False
    return tokens[0].text in _SURE_BULLET or (
        text[tokens[0].end].isspace() and tokens[0].text in "*·–-"
    )


_ADDRESSED = frozenset({Role.SHARE, Role.NOTE})  # what speaks to the reader
_TOLD = re.compile(
    r",[”\"’']? (?:[\w’'.-]+ ){1,4}"
    r"(?:said|says|told|tells|joked|added|wrote|asked|warned|heard|found)\b"
)
_SIGNS = re.compile(r"[^\w\"“”'‘’]+")  # without words, and no quote of the sentence before


def _role_of_sentence(page: _Page, line: _Line, start: int, end: int) -> Role:
    if _SIGNS.fullmatch(page.text, start, end):
        return Role.SHARE
    if end - start <= _LONGEST_LINE:
        found = _ANY["sentence"].fullmatch(page.text, start, end)
        tail = line.at >= len(page.lines) - _TAIL_LINES and start > 0.6 * page.lines[-1].end
        for rule in _candidates(page, "sentence", found, start, end):
            if (tail or not rule.tail) and rule.pattern.fullmatch(page.text, start, end):
                # "Thank you for following me, the pope told the crowd."
                told = rule.role in _ADDRESSED and _TOLD.search(page.text, start, end)
                return Role.STORY if told else rule.role
    return Role.STORY


# --- repeats -----------------------------------------------------------------------------------

_REPEAT_WORDS = 6  # shorter sentences may well be said twice
_SAME_HEAD = 4  # sentences with the same first words that are looked for; bounds the time


def _mark_repeats(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences; those of the story that are told in the same words elsewhere are repeats.

    The first of equal sentences stays story. A paragraph that another sentence quotes whole, a
    pull quote or a lead that breaks off, is a repeat wherever it stands.
    """
    keys = [sentence.lower if sentence.role is Role.STORY else () for sentence in sentences]
    seen: set[tuple[str, ...]] = set()
    repeats: set[int] = set()
    for i, key in enumerate(keys):
        if len(key) >= _REPEAT_WORDS:
            if key in seen:
                repeats.add(i)
            seen.add(key)
    heads: dict[tuple[str, ...], list[int]] = {}
    for i in _alone(sentences) - repeats:
        if len(keys[i]) >= _REPEAT_WORDS:
            heads.setdefault(keys[i][:_REPEAT_WORDS], []).append(i)
    first_words = {head[0] for head in heads}
    for key in keys:
        for at, word in enumerate(key):
            if word in first_words:
                for i in heads.get(key[at : at + _REPEAT_WORDS], ())[:_SAME_HEAD]:
                    if len(key) > len(keys[i]) and key[at : at + len(keys[i])] == keys[i]:
                        repeats.add(i)
    return tuple(
        replace(sentence, role=Role.REPEAT) if i in repeats else sentence
        for i, sentence in enumerate(sentences)
    )


def _alone(sentences: Sequence[Sentence]) -> set[int]:
    """Sentences that are a paragraph each."""
    counts: dict[int, int] = {}
    for sentence in sentences:
        counts[sentence.paragraph] = counts.get(sentence.paragraph, 0) + 1
    return {i for i, sentence in enumerate(sentences) if counts[sentence.paragraph] == 1}
