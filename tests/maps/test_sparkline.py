from itertools import pairwise

import pytest

from maps.sparkline import HEIGHT, WIDTH, Sparkline


def test_bars_are_as_high_as_their_counts() -> None:
    """The highest of all fills the picture, none stands for none, and all lie in it side by side."""
    made = Sparkline([0, 1, 2, 3] * 6, [1.5] * 24)
    assert [height for *_, height in made.bars[:4]] == pytest.approx([0, HEIGHT / 3, HEIGHT * 2 / 3, HEIGHT], abs=0.01)
    assert all(y + height == pytest.approx(HEIGHT, abs=0.02) for _, y, _, height in made.bars)
    ends = [(x, x + width) for x, _, width, _ in made.bars]
    assert all(one[1] <= other[0] for one, other in pairwise(ends)) and ends[-1][1] <= WIDTH


def test_the_district_is_a_line_on_the_same_scale() -> None:
    """Through the middles of the bars, and as high as it is; without it there is none."""
    points = [tuple(map(float, each.split(","))) for each in Sparkline([0, 4], [1, 8]).lines[0].split()]
    assert points == [(WIDTH / 4, HEIGHT * 7 / 8), (3 * WIDTH / 4, 0)]
    assert Sparkline([0, 4]).lines == []


def test_a_month_that_is_not_known_has_no_bar_and_breaks_the_line() -> None:
    """A missing month is not a quiet one."""
    made = Sparkline([2, None, 4, 0], [1.0, None, 1.0, 2.0])
    assert [x for x, *_ in made.bars] == [6.0, 126.0, 186.0]
    assert [len(line.split()) for line in made.lines] == [1, 2]


def test_where_nothing_was_recorded_the_picture_is_empty() -> None:
    """And no height is divided by none."""
    assert {height for *_, height in Sparkline([0, 0]).bars} == {0}
