"""Pictures of routing with names of any script: no boxes, nobody lost, no formula read."""

import io
import warnings

import pandas as pd
from PIL import Image

from cs_assets.lettering.figures import labels, lettered
from cs_assets.routing.rehearsal import charts
from tests.faults.odd_names import SEEDS


def test_names_of_any_script_stand_in_the_books_and_two_of_a_name_are_two():
    names = [*SEEDS[:34], "Sarah Johnson", "Sarah Johnson", "$\\frac{1}{2} & $5", "$x$ ^{a"]
    after = pd.DataFrame(
        {"worker_id": [f"W{n:02}" for n in range(len(names))], "worker_name": names,
         "points": 10.0, "full_points": 1.0, "coverage": None}
    )  # fmt: skip
    before = after.assign(points=8.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is one
        assert charts.balance(before, after).startswith(b"\x89PNG")
        rows = after.assign(points_after=10.0, target=10.0, points=8.0, shared=False)
        with lettered():
            axes = charts._balance(rows, charts.ON_WHITE).axes[0]
    assert len(axes.get_yticklabels()) == len(names)
    assert len({bar.get_y() for bar in axes.patches}) == len(names)


def test_a_picture_has_the_ground_and_the_ink_of_its_page():
    after = pd.DataFrame({"worker_id": ["A", "B"], "worker_name": ["Ann", "Bea"],
                          "points": [10.0, 0.0], "full_points": 1.0, "coverage": None})  # fmt: skip
    look = charts.Look(paper="#102030", ink="#e0f0ff", dots_per_inch=100, inches=5)
    drawn = charts.balance(after.assign(points=5.0), after, look)
    seen = Image.open(io.BytesIO(drawn)).convert("RGB")
    colours = {colour: n for n, colour in seen.getcolors(1 << 24)}
    assert seen.width == 500
    assert seen.getpixel((1, 1)) == (0x10, 0x20, 0x30)
    assert (0xE0, 0xF0, 0xFF) in colours
    assert not {(255, 255, 255), (0, 0, 0)} & set(colours)


def test_shared_books_are_no_csms_and_share_among_themselves(monkeypatch):
    after = pd.DataFrame(
        {"worker_id": ["A", "B", "P"], "worker_name": ["Ann", "Bea", "Pool"],
         "points": [10.0, 30.0, 500.0], "full_points": [50.0, 150.0, 400.0],
         "coverage": [None, None, "pooled"]}
    )  # fmt: skip
    drawn = []
    monkeypatch.setattr(charts, "_png", lambda figure, look: drawn.append(figure) or b"")
    charts.balance(after.assign(points=[5.0, 30.0, 499.0]), after)
    axes = drawn[0].axes[0]
    assert axes.get_title(loc="left") == "6.0 points go to 2 of 2 CSMs and 1 shared book"
    marks = sorted(x for x, _ in axes.collections[0].get_offsets())
    assert marks == [10.0, 30.0, 500.0]


def test_what_no_font_joins_is_spelled():
    told = labels(["บริษัท ไทย", "株式会社", "한빛", "می\u200cخواهم", "Łódź", "n" * 99])
    assert told[0].isascii()
    assert told[1:3] == ["株式会社", "한빛"]
    assert told[3].isascii()
    assert told[4] == "Łódź"
    assert len(told[5]) <= 40
