import re
from collections.abc import Callable
from typing import Any


def test_a_run_is_explained_by_its_number(call: Callable[..., Any], output: Callable[[Any], str]) -> None:
    """The number that `analyse` says."""
    numbers = re.findall(r"; run (\w{16})", output(call("analyse")))
    assert len(numbers) > 5
    told = output(call("explain", numbers[-1]))
    assert all(words in told for words in ("Of Priorities", "Weights", "Versions numpy ", ", priorities "))


def test_a_run_that_is_not_there_is_refused(call: Callable[..., Any]) -> None:
    """With where numbers are found."""
    result = call("explain", "0123456789abcdef")
    assert result.exit_code == 1 and "priorities analyse says" in str(result.exception)
