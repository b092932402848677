from datetime import date

from web.statement_facts import FACTS, statement


def test_the_facts_are_read_from_their_file() -> None:
    """With the day of the last test, which lies in the past."""
    facts = statement()
    assert facts.tested <= date.today()
    assert facts.pages and facts.tools
    assert all(f'"{each}"' in FACTS.read_text() for each in facts.findings)
