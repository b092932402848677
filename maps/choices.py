"""What the filters of a layer offer, and what is chosen of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evidence import Selection, months
from layers._layer import Layer, Theme
from maps.period import month_in_words


@dataclass(frozen=True)
class Choices:
    """The filters of a layer with data from the month `first` to the month `last`."""

    layer: Layer
    chosen: Selection
    first: date | None
    last: date | None

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The themes that the layer's categories speak to, in their usual order."""
        spoken = {self.layer.theme(category) for category in self.layer.categories}
        return tuple(theme for theme in Theme if theme in spoken)

    @property
    def category_title(self) -> str:
        """What the layer calls its categories: "Trade", "Crime type"."""
        return self.layer.record.model_fields[self.layer.category].description or self.layer.category

    @property
    def months(self) -> Sequence[tuple[str, str]]:
        """Each month as the address has it, and in words."""
        if self.first is None or self.last is None:
            return ()
        return [(in_address(month), month_in_words(month)) for month in months(self.first, self.last)]

    @property
    def period(self) -> tuple[str, str]:
        """The first and last month chosen, as the address has them."""
        return in_address(self.chosen.first), in_address(self.chosen.last)

    @property
    def narrowed(self) -> list[str]:
        """The themes and categories chosen, in words; empty for all."""
        return [*sorted(self.chosen.themes), *sorted(self.chosen.categories)]


def in_address(month: date | None) -> str:
    """A month as addresses have it: "2026-01"; empty for none."""
    return f"{month:%Y-%m}" if month else ""
