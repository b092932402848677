"""Starts the service and says where it is."""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import uvicorn

from analysis.refresh import refresh
from analysis.weight_log import note_weights
from analysis.weights import weights
from api.settings import Settings
from evidence import Database, is_demonstration
from geo.errors import Refused
from plans.proposals import forget
from plans.publication import publish
from service.application import create_application
from service.demonstration_accounts import demonstration_password, save_demonstration_accounts
from service.start import demonstrate, evidence, is_stale, wants_demonstration

Say = Callable[[str], None]


def serve(settings: Settings, say: Say) -> None:
    """Serve until Ctrl-C, then stop the database too if nobody else uses it.

    Raises
    ------
    Refused
        The port is taken, or there is no database to be had.
    """
    with _listening(settings) as port:
        say("Starting the database …")
        with evidence(settings) as database:
            _serve(settings, database, port, say)


def _listening(settings: Settings) -> socket.socket:
    """The port, kept from the beginning: whoever asks while we start has to wait, and is not turned away."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise Refused(
            f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}): stop what uses it,"
            " or set another, as in PORT=8001."
        ) from error


def _publish(settings: Settings, database: Database, say: Say) -> None:
    """Publish a demonstration; what is real is published by a person."""
    if is_demonstration(database):
        say("Publishing what the public may see …")
        publish(database, settings.home, today=date.today())
    else:
        say("What the public sees is older than the evidence: priorities publish brings it up to date.")


def _serve(settings: Settings, database: Database, port: socket.socket, say: Say) -> None:
    # A database that somebody brought is for real evidence: nothing is made up there unasked.
    if settings.database_url is None and wants_demonstration(database):
        demonstrate(database, settings.home, say)
    weighed = weights(settings.home)
    refresh(database, weighed, say=say)
    note_weights(database, weighed)
    if is_stale(database):
        _publish(settings, database, say)
    forget(database, date.today())
    application = create_application(database, settings)
    here = f"http://{settings.host}:{settings.port}"
    say(
        f"\n  Public map    {here}/\n  Officer map   {here}/officer/map   {_sign_ins(settings, database)}\n"
        f"  API           {here}/api\n\nCtrl-C stops it."
    )
    # Whoever keeps a connection open does not keep the service from ending.
    config = uvicorn.Config(application, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    # As uvicorn takes the other two: an exception out of a handler is lost where the event loop is not Python's.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, server.handle_exit)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[port])


def _sign_ins(settings: Settings, database: Database) -> str:
    """How to sign in to the demonstration, or how to let somebody sign in."""
    names = save_demonstration_accounts(database, settings.home)
    if not names:
        return "(who may sign in: priorities user --help)"
    patch = ", ".join(sorted(names["patch-officer"] or ()))
    return (
        f"(name: officer, password: {demonstration_password(settings.home)})\n"
        f"                With that password also patch-officer ({patch}), planner and administrator."
    )
