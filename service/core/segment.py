"""A text, cut into sentences and words, offsets kept."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

from service.core.text import Document, Sentence, Span, Token

# White space, and what stands for none: zero-width space, word joiner, byte order mark and marks
# of direction. No sentence begins or ends with one.
_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200e\u200f\u2060\ufeff"
_NEAR = 1000  # code points in which an open quote or the end of a line is looked for


def segment(text: str) -> Document:
    """The document of a text; its sentences cover all of it but white space, of any width.

    >>> [s.text for s in segment("U.S. envoys left at 5 p.m. Monday. “No.” He left.").sentences]
    ['U.S. envoys left at 5 p.m. Monday.', '“No.”', 'He left.']
    """
    sentences = []
    for paragraph, block in enumerate(_blocks(text)):
        for part in _items(text, block):
            for start, end in _cut(text, part):
                piece = text[start:end]
                sentences.append(Sentence(piece, start, end, _tokens(text, start, end), paragraph))
    return Document(text, tuple(sentences))


# --- markup ------------------------------------------------------------------------------------

# Tags that part lines, and tags that stand in the middle of a sentence.
_PARTING = (
    "address article aside audio base blockquote body br button caption center dd details div dl dt"
    " embed fieldset figcaption figure footer form h[1-6] head header hr html iframe img input li"
    " link main meta nav noscript object ol option p path picture pre script section select source"
    " style summary svg table tbody td template textarea tfoot th thead title tr ul video"
)
_INLINE = (
    "a abbr b big cite code del em font i ins kbd label mark q s small span strike strong sub sup"
    " time tt u var wbr"
)


def _tag(names: str) -> str:
    return rf"</?(?:{'|'.join(names.split())}|[a-z]{{1,20}}-[a-z-]{{1,30}})(?=[\s/>])[^<>]*>"


_PART = rf"(?i:{_tag(_PARTING)}|<!--(?:[^<>]*-->)?|<[!?](?:doctype|xml)[^<>]*>)"
_TAG = rf"(?:(?i:{_tag(_INLINE)})|{_PART})"
_TAGS = re.compile(rf"{_TAG}(?:\s*{_TAG})*")
_PARTS = re.compile(_PART)
_BREAKS = ("", "\n", "\r")


def is_markup(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is nothing but tags of HTML."""
    return _TAGS.fullmatch(text, start, end) is not None


def _markup(text: str) -> Iterator[Span]:
    """Tags that stand in no sentence: those that part lines, and those where a line ends."""
    if "<" not in text:
        return
    last = 0
    for match in _TAGS.finditer(text):
        start, end = match.span()
        before, after = text[max(last, start - _NEAR) : start], text[end : end + _NEAR]
        at_edge = before.rstrip(" \t")[-1:] in _BREAKS or after.lstrip(" \t")[:1] in _BREAKS
        if at_edge or _PARTS.search(text, start, end):
            yield Span(start, end)
            last = end


# --- words -------------------------------------------------------------------------------------

# Inside words: combining accents, soft hyphen, zero-width joiners, word joiner.
_LETTER = r"[\w\u0300-\u036f\u00ad\u200c\u200d\u2060]"
_TOKEN = re.compile(
    rf"""
    [A-Za-z]++(?=[ ])                               # as below; most words, soonest read
  | (?:[Hh]ttps?://|[Ww]ww\.)[^\s<>"“”]*[\w/]       # a web address, up to its last letter
  | \w{_LETTER}*
    (?: (?: (?: [-‐‑.&@] | (?<=\.[^\W\d_])\.- )(?=\w)    # president-elect, p.m, U.S.-born
          | ['’](?: (?![sS]\b)                        # O'Brien, don't; but Trump 's
                  | (?<=\b[Ii]t['’]) | (?<=\b[Hh]e['’]) | (?<=\b[Ss]he['’]) | (?<=\b[Tt]hat['’])
                  | (?<=\b[Ww]hat['’]) | (?<=\b[Ww]ho['’]) | (?<=\b[Tt]here['’])
                  | (?<=\b[Hh]ere['’]) | (?<=\b[Ll]et['’]) )
            (?=\w)
          | ,(?<=\d,)(?=\d\d\d?(?:\D|$))              # 46,537; 1,50,000
          | /(?<=\.(?:com|org|net|gov)/)(?=\w)
          | /(?<=\.(?:uk|ly|co|me|tv|eu)/)(?=\w)
        ) {_LETTER}+ )*
    (?: (?<=\.[^\W\d_])\. )?                          # the last dot of U.S.
  | ['’][sS]\b
  | [#@][^\W\d]\w*
  | \.{{2,}} | -{{2,}}
  | {_TAG}
  | \S
    """,
    re.VERBOSE,
)


def _tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    """The tokens of ``text[start:end]``; together they cover all of it but white space."""
    new = tuple.__new__  # a third of the time of Token(...)
    found: list[Token] = []
    for word in _TOKEN.findall(text, start, end):
        start = text.find(word, start)  # only white space lies before it
        after = start + len(word)
        found.append(new(Token, (word, start, after)))
        start = after
    joined = set()  # dots that belong to the word before
    for i in [i for i, token in enumerate(found) if token[0] == "."]:
        if i and found[i - 1].end == found[i].start:
            word = found[i - 1]
            last = i + 1 == len(found) or not found[i + 1].text[0].isalnum()
            if _keeps_dot(word.text, last):
                found[i - 1] = Token(word.text + ".", word.start, word.end + 1)
                joined.add(i)
    if joined:
        return tuple(token for i, token in enumerate(found) if i not in joined)
    return tuple(found)


def _keeps_dot(word: str, last: bool) -> bool:
    """Whether the dot after *word* is the word's own; *last*: no other word follows."""
    if last:
        return word in _ABBREVIATIONS_AT_END
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isupper())


# --- lines and paragraphs ----------------------------------------------------------------------

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BULLET = re.compile(r"[•●▪‣◦⁃·*–—-]\s*\S|\(?\d{1,3}[.)]")
_BULLETS = "•●▪‣◦⁃"


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    """The lines and the tags between them, and whether it is one of these or follows one."""
    at = 0
    for markup in (*_markup(text), None):
        apart = at > 0
        for match in _LINE.finditer(text, at, markup.start if markup else len(text)):
            piece = match[0]
            if stripped := piece.strip(_SPACE):
                start = match.start() + len(piece) - len(piece.lstrip(_SPACE))
                yield start, start + len(stripped), apart
                apart = False
        if markup:
            yield *markup, True
            at = markup.end


def _blocks(text: str) -> Iterator[Span]:
    """The paragraphs: lines, or the lines that were one before a program wrapped them."""
    lines: list[tuple[int, int, bool]] = []  # start, end, whether it is apart from the line above
    last = 0
    for start, end, apart in _lines(text):
        blank = text.count("\n", last, start) > 1 or text.count("\r", last, start) > 1
        lines.append((start, end, apart or blank))
        last = end
    wraps = _wraps(text, lines)
    i = 0
    while i < len(lines):
        start, end, _ = lines[i]
        while i in wraps:
            i += 1
            end = lines[i][1]
        yield Span(start, end)
        i += 1


def _wraps(text: str, lines: list[tuple[int, int, bool]]) -> frozenset[int]:
    """Lines that a program broke: the next line's first word would not have fitted on them."""
    pairs = []
    widest = 0
    for i in range(len(lines) - 1):
        start, end, _ = lines[i]
        after, stop, blank = lines[i + 1]
        if blank:
            continue
        widest = max(widest, end - start, stop - after)
        word = text[after : min(stop, after + 60)].split(None, 1)[0]
        pairs.append((i, end - start + 1 + len(word)))
    if not 40 <= widest <= 100:
        return frozenset()
    full = [i for i, width in pairs if width > widest]
    wrapped = len(full) >= 3 and len(full) >= 0.7 * len(pairs)
    joined = set()
    for i, width in pairs:
        after = lines[i + 1][0]
        if _BULLET.match(text, after):
            continue
        runs_on = text[after].islower() and text[lines[i][1] - 1] not in ".!?:"
        if (wrapped and width > widest) or (runs_on and lines[i][1] - lines[i][0] >= 40):
            joined.add(i)
    return frozenset(joined)


# "Thursday, May 7, 2015 On Tuesday, the council …": a line of its own once, like a title.
_DATE = re.compile(r"[A-Z][a-z]{2,5}day, [A-Z][a-z]{2,8} \d{1,2}, \d{4}(?= |\Z)")
_LAST_DATE = re.compile(rf"(?<=[\w'’]) {_DATE.pattern}(?<=\d)\Z")
_LABEL = re.compile(r"[•●▪‣◦⁃]?\s*(?:\d{1,3}|[a-zA-Z])")
_ENUMERATOR = re.compile(r"(?:[•●▪‣◦⁃]\s*)?(\d{1,3}|[a-z])(\.\)|[.)])\s+(?=\S)")
_NEXT_ENUMERATOR = re.compile(r"\s(\d{1,3}|[a-z])(\.\)|[.)])\s+(?=[A-Z])")


def _items(text: str, block: Span) -> Iterator[Span]:
    """The items of a list written on one line, else the block itself."""
    start, end = block
    if text[start] in _BULLETS:
        for match in re.finditer(r"\s+" + re.escape(text[start]), text[start:end]):
            yield Span(start, block.start + match.start())
            start = block.start + match.end() - 1
    elif first := _ENUMERATOR.match(text, start, end):
        label, mark = first.groups()
        for found in _NEXT_ENUMERATOR.finditer(text, first.end(), end):
            if found.groups() == (_after(label), mark):
                yield Span(start, found.start())
                start, label = found.start(1), found[1]
    elif date := _DATE.match(text, start, end):
        if date.end() < end and text[date.end() + 1].isupper():
            yield Span(start, date.end())
            start = date.end() + 1
    elif text[end - 1].isdigit() and (date := _LAST_DATE.search(text, max(start, end - 40), end)):
        yield Span(start, date.start())
        start = date.start() + 1
    yield Span(start, end)


def _after(label: str) -> str:
    if label.isdigit():
        return str(int(label) + 1)
    return chr(ord(label) + 1)


# --- sentences ---------------------------------------------------------------------------------

_CLOSERS = "\"'”’»)\\]}“‘」』）"
_EMOJI = "[\u2600-\u27bf\u200d\ufe0f\U0001f300-\U0001faff]"
_STOP = re.compile(
    rf"""
    (?<![.!?…])
    ( [.!?…。！？।۔؟]+ (?:[ \u00a0][.!?…]+)* )
    ( [{_CLOSERS}]* (?: </\w{{1,10}}> )*
      (?: [ \u00a0]{{1,2}}["”](?=\s) )?  # “'Enough!' " The next”
      (?: [ \u00a0]?\[(?:\d{{1,3}}|citation\ needed)\] )*
      (?: \s?{_EMOJI}+ | \s[:;]-?[()DP](?=\s) )? )
    (?: ([\s\u200b\u200e\u200f\u2060\ufeff]+) | \Z
      | (?=[“"‘'(\[]?[A-Z][\w'’ ] | [“「『（]?[\u3040-\u9fff] | (?<=[。！？”」』）])[《【\d]) )
    """,
    re.VERBOSE,
)
_NEXT = re.compile(r"[\"'“‘«(\[{„]*\s?([^\W_]+(?:['’][a-z]+)?)?")
_SAID = re.compile(
    r"(?:(?:[A-Z][\w'’.-]*\s){1,4}|he\s|she\s|they\s|I\s|it\s)"
    r"(?:said|asked|says|asks|wrote|added|tweeted|shouted|replied|wondered|told|recalled|posted|joked|exclaimed|cried|screamed|yelled|continued|insisted|demanded|argued|quipped|chanted|noted|explained|declared|remarked|responded|answered|recalls|says|adds|writes|tweets|jokes)\b"
)
_AFTER_CLOCK = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January"
    " February March April May June July August September October November December Jan Feb Aug"
    " Sept Oct Nov Dec Eastern Central Mountain Pacific Greenwich Moscow Beijing"
    " ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET IST AEST AEDT JST".split()
)


def _table() -> dict[str, frozenset[str]]:
    raw = files("service.core.resources").joinpath("abbreviations.json").read_text("utf-8")
    return {
        name: frozenset(" ".join(lines).split())
        for name, lines in json.loads(raw).items()
        if name != "note"
    }


_TABLE = _table()
_STATES = _TABLE["states"]
_NEVER, _NUMBER, _MAYBE = _TABLE["never"], _TABLE["number"], _TABLE["maybe"] | _STATES
_STARTERS, _EXCLAIMED = _TABLE["starters"], _TABLE["exclaimed"]
_WORDS_TOO = frozenset(
    "No no Nos Mar Sat Sun Mon Art art arts Arts fig in Co co al Miss Mass Ill Ore Wash La Me Ind"
    " Fig sec Sec op p c P Pt st Ct Del min ext Ext ca est Est cl ph".split()
)
_ABBREVIATIONS = _NEVER | _NUMBER | _MAYBE | {"etc"}
_ABBREVIATIONS_AT_END = (_ABBREVIATIONS - _WORDS_TOO) | {"Co"}


def _cut(text: str, part: Span) -> Iterator[tuple[int, int]]:
    """The sentences of one paragraph."""
    at, end = part
    for match in _STOP.finditer(text, at, end):
        cut = match.end(2)
        after = match.end()
        if after == end:
            break
        if match[2] and (match[3] is None or text[cut - 2].isspace()) and _opens(text, at, match):
            after = cut - 1
            cut = match.start() + len(text[match.start() : after].rstrip())
        if _ends(text, at, match, after, end):
            yield from _after_headings(text, at, cut)
            at = after
    yield from _after_headings(text, at, end)


# "New People Party's Regina Ip In the east, …": a caption, credit or heading without a stop stands
# before the sentence. In 58,000 sentences of news pages 21 of the 22 such places are boundaries.
_BEGINNING = re.compile(r"(?:In|It|The|They|On|At|After|During) (?=[a-z])")
_BEFORE_TITLE = frozenset("of in on at by for to from and or as is was called titled named".split())
_BEFORE_TITLE |= frozenset(
    "a an the his her their its with about like article book novel story poem film movie drama"
    " series show play song album single magazine newspaper read wrote saw watched sang".split()
)
_NUMBERED = re.compile(r"\d+\)")


def _after_headings(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence, or the heading without a stop and the sentence that runs on from it."""
    for match in _BEGINNING.finditer(text, at + 6, end):
        cut = match.start() - 1
        if text[cut] != " " or not (text[cut - 1].isalnum() or text[cut - 1] in ")]"):
            continue
        head = text[max(at, cut - _NEAR) : cut]
        words = head.rsplit(None, 1)
        if len(words) < 2 or words[1].lower() in _BEFORE_TITLE or _NUMBERED.fullmatch(words[1]):
            continue
        if head.count('"') % 2 or head.count("“") > head.count("”"):
            continue
        yield at, cut
        at = cut + 1
    yield at, end


def _opens(text: str, at: int, match: re.Match[str]) -> bool:
    """Whether the quote between two sentences opens the second one."""
    mark = match[2][-1]
    if mark in "“‘":
        return True
    start, end = match.start(), match.end(2)
    if mark != '"' or match[3] is None:
        return mark == '"' and text.count('"', max(at, start - _NEAR), start) % 2 == 0
    # With a space on both sides: it opens if the next such mark closes.
    closing = text.find('"', end, end + 500)
    ends = closing > 0 and not text[closing - 1].isspace()
    return ends and not text[closing + 1 : closing + 2].isalnum()


class _Stop(NamedTuple):
    """A stop that may end a sentence, and what stands around it."""

    start: int
    word: str  # before it, without opening quotes
    following: str  # the word after it, without opening quotes; "" where there is none
    first: str  # the first character of that word, else of what follows
    starter: bool  # whether that word often begins a sentence and seldom a name


def _ends(text: str, at: int, match: re.Match[str], after: int, end: int) -> bool:
    """Whether the stop found by *match* ends the sentence begun at *at*."""
    start = match.start()
    mark, closers, gap = match.groups()
    ahead = _NEXT.match(text, after, end)
    following: str = (ahead and ahead[1]) or ""
    first = following[:1] or text[after]
    if first in ",;:)]}%":
        return False
    if first in "—–" and text[after + 1 : after + 3].strip()[:1].islower():
        return False
    if first.islower() and following.islower() and (mark != "." or text[after] not in "([“‘"):
        return False
    head = text[max(at, start - 24) : start]
    word = head.rsplit(None, 1)[-1] if head and not head[-1].isspace() else ""
    starter = following.replace("’", "'").lower() in _STARTERS
    word = word.rpartition(")")[2] or word  # "(CNN)Sen. Ruiz"
    stop = _Stop(start, word.lstrip("\"'“‘«([{„-–—"), following, first, starter)
    if gap is None and mark[-1] in "。！？":
        return "」" not in closers  # 「…。」と she said
    if gap is None and not _glued(text, stop):
        return False
    if mark == ".":
        return _ends_at_dot(text, at, stop)
    if set(mark) <= set(".… \u00a0"):  # an ellipsis
        if text[start - 1 : start] in ("[", "(") and closers:
            return False
        return bool(stop.word) or (starter and following != "I") or len(mark) > 6
    if stop.word in _EXCLAIMED:
        return starter
    return not closers or (first not in "-–—" and not _SAID.match(text, after, end))


_LETTERS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")  # U.S, p.m, Ph.D


def _ends_at_dot(text: str, at: int, stop: _Stop) -> bool:
    start, word, following, first, starter = stop
    if start - at <= 6 and _LABEL.fullmatch(text, at, start):
        return False
    if not word:
        return True
    known = word.capitalize() if word.isupper() and len(word) > 1 else word
    if known in _NEVER and not (known in _MAYBE and starter):
        return False
    if len(word) == 1 and word.isupper():
        before = text[max(at, start - 24) : start - 1].split()
        return starter or (word == "I" and bool(before) and before[-1].islower())
    if known in _NUMBER:
        letter = len(following) == 1 and first.isupper() and known not in ("No", "no")
        numbered = letter or first.isdigit() or first in "#$"
        time = following.capitalize() if word.isupper() else following
        return not numbered and time not in _AFTER_CLOCK
    if word.lower() in ("a.m", "p.m"):
        if following in _AFTER_CLOCK:
            return False
        # "At 5 a.m. Mr. Smith left": nothing has been said yet.
        return start - at >= 40 or len(text[at:start].split(None, 3)) > 3
    if known in _STATES and text[start - len(word) - 2 : start - len(word)] == ", ":
        # Mid-sentence a comma follows: "in Selma, Ala., where"; a dateline goes on with "(".
        return starter or (first.isupper() and text[start + 2 : start + 3] == first)
    if known in _MAYBE or word.rpartition("-")[2] in _MAYBE or _LETTERS.fullmatch(word):
        return starter
    return True


def _glued(text: str, stop: _Stop) -> bool:
    """Whether a stop without a space after it may end a sentence: no name or address is cut."""
    start, word = stop.start, stop.word
    if len(word) < 2 or not (word[-1].islower() or word[-1].isdigit() or word[-1] in ")\"'”’%"):
        return False
    if stop.following in ("Com", "Net", "Org", "Gov", "Co", "Uk"):
        return False
    before = text[max(0, start - 200) : start + 1].rsplit(None, 1)[-1]
    after = text[start : start + 60].split(None, 1)[0]
    return not ("://" in before or "www." in before or "@" in before or "@" in after)
