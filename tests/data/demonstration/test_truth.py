import json
from dataclasses import asdict
from pathlib import Path

from data.demonstration import Truth


def test_the_file_says_what_the_value_says(truth: Truth, folder: Path) -> None:
    """Reading the JSON gives every field back."""
    read = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert read == json.loads(json.dumps(asdict(truth)))
    assert {"seed", "since", "until", "files", "rows", "precision", "estates", "parameters"} < set(read)


def test_a_truth_is_written_where_it_is_told(truth: Truth, folder: Path, tmp_path: Path) -> None:
    """The same truth gives the same bytes again."""
    truth.write(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (folder / "truth.json").read_bytes()
