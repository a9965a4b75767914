"""Numbers found in news and in a peer's own specifications, beside two peers, with their cost.

    python -m evaluation.figures [--misses] [--alone]

Looks for annotated clusters at ../shared/digestbench and for the specifications of
Recognizers-Text at ../shared/data/figures. Peers are measured on the same texts in the same run;
one that is not installed (dependency group `evaluation`) is left out, and the run says so.
Exits with 1 below a floor of evaluation/floors.json.
"""

import argparse
import decimal
import hashlib
import importlib
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from evaluation.digestbench import BENCH, FLOORS, below
from service.core.furniture import mark
from service.core.lexicon import DIMENSIONS, TABLE, UNITS
from service.core.mentions import find_mentions
from service.core.quantities import find_quantities
from service.core.segment import segment
from service.core.text import Span

DATA = Path(__file__).parents[2] / "shared" / "data" / "figures"
#: Cases of the specifications that our contract reads otherwise: by model and hash of the input,
#: why, and what the contract reads; None for what the contract does not speak of.
OTHERWISE: dict[str, dict[str, list[Any]]] = json.loads(
    Path(__file__).with_name("specifications.json").read_text("utf-8")
)
MODELS: Mapping[str, str] = {
    "number": "rt_Number_NumberModel",
    "percent": "rt_Number_PercentModel",
    "range": "rt_Number_NumberRangeModel",
    "currency": "rt_NumberWithUnit_CurrencyModel",
    "dimension": "rt_NumberWithUnit_DimensionModel",
    "temperature": "rt_NumberWithUnit_TemperatureModel",
    "age": "rt_NumberWithUnit_AgeModel",
}
ARTICLE_WORDS = 700  # of the article that costs are given for


class Found(NamedTuple):
    """A number with unit as some system finds it, in terms that all systems can be held against."""

    start: int
    end: int
    value: float  # in the unit that it is stated in
    kind: str = ""  # "" where the system does not say
    unit: str = ""  # a currency's code, a dimension, "%"; "" for a bare number
    factor: float = 1.0  # what the unit is worth in the dimension's base unit
    high: float | None = None
    comparator: str = "="


System = Callable[[str], list[Found]]
#: Calls in which a peer raised an exception; the run says how many.
FAILED: Counter[str] = Counter()

# --- units in one form ---------------------------------------------------------------------------

_MONEY = {
    word.lower(): row["unit"]
    for row in TABLE["currencies"]
    for word in (*row["words"], *row["symbols"])
}
_DIMENSIONS = frozenset({"%", *(dimension for dimension, _ in DIMENSIONS.values())})
_CENTS = {word: row["unit"] for row in TABLE["hundredths"] for word in row["words"]}
_NAMED = {
    "united states dollar": "dollar",
    "japanese yen": "yen",
    "chinese yuan": "yuan",
    "british pound": "pound sterling",
    "pence": "penny",
    "c": "degree celsius",
    "f": "degree fahrenheit",
    "percentage": "%",
    "age": "year",
    "mexican peso": "mexican pesos",
    "costa rican colón": "colones",
    "georgian lari": "lari",
    "lao kip": "kip",
    "finnish markka": "markka",
    "netherlands guilder": "guilders",
    "peseta": "pesetas",
    "metric tonne": "tonne",
    "pound-mass": "pound",
}


def canonical(name: str, *, money: bool) -> tuple[str, float]:
    """The dimension or the currency's code of a unit, and what the unit is worth in it."""
    name = _NAMED.get(name.lower(), name.lower())
    if money:
        if name in _CENTS:
            return _CENTS[name], 0.01
        return ("GBP" if name == "pound" else _MONEY.get(name, name)), 1.0
    unit = UNITS.get(name, name)
    if unit not in DIMENSIONS:
        return unit, 1.0
    dimension, factor = DIMENSIONS[unit]
    return dimension, float(factor)


def close(one: float, other: float) -> bool:
    """Whether two values are one, but for rounding."""
    return abs(one - other) <= 0.002 * max(abs(one), abs(other), 1e-9)


# --- systems -------------------------------------------------------------------------------------


def ours(text: str) -> list[Found]:
    """The quantities of a text by our own rules, without title and names."""
    return _ours(text, None, named=False)


def _ours(text: str, title: str | None, *, named: bool) -> list[Found]:
    document = mark(segment(text), title) if named else segment(text)
    names = [Span(m.start, m.end) for m in find_mentions(document)] if named else []
    found = []
    for quantity in find_quantities(document, names):
        unit = quantity.unit or ""
        dimension, factor = DIMENSIONS.get(unit, (unit, Decimal(1)))
        found.append(
            Found(
                quantity.start,
                quantity.end,
                float(quantity.value),
                quantity.kind,
                dimension,
                float(factor),
                None if quantity.high is None else float(quantity.high),
                quantity.comparator,
            )
        )
    return found


def quantulum3() -> System:
    """Its `parser.parse`, with its ranges and without its optional classifier."""
    parser = importlib.import_module("quantulum3.parser")
    # Its classifier is a pickle of an old scikit-learn: beside a new one every call would fail.
    importlib.import_module("quantulum3.classifier").USE_CLF = False

    def find(text: str) -> list[Found]:
        try:
            quantities = parser.parse(text)
        except Exception:  # it fails on some texts; what it does not find is missed
            FAILED["quantulum3"] += 1
            return []
        found = []
        for quantity in quantities:
            name, entity = quantity.unit.name, quantity.unit.entity.name
            kind = "money" if entity == "currency" else ""
            unit, factor = "", 1.0
            if name != "dimensionless":
                unit, factor = canonical(name, money=kind == "money")
            low, spread = quantity.value, quantity.uncertainty
            high = None
            if spread:
                low, high = low - spread, low + spread
            found.append(Found(*quantity.span, low, kind, unit, factor, high))
        return found

    return find


def recognizers() -> System:
    """All its number models, the longest reading where they overlap."""
    number = importlib.import_module("recognizers_number")
    united = importlib.import_module("recognizers_number_with_unit")
    decimal.getcontext().prec = 28  # which they lower, for the whole process, when imported
    english = importlib.import_module("recognizers_text").Culture.English
    models = {
        "percent": number.recognize_percentage,
        "money": united.recognize_currency,
        "age": united.recognize_age,
        "measure": united.recognize_dimension,
        "temperature": united.recognize_temperature,
        "": number.recognize_number,
    }

    def find(text: str) -> list[Found]:
        found: list[Found] = []
        for kind, recognize in models.items():
            try:
                entities = recognize(text, english)
            except Exception:  # it fails on some texts; what it does not find is missed
                FAILED["recognizers-text"] += 1
                continue
            for entity in entities:
                resolution = entity.resolution or {}
                value = _number(resolution.get("value"))
                if value is None:
                    continue
                unit, factor = "%" if kind == "percent" else "", 1.0
                if resolution.get("unit"):
                    unit, factor = canonical(resolution["unit"], money=kind == "money")
                found.append(Found(entity.start, entity.end + 1, value, kind, unit, factor))
        found.sort(key=lambda one: (one.start - one.end, one.start))
        kept: list[Found] = []
        for one in found:
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)
        return sorted(kept)

    return find


def systems(*, alone: bool) -> dict[str, System]:
    """Ours and every peer that is installed, by name."""
    found: dict[str, System] = {"ours": ours}
    if alone:
        return found
    for name, make in {"quantulum3": quantulum3, "recognizers-text": recognizers}.items():
        try:
            found[name] = make()
        except ImportError as missing:
            print(f"{name}: not installed ({missing}); left out")
    return found


# --- annotated news ------------------------------------------------------------------------------


def clusters() -> Iterator[dict[str, Any]]:
    """The annotated clusters."""
    for path in sorted((BENCH / "dev").glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


_GOLD_UNITS = {"degree F": "degree Fahrenheit", "mile/day": "mile"}


def annotated(gold: dict[str, Any], article: dict[str, Any]) -> list[tuple[Found, list[float]]]:
    """The annotated mentions of one article, each with its other right values."""
    rows = []
    for figure in gold["figures"]:
        for mention in figure["mentions"]:
            if mention["article"] != article["id"]:
                continue
            start = article["text"].find(mention["sentence"])
            start += mention["sentence"].find(mention["quote"])
            unit = mention.get("unit") or figure["unit"] or ""
            unit = _GOLD_UNITS.get(unit, unit)
            unit, factor = canonical(unit, money=figure["kind"] == "money")
            values = [mention["value"], *mention.get("also", [])]
            end = start + len(mention["quote"])
            found = Found(start, end, values[0], figure["kind"], unit, factor)
            rows.append((found._replace(comparator=mention["comparator"]), values))
    return rows


def news(golds: Sequence[dict[str, Any]], system: System) -> dict[str, float]:
    """Precision, recall and F1 of values; comparators, units and kinds of the right ones."""
    tally: Counter[str] = Counter()
    for gold in golds:
        for article in gold["articles"]:
            if system is ours:
                found = _ours(article["text"], article.get("title"), named=True)
            else:
                found = system(article["text"])
            tally["found"] += len(found)
            free = set(range(len(found)))
            for right, values in annotated(gold, article):
                tally["gold"] += 1
                for k in sorted(free):
                    one = found[k]
                    over = one.start < right.end and right.start < one.end
                    if over and any(close(one.value, value) for value in values):
                        free.discard(k)
                        tally["value"] += 1
                        tally["comparator"] += one.comparator == right.comparator
                        if right.kind in ("money", "percent", "measure", "duration", "age"):
                            tally["united"] += 1
                            tally["unit"] += one.unit == right.unit
                        tally["kind"] += one.kind == right.kind
                        break
    return _scores(tally) | {
        name: tally[name] / max(1, tally["value"]) for name in ("comparator", "kind")
    }


def _scores(tally: Counter[str]) -> dict[str, float]:
    precision = tally["value"] / max(1, tally["found"])
    recall = tally["value"] / max(1, tally["gold"])
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "unit": tally["unit"] / max(1, tally["united"]),
    }


# --- specifications ------------------------------------------------------------------------------


def _number(text: Any) -> float | None:
    try:
        return float(Decimal(str(text).rstrip("%")))
    except InvalidOperation:
        return None


class Case(NamedTuple):
    """One input of a specification, and what is right of it."""

    key: str
    text: str
    right: list[tuple[float | None, float | None, str]]  # value, upper end, unit
    why: str | None  # why our contract reads it otherwise than the specification


def specification(model: str, *, published: bool = False) -> Iterator[Case | str]:
    """The cases of one model; only the reason where the contract does not speak of a case.

    Args:
        model: a key of `MODELS`.
        published: as the specification has them, whatever our contract reads.
    """
    for line in (DATA / f"{MODELS[model]}.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        key = hashlib.sha256(row["Input"].encode()).hexdigest()[:8]
        otherwise = {} if published else OTHERWISE.get(model, {})
        why, right = otherwise.get(key, (None, None))
        if why and right is None:
            yield why
            continue
        if right is None:
            right = list(_expected(model, row["Results"]))
        yield Case(key, _sentence(row), [tuple(one) for one in right], why)


def _sentence(row: dict[str, Any]) -> str:
    """The input; in a sentence, if it is no more than a number: a line so is a page's, not news."""
    text: str = row["Input"]
    if [entity["Text"].lower() for entity in row["Results"]] == [text.strip().lower()]:
        return f"They counted {text.strip()} in all."
    return text


def _expected(
    model: str, entities: Iterable[dict[str, Any]]
) -> Iterator[tuple[float | None, float | None, str]]:
    for entity in entities:
        resolution = entity["Resolution"]
        if model == "range":
            low, high = (part.strip("[]() ") for part in resolution["value"].split(","))
            ends = (_number(low) if low else None, _number(high) if high else None)
            yield (*ends, "" if ends[0] != ends[1] else "=")
            continue
        value = _number(resolution["value"])
        if value is None:
            continue  # "convert to celsius": a unit without a number is no quantity
        if model in ("number", "percent"):
            yield value, None, ""
        else:
            yield _united(value, resolution["unit"], model)


def _united(value: float, unit: str, model: str) -> tuple[float, None, str]:
    unit, factor = canonical(unit, money=model == "currency")
    return value * factor, None, unit


def told(model: str, found: Sequence[Found]) -> list[tuple[float | None, float | None, str]]:
    """What a system says of a text, as far as one model asks."""
    rows: list[tuple[float | None, float | None, str]] = []
    for one in found:
        temperature = one.unit in ("celsius", "fahrenheit", "angle")
        if model == "range":
            if one.high is not None:
                rows.append((one.value, one.high, ""))
            elif one.comparator in (">", ">="):
                rows.append((one.value, None, ""))
            elif one.comparator in ("<", "<="):
                rows.append((None, one.value, ""))
        elif model == "number":
            rows.append((one.value, None, ""))
            if one.high is not None:
                rows.append((one.high, None, ""))
        elif (
            (model == "percent" and one.unit == "%")
            or (model == "currency" and one.kind == "money")
            or (model == "age" and (one.kind == "age" or (not one.kind and one.unit == "time")))
            or (model == "temperature" and temperature)
            or (model == "dimension" and one.unit and one.kind in ("measure", ""))
        ):
            if model == "dimension" and (one.unit in ("celsius", "fahrenheit", "time", "%")):
                continue
            rows.append((one.value * one.factor, None, "" if model == "percent" else one.unit))
    return rows


def same(
    one: Sequence[tuple[float | None, float | None, str]],
    other: Sequence[tuple[float | None, float | None, str]],
) -> bool:
    """Whether two readings of a text are one."""

    def alike(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
        ends = zip(a[:2], b[:2], strict=True)
        return a[2] == b[2] and all(
            x is y if x is None or y is None else close(x, y) for x, y in ends
        )

    return len(one) == len(other) and all(map(alike, one, other))


def _joined(
    rows: Sequence[tuple[float | None, float | None, str]],
) -> list[tuple[float | None, float | None, str]]:
    """Bounds that follow each other joined into ranges, as the specification has them."""
    kept: list[tuple[float | None, float | None, str]] = []
    for low, high, unit in rows:
        before = kept[-1] if kept else (None, None, "")
        ends = [
            None if one is not None and other is not None else one if one is not None else other
            for one, other in zip((low, high), before, strict=False)
        ]
        apart = (low is None) != (high is None) and (before[0] is None) != (before[1] is None)
        if apart and ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
            kept[-1] = (ends[0], ends[1], unit)
        else:
            kept.append((low, high, unit))
    return kept


def _right(model: str, case: Case, system: System) -> bool:
    answer = told(model, system(case.text))
    return any(
        same(sorted(said, key=str), sorted(case.right, key=str))
        for said in (answer, _joined(answer))
    )


def specifications(
    tried: Mapping[str, System], *, misses: bool
) -> dict[str, dict[str, tuple[int, int]]]:
    """By model and system, the cases that are right and all that our contract speaks of."""
    tables: dict[str, dict[str, tuple[int, int]]] = {}
    for model in MODELS:
        cases = list(specification(model))
        left_out = Counter(case for case in cases if isinstance(case, str))
        asked = [case for case in cases if isinstance(case, Case)]
        tables[model] = {}
        for name, system in tried.items():
            right = 0
            for case in asked:
                if _right(model, case, system):
                    right += 1
                elif misses and name == "ours":
                    print(f"   {model} {case.key} {case.text[-150:]!r}")
                    print(f"      {told(model, ours(case.text))} not {case.right}")
            tables[model][name] = (right, len(asked))
        print(model, "left out:", dict(left_out)) if misses else None
    return tables


# --- the same texts, annotated again -------------------------------------------------------------

_CODES = frozenset(row["unit"] for row in TABLE["currencies"])


def _again(row: dict[str, Any]) -> Iterator[tuple[list[float], str]]:
    """The values and the unit of each quantity of a re-annotated text."""
    for quantity in row["quantities"]:
        name = re.sub(r" (?:of age|per .*)$", "", quantity["norm_unit"])
        unit, factor = canonical(name, money=canonical(name, money=True)[0] in _CODES)
        times = factor if unit in _CODES else 1.0
        yield [value * times for value in quantity["value"]], unit


def annotated_again(system: System) -> dict[str, float]:
    """Precision, recall and F1 of values, and the share of units right, by order of the values."""
    tally: Counter[str] = Counter()
    for path in sorted(DATA.glob("cqe_*.jsonl")):
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            free = list(system(row["text"]))
            tally["found"] += len(free)
            for values, unit in _again(row):
                tally["gold"] += 1
                for one in free:
                    stated = one.value * (one.factor if one.unit in _CODES else 1.0)
                    if close(stated, values[0]):
                        free.remove(one)
                        tally["value"] += 1
                        if unit in _CODES or unit in _DIMENSIONS:
                            tally["united"] += 1
                            tally["unit"] += one.unit == unit
                        break
    return _scores(tally)


# --- cost ----------------------------------------------------------------------------------------


def milliseconds(texts: Sequence[str], find: Callable[[str], object]) -> float:
    """CPU time an article of 700 words, over as many rounds as take half a second."""
    find(texts[0])
    words = sum(len(text.split()) for text in texts)
    rounds = 0
    start = time.process_time()
    while (spent := time.process_time() - start) < 0.5:
        for text in texts:
            find(text)
        rounds += 1
    return 1000 * spent / rounds / words * ARTICLE_WORDS


REPEATED = ("1", "1,", "one hundred and ", "1-2 ", "12 dead ", "$5 (£4) ", "thousands of ", "a ")


def growth(*, characters: int = 200_000) -> dict[str, tuple[float, float]]:
    """By repeated text, seconds for *characters* of it, and that over half of it, halved twice."""
    table = {}
    for unit in REPEATED:
        seconds = []
        for length in (characters // 2, characters):
            document = segment((unit * length)[:length])
            start = time.process_time()
            find_quantities(document)
            seconds.append(time.process_time() - start)
        table[unit] = (seconds[1], seconds[1] / max(0.005, seconds[0]) / 2)
    return table


def _specified(tried: Mapping[str, System], *, misses: bool) -> dict[str, float]:
    """Print the table of the specifications; what the floors hold of it."""
    measured: dict[str, float] = {}
    shares = specifications(tried, misses=misses)
    print(f"{'specification':14} {'cases':>6}", *(f"{name:>18}" for name in tried))
    for model, row in shares.items():
        right, of = row["ours"]
        print(f"{model:14} {of:6}", *(f"{k / of:18.3f}" for k, _ in row.values()))
        measured[f"spec_{model}"] = right / of
        ahead = [(right - k) / of for name, (k, _) in row.items() if name != "ours"]
        if ahead:
            measured["spec_ahead"] = min(*ahead, measured.get("spec_ahead", 1.0))
    sums = {name: [sum(row[name][i] for row in shares.values()) for i in (0, 1)] for name in tried}
    print(f"{'all':14} {sums['ours'][1]:6}", *(f"{k / of:18.3f}" for k, of in sums.values()))
    raw = [
        (model, case)
        for model in MODELS
        for case in specification(model, published=True)
        if isinstance(case, Case)
    ]
    shares_raw = [
        sum(_right(*case, system) for case in raw) / len(raw) for system in tried.values()
    ]
    print(f"{'as published':14} {len(raw):6}", *(f"{share:18.3f}" for share in shares_raw))
    measured["spec_all"] = sums["ours"][0] / sums["ours"][1]
    return measured


# --- the run -------------------------------------------------------------------------------------


def main() -> None:
    """Measure, print, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print our misses")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    tried = systems(alone=arguments.alone)
    measured: dict[str, float] = {}

    if BENCH.is_dir():
        golds = list(clusters())
        tables = {"ours": news(golds, ours)}
        # Every fourth cluster: the peers take minutes for all of them.
        tables |= {f"{name}, 1 of 4": news(golds[::4], system) for name, system in tried.items()}
        print(f"{'annotated news':24}", *(f"{name:>10}" for name in tables["ours"]))
        for name, scores in tables.items():
            print(f"{name:24}", *(f"{score:10.3f}" for score in scores.values()))
        measured |= {f"news_{name}": score for name, score in tables["ours"].items()}
        texts = [article["text"] for gold in golds[:8] for article in gold["articles"]]
        documents = {text: segment(text) for text in texts}
        cost = {
            "ours": milliseconds(texts, lambda text: find_quantities(documents[text])),
            "ours with the cut": milliseconds(texts, lambda text: find_quantities(segment(text))),
        }
        cost |= {name: milliseconds(texts, tried[name]) for name in tried if name != "ours"}
        print("ms an article of 700 words:", *(f"{k} {v:.2f}" for k, v in cost.items()))
        measured["ms"] = cost["ours"]
        for name in tried:
            if name != "ours":
                measured[f"faster_than_{name}"] = cost[name] / cost["ours"]
                whole = cost[name] / cost["ours with the cut"]
                print(
                    f"{measured[f'faster_than_{name}']:.0f} times {name}, {whole:.0f} with the cut"
                )
    else:
        print(f"no annotated clusters at {BENCH}; left out")

    if DATA.is_dir():
        measured |= _specified(tried, misses=arguments.misses)
        for name, system in tried.items():
            scores = annotated_again(system)
            print(f"annotated again, {name:18}", *(f"{k} {v:.3f}" for k, v in scores.items()))
            if name == "ours":
                measured |= {f"again_{k}": v for k, v in scores.items()}
    else:
        print(f"no specifications at {DATA}; left out")

    for unit, (seconds, ratio) in growth().items():
        print(f"200,000 characters of {unit!r}: {seconds:.2f} s, {ratio:.2f} of linear")
        measured["slowest_s"] = max(measured.get("slowest_s", 0), seconds)
        measured["growth"] = max(measured.get("growth", 0), ratio)

    print("calls that raised:", dict(FAILED) or "none")
    floors = json.loads(FLOORS.read_text("utf-8"))["figures"]
    bounds = {name: bound for name, bound in floors.items() if name in measured}
    if missed := below(measured, bounds):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
