"""Starts the service and says where it is."""

import hashlib
import socket
from collections.abc import Callable

import uvicorn

from api.application import create_application
from api.ground import demonstrate, evidence, wants_demonstration
from api.settings import Settings
from api.sign_in import NAME, demonstration_password
from geo.errors import Refused

Say = Callable[[str], None]


def serve(settings: Settings, say: Say) -> None:
    """Serve until Ctrl-C, then stop the database too if nobody else uses it.

    Raises
    ------
    Refused
        The port is taken, or there is no database to be had.
    """
    _check_port(settings)
    say("Starting the database …")
    with evidence(settings) as database:
        # A database that somebody brought is for real evidence: nothing is made up there unasked.
        if settings.database_url is None and wants_demonstration(database):
            demonstrate(database, settings.home, say)
        password = demonstration_password(settings.home)
        key = hashlib.sha256(b"sessions" + (settings.home / "key").read_bytes()).digest()
        application = create_application(database, settings, key, password)
        here = f"http://{settings.host}:{settings.port}"
        say(
            f"\n  Public map    {here}/\n  Officer map   {here}/officer/map   (name: {NAME}, password: {password})\n"
            f"  API           {here}/api\n\nCtrl-C stops it."
        )
        uvicorn.run(application, host=settings.host, port=settings.port, log_level="warning", access_log=False)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                f"Port {settings.port} cannot be used ({error.strerror}): stop what uses it, or set another,"
                " as in PORT=8001."
            ) from error
