"""`priorities user`, `key` and `access_log`: who may come in, and who did what."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from geo.errors import Refused
from service.commands.terminal import day, evidence, step, table

if TYPE_CHECKING:
    from evidence import Entry, Viewer

user = typer.Typer(help="Who may sign in.", no_args_is_help=True)
key = typer.Typer(help="API keys of planners and scripts.", no_args_is_help=True)

EVERY = "every"
"""What `--estate` takes for every estate. Without a word there is none: silence is safe."""

Estates = Annotated[
    list[str] | None,
    typer.Option("--estate", metavar="CODE", help="An estate of an officer's patch; again for more, or 'every'."),
]
NameOfUser = Annotated[str, typer.Argument(help="Name of the account.")]


@user.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Name to sign in with; with --oidc the e-mail address.")],
    role: Annotated[
        Literal["officer", "planner", "administrator"],
        typer.Option(help="An officer sees single records of the patch, a planner figures only, an administrator all."),
    ],
    estate: Estates = None,
    oidc: Annotated[bool, typer.Option("--oidc", help="Signs in with the council's account, no password.")] = False,
) -> None:
    """Let somebody sign in. The password is asked for, or read from the input."""
    from evidence.access.accounts import add_account

    patch = _patch(role, estate)
    with evidence() as database:
        add_account(database, _me(), name, role, patch, None if oidc else _password())
    print(f"{name} may sign in as {role}.")


@user.command("list")
def list_users() -> None:
    """Who may sign in, as what, for which estates."""
    from evidence.access.accounts import accounts

    with evidence() as database:
        found = accounts(database)
    rows = [
        (
            each.name,
            each.role,
            _estates(each.role, each.estates),
            ", ".join(f"{cover.estate} from {cover.first} to {cover.last}" for cover in each.cover),
            "council account" if each.by_provider else "demonstration" if each.demonstration else "password",
        )
        for each in found
    ]
    table(("name", "role", "estates", "covers", "signs in with"), rows)


@user.command("remove")
def remove_user(name: NameOfUser) -> None:
    """Let somebody sign in no more. Who is signed in is out within a minute."""
    from evidence.access.accounts import remove_account

    with evidence() as database:
        remove_account(database, _me(), name)
    print(f"{name} may not sign in any more.")


@user.command("cover")
def cover(
    name: NameOfUser,
    estate: Annotated[str, typer.Option(metavar="CODE", help="The estate to look after.")],
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day.")],
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day.")],
) -> None:
    """Let an officer look after one more estate for a while."""
    from evidence.access.accounts import Cover, cover_estate

    begins, ends = day(first), day(last)
    if begins is None or ends is None:
        raise Refused("Give the first and the last day, as in --from 2026-12-01 --to 2026-12-14.")
    with evidence() as database:
        cover_estate(database, _me(), name, Cover(estate, begins, ends))
    print(f"{name} covers {estate} from {begins} to {ends}.")


@key.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What the key is for, as in 'planning department'.")],
    role: Annotated[
        Literal["planner", "officer"],
        typer.Option(help="A planner's key gives figures, an officer's single records of --estate too."),
    ],
    estate: Estates = None,
    layer: Annotated[
        list[str] | None, typer.Option("--layer", help="A layer it is for; again for more. Every layer if not given.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The first day on which it does not work any more.")
    ] = None,
) -> None:
    """Make a key. It is shown once."""
    from evidence.access import keys

    made = keys.Key(name, role, _patch(role, estate), frozenset(layer) if layer else None, day(expires))
    with evidence() as database:
        token = keys.add_key(database, _me(), made)
    step("The key, which is not shown again. Programs send it as the header Authorization: Bearer KEY.")
    print(token)


@key.command("list")
def list_keys() -> None:
    """Which keys there are. None can be shown again."""
    from evidence.access.keys import keys

    with evidence() as database:
        found = keys(database)
    rows = [
        (
            each.name,
            each.role,
            _estates(each.role, each.estates),
            "every" if each.layers is None else ", ".join(sorted(each.layers)),
            f"{each.expires or 'never'}",
        )
        for each in found
    ]
    table(("name", "role", "estates", "layers", "expires"), rows)


@key.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="Name of the key.")]) -> None:
    """Let a key work no more, from within a minute on."""
    from evidence.access import keys

    with evidence() as database:
        keys.revoke_key(database, _me(), name)
    print(f"The key {name} does not work any more.")


def log(
    record: Annotated[str | None, typer.Option(metavar="REF", help="Only what concerns this record.")] = None,
    estate: Annotated[str | None, typer.Option(metavar="CODE", help="Only what concerns this estate.")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this account or key did.")] = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Only from this day on.")] = None,
) -> None:
    """Who saw, exported, changed and published what; the latest 1,000 entries, newest first."""
    from evidence import access_log as entries

    with evidence() as database:
        found = entries(database, record=record, estate=estate, who=who, since=day(since))
    table(("at", "who", "role", "did", "what"), [_log_row(each) for each in found])


def _log_row(entry: "Entry") -> tuple[str, ...]:
    seen = f"{len(entry.records):,} of {entry.layer}" if entry.layer else ""
    asked = "; ".join(f"{name} {_plain(value)}" for name, value in entry.about.items() if value not in (None, [], ""))
    where = f"in {', '.join(entry.estates)}" if entry.estates else ""
    what = "; ".join(filter(None, (f"{seen} {where}".strip(), asked)))
    return f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}", entry.who, entry.role, entry.event, what


def _plain(value: object) -> str:
    return ", ".join(f"{each}" for each in value if each is not None) if isinstance(value, list) else f"{value}"


def _patch(role: str, estates: list[str] | None) -> frozenset[str] | None:
    if role != "officer":
        if estates:
            raise Refused(f"Only an officer has a patch: leave --estate out for {role}.")
        return frozenset()
    if not estates:
        raise Refused("Say which estates with --estate MK-001, once for each, or --estate every.")
    return None if EVERY in estates else frozenset(estates)


def _estates(role: str, estates: frozenset[str] | None) -> str:
    if role == "planner":
        return "figures only"
    return "every" if role == "administrator" or estates is None else ", ".join(sorted(estates)) or "none"


def _me() -> "Viewer":
    from evidence import Viewer, user

    return Viewer("administrator", user())


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
