"""Pages are read ahead and bundled, and an error comes after what was read before it."""

import datetime as dt
import threading

import pytest

from cs_assets.errors import CsAssetsError
from resources.gong.pages import Page, Window, ahead, bundles
from tests.waiting import until

NOW = dt.datetime(2026, 10, 6)


def pages(count: int, error: Exception | None = None):
    for number in range(count):
        yield Page([number], str(number), NOW, size=10)
    if error is not None:
        raise error


def test_pages_read_ahead_are_the_same_in_the_same_order():
    assert [page.origin for page in ahead(pages(50), most=3)] == [str(n) for n in range(50)]


def test_an_error_comes_after_the_pages_before_it_in_bundles_too():
    found: list[str] = []

    def read() -> None:
        for bundle in bundles(ahead(pages(5, CsAssetsError("later"))), most=2):
            found.extend(page.origin for page in bundle)

    with pytest.raises(CsAssetsError, match="later"):
        read()
    assert found == ["0", "1", "2", "3", "4"]


def test_reading_stops_when_nobody_wants_more():
    before = threading.active_count()
    reader = ahead(pages(1000), most=2)
    next(reader)
    reader.close()
    until(lambda: threading.active_count() <= before, "the end of the reading thread")


def test_bundles_are_bounded_by_number_and_by_size():
    assert [len(list(bundle)) for bundle in bundles(pages(7), most=3)] == [3, 3, 1]
    assert [len(list(bundle)) for bundle in bundles(pages(5), bytes_most=20)] == [2, 2, 1]


def test_a_window_of_days_takes_both_days_whole():
    window = Window.of_days(dt.date(2026, 10, 6), dt.date(2026, 10, 7))
    assert window.holds(dt.datetime(2026, 10, 6, tzinfo=dt.UTC))
    assert window.holds(dt.datetime(2026, 10, 7, 23, 59, 59, tzinfo=dt.UTC))
    assert not window.holds(dt.datetime(2026, 10, 8, tzinfo=dt.UTC))
