"""The version of the service as it is installed; pyproject.toml is where it is written."""

from importlib.metadata import version

VERSION = version("priorities")
