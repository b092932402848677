"""The one exception of the product that a person is meant to read."""


class Refused(Exception):
    """Something the person can put right; the message is a sentence that says how."""
