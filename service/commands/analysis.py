"""`priorities analyse`: what is high where, since when and how surely, from the command line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import Refused
from service.commands.terminal import day, evidence, step

if TYPE_CHECKING:
    from analysis.priorities import Priorities, Prioritised
    from evidence import Database

Estate = Annotated[str | None, typer.Option(metavar="CODE", help="Only this estate, with its figures by theme.")]
AsOf = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Use nothing after this day.")]
CheckTruth = Annotated[
    bool, typer.Option("--check-truth", help="Compare with what was planted in the demonstration, line by line.")
]


def analyse(estate: Estate = None, as_of: AsOf = None, check_truth: CheckTruth = False) -> None:
    """Find hotspots, clusters and courses in every layer, keep them, and say them.

    What has not changed since it was last analysed is not analysed again.
    """
    from analysis.refresh import refresh
    from analysis.weight_log import note_weights
    from analysis.weights import weights
    from api.settings import settings

    weighed, until = weights(settings().home), day(as_of)
    with evidence() as database:
        note_weights(database, weighed)
        refresh(database, weighed, until, step)
        if check_truth:
            _check_truth(database, until)
        elif estate:
            _print_estate(database, estate, until)
        else:
            _print_findings(database, until)


def _latest_runs(database: "Database", as_of: date | None) -> dict[str, tuple[str, dict[str, Any]]]:
    """Identifier and result of the latest run of each layer, by its id."""
    from analysis.runs import latest_run
    from evidence import Viewer
    from layers._registry import LAYERS

    found = {name: latest_run(database, Viewer("officer"), name, as_of) for name in LAYERS}
    return {name: each for name, each in found.items() if each}


def _names(database: "Database") -> dict[str, str]:
    from evidence import Viewer, areas

    frame = areas(database, Viewer("officer"))
    return dict(zip(frame["code"], frame["name"], strict=True))


def _print_findings(database: "Database", as_of: date | None) -> None:
    from analysis.findings import findings
    from layers._registry import LAYERS

    names = _names(database)
    for name, (run, result) in _latest_runs(database, as_of).items():
        layer = LAYERS[name]
        print(f"{layer.title}{_until(result)}; run {run}")
        said = list(findings(layer, result, names))
        for sentence in said or ["No place stands out beyond chance."]:
            print(f"  {sentence}")
    run, found = _latest_priorities(database, as_of)
    print(f"Priorities; run {run}")
    for code, each in found.estates.items():
        print(f"  {names[code]}: {each.ranking.sentence if each.ranking else each.refusal}")


def _until(result: dict[str, Any]) -> str:
    if result.get("refusal"):
        return ""
    return f", complete to {result['last'][:7]}; {result['located']:,} of {result['total']:,} located"


def _print_estate(database: "Database", code: str, as_of: date | None) -> None:
    from layers._registry import LAYERS

    names = _names(database)
    if code not in names:
        raise Refused(f"There is no estate {code}: give its code, as in {min(names, default='MK-001')}.")
    print("\n  ".join([names[code], *_priorities(_latest_priorities(database, as_of)[1].estates[code])]))
    for name, (_, result) in _latest_runs(database, as_of).items():
        for theme, found in result.get("themes", {}).items():
            each = next(each for each in found["estates"] if each["code"] == code)
            print(f"  {LAYERS[name].title}, {theme}: {_rate(each)}. {each['said']}")


def _latest_priorities(database: "Database", as_of: date | None) -> tuple[str, "Prioritised"]:
    from analysis.priorities import latest_priorities
    from evidence import Viewer

    found = latest_priorities(database, Viewer("officer"), as_of)
    if found is None:
        raise Refused("The priorities that were just found have been taken away again: run this once more.")
    return found


def _priorities(found: "Priorities") -> Iterator[str]:
    """What comes first in an estate, how surely, what residents and records say, and who reports."""
    from analysis.findings import parts, place, steadiness

    if found.ranking is None:
        yield found.refusal
    else:
        yield found.ranking.sentence
        for each in found.ranking.themes:
            yield f"{each.rank}{', tied' * each.tied}. {each.theme}: {place(each)}"
            yield f"   {'; '.join(parts(each))}"
        yield found.ranking.voice_and_record.sentence
        yield from steadiness(found.ranking)
    if found.reporting:
        yield found.reporting.sentence


def _rate(each: dict[str, Any]) -> str:
    if each["rate"] is None:
        return f"{each['count']:,}, no homes listed and so no rate"
    underlying = f"underlying rate likely between {each['low']:.1f} and {each['high']:.1f}"
    return f"{each['rate']:.1f} per 1,000 homes, {underlying}"


def _check_truth(database: "Database", as_of: date | None) -> None:
    from api.settings import settings
    from service.commands.truth import compare_with_truth

    estates = _latest_priorities(database, as_of)[1].estates.values()
    quiet = {each.code for each in estates if each.reporting and each.reporting.quiet}
    results = {name: result for name, (_, result) in _latest_runs(database, as_of).items()}
    lines = compare_with_truth(Path(settings().home) / "demonstration" / "truth.json", results, quiet)
    for line in lines:
        print(line)
    if any(line.missed for line in lines):
        raise typer.Exit(1)
