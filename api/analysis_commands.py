"""`priorities analyse`: what is high where, since when and how surely, from the command line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api._terminal import day, evidence, step
from geo.errors import Refused

if TYPE_CHECKING:
    from layers import Database

Estate = Annotated[str | None, typer.Option(metavar="CODE", help="Only this estate, with its figures by theme.")]
AsOf = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Use nothing after this day.")]
CheckTruth = Annotated[
    bool, typer.Option("--check-truth", help="Compare with what was planted in the demonstration, line by line.")
]


def analyse(estate: Estate = None, as_of: AsOf = None, check_truth: CheckTruth = False) -> None:
    """Find hotspots, clusters and courses in every layer, keep them, and say them.

    What has not changed since it was last analysed is not analysed again.
    """
    from plans.analysis import refresh

    with evidence() as database:
        until = day(as_of)
        refresh(database, until, step)
        if check_truth:
            _check(database, until)
        elif estate:
            _print_estate(database, estate, until)
        else:
            _print_findings(database, until)


def _results(database: "Database", as_of: date | None) -> dict[str, Any]:
    from layers import LAYERS, Asker
    from plans import latest

    found = {name: latest(database, Asker("officer"), name, as_of) for name in LAYERS}
    return {name: each[1] for name, each in found.items() if each}


def _names(database: "Database") -> dict[str, str]:
    from layers import Asker, areas

    frame = areas(database, Asker("officer"))
    return dict(zip(frame["code"], frame["name"], strict=True))


def _print_findings(database: "Database", as_of: date | None) -> None:
    from layers import LAYERS
    from plans.findings import findings

    names = _names(database)
    for name, result in _results(database, as_of).items():
        layer = LAYERS[name]
        print(f"{layer.title}{_until(result)}")
        said = list(findings(layer, result, names))
        for sentence in said or ["No place stands out beyond chance."]:
            print(f"  {sentence}")


def _until(result: dict[str, Any]) -> str:
    if result.get("refusal"):
        return ""
    return f", complete to {result['last'][:7]}; {result['located']:,} of {result['total']:,} located"


def _print_estate(database: "Database", code: str, as_of: date | None) -> None:
    from layers import LAYERS

    names = _names(database)
    if code not in names:
        raise Refused(f"There is no estate {code}: give its code, as in {min(names, default='MK-001')}.")
    # All of it first: a file of weights that is refused must not come below half an answer.
    said = list(_priorities(database, code, as_of))
    print("\n  ".join([names[code], *said]))
    for name, result in _results(database, as_of).items():
        for theme, found in result.get("themes", {}).items():
            each = next(each for each in found["estates"] if each["code"] == code)
            print(f"  {LAYERS[name].title}, {theme}: {_rate(each)}. {each['said']}")


def _priorities(database: "Database", code: str, as_of: date | None) -> Iterator[str]:
    """What comes first in an estate, how surely, what residents and records say, and who reports."""
    from api.settings import settings
    from layers import Asker
    from plans.priorities import priorities
    from plans.weights import weights

    found = priorities(database, Asker("officer"), weights(settings().home), as_of=as_of)[code]
    if found.ranking is None:
        yield found.refusal
    else:
        yield found.ranking.said
        for each in found.ranking.themes:
            tied = ", tied" if each.tied else ""
            likely = f"likely {2**each.low:.1f} to {2**each.high:.1f}"
            sure = f"first in {100 * each.first:.0f} of 100"
            yield f"{each.rank}{tied}. {each.theme}: {2**each.score:.1f} times the usual ({likely}); {sure}"
        yield found.ranking.gap.said
    if found.reporting:
        yield found.reporting.said


def _rate(each: dict[str, Any]) -> str:
    if each["rate"] is None:
        return f"{each['count']:,}, no homes listed and so no rate"
    underlying = f"underlying rate likely between {each['low']:.1f} and {each['high']:.1f}"
    return f"{each['rate']:.1f} per 1,000 homes, {underlying}"


def _check(database: "Database", as_of: date | None) -> None:
    from api.settings import settings
    from api.truth import checked

    lines = checked(Path(settings().home) / "demonstration" / "truth.json", _results(database, as_of))
    for line in lines:
        print(line)
    if any(line.missed for line in lines):
        raise typer.Exit(1)
