"""Starts the service and says where it is."""

import hashlib
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from api.application import create_application
from api.ground import demonstrate, evidence, wants_demonstration
from api.settings import Settings
from api.sign_in import NAME, demonstration_password
from geo.errors import Refused
from layers import Database
from plans.refresh import refresh
from plans.weights import weights

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


def _serve(settings: Settings, database: Database, port: socket.socket, say: Say) -> None:
    # A database that somebody brought is for real evidence: nothing is made up there unasked.
    if settings.database_url is None and wants_demonstration(database):
        demonstrate(database, settings.home, say)
    refresh(database, weights(settings.home), say=say)
    password = demonstration_password(settings.home)
    key = hashlib.sha256(b"sessions" + (settings.home / "key").read_bytes()).digest()
    application = create_application(database, settings, key, password)
    here = f"http://{settings.host}:{settings.port}"
    say(
        f"\n  Public map    {here}/\n  Officer map   {here}/officer/map   (name: {NAME}, password: {password})\n"
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
