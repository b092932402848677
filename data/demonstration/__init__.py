"""Five years of synthetic evidence in files shaped like real exports, seeded, and the truth about what it hides.

`truth.json` (see `truth.Truth`) holds:

- `seed`, `since`, `until`; `files` and `rows` by layer, and of `homes` and `survey`; `precision`: rows by layer and by
  the most exact place that they give (exact is a UPRN or coordinates);
- `estates`: of each code its homes, its level of events and of reporting by layer (1 is usual), its cases;
- `parameters`: distributions and shapes behind the background;
- `plants`: `id`, `kind` (steady, emerging, fading hotspots; many homes; quiet; single case, differ by one, lone
  hate case), `layer`, `theme` (null: all), `categories` of the cases on top, centre (EPSG:27700), `radius_m` (null:
  whole estates), `estates`, `homes`, `first_month`, `last_month`, `relative_risk` at its height, `reporting`,
  `expected` cases without the plant, `actual` cases, `actual_exact`, `references` of a trap's cases;
- `canaries`: `layer`, `reference`, exact `text`, and `words` that occur nowhere else.
"""

from data.demonstration.generator import FILES, TRUTH, generate
from data.demonstration.truth import Canary, Plant, Truth

__all__ = ["FILES", "TRUTH", "Canary", "Plant", "Truth", "generate"]
