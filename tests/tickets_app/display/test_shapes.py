"""What a row of a list tells of its ticket besides its own columns."""

from tickets_app.display.values import Shapes


def test_a_row_tells_what_matters_first_and_what_is_nested_not_at_all():
    shapes = Shapes(("total", "status"))
    flat = {"id": "a", "object": "ticket", "tip": 5, "status": "paid", "total": 12}
    nested = flat | {"total": {"amount": 12}, "items": []}
    assert (shapes.of(flat).names, shapes.of(flat).texts(flat), shapes.of(flat).more) == (
        ("total", "status", "tip"),
        ["12", "paid", "5"],
        0,
    )
    assert (shapes.of(nested).names, shapes.of(nested).texts(nested), shapes.of(nested).more) == (
        ("status", "tip"),
        ["paid", "5"],
        2,
    )


def test_a_row_tells_eight_properties_and_cuts_each():
    many = {f"n{number}": 10**80 for number in range(10)} | {"text": "x" * 80}
    shape = Shapes(()).of(many)
    assert (len(shape.names), shape.more, {len(text) for text in shape.texts(many)}) == (8, 3, {60})
    assert Shapes(("text",)).of(many).texts(many)[0] == "x" * 59 + "…"
