"""Rows kept on disk until all of them are there, so that memory holds one portion at a time."""

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import pandas as pd


class Spool:
    """Frames in the order in which they were added; gone with the ``with`` block or the process.

    The file has no name: nobody else can open it, and none is left behind by a process that is
    killed.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="cs-assets-")  # noqa: SIM115 - closed in __exit__
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, rows: pd.DataFrame) -> None:
        """Keep ``rows``; empty ones are not kept. ``OSError`` where the disk is full."""
        if rows.empty:
            return
        self._file.seek(self._end)
        pickle.dump(rows, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self._end = self._file.tell()

    def __iter__(self) -> Iterator[pd.DataFrame]:
        place = 0
        while place < self._end:
            self._file.seek(place)
            rows: pd.DataFrame = pickle.load(self._file)  # noqa: S301 - what this object wrote
            place = self._file.tell()
            yield rows
