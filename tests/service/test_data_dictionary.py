from pathlib import Path

from layers._registry import LAYERS
from service.data_dictionary import FILE, data_dictionary, main


def test_the_document_is_what_the_records_and_tables_say(tmp_path: Path) -> None:
    """After a change of either, `make dictionary` writes it anew."""
    assert FILE.read_text() == data_dictionary()
    main(tmp_path / "again.md")
    assert (tmp_path / "again.md").read_text() == data_dictionary()


def test_every_field_of_every_layer_is_in_it() -> None:
    """With its description, and a category with the theme that it speaks to."""
    text = data_dictionary()
    for layer in LAYERS.values():
        part = text[text.index(f"(`{layer.id}`)") :]
        for name, field in layer.record.model_fields.items():
            assert f"| `{name}`" in part and f"{field.description}" in part
        assert all(f"{code} → {layer.theme(code)}" in part for code in layer.categories)
