"""What is told of a column beside what a run has put into it: words, addresses and names."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from sql import personal_data

#: So many words in a row that stand in a call are that call's.
_IN_A_ROW = 7
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def leaks(rows: Mapping[str, pd.DataFrame]) -> list[str]:
    """Columns told as of no person that hold words of a call, an address, or a worker's name."""
    said = {
        run
        for sentence in rows["gong.stg_gong_call_transcripts"]["sentence"].dropna()
        for run in _runs(str(sentence))
    }
    workers = rows["source.workday_workers"]
    people = {str(name) for name in [*workers["worker_name"], *rows["source.csms"]["csm_name"]]}
    assert said
    assert people
    found = []
    for relation, table in rows.items():
        for column in personal_data.columns_of(relation, "neither"):
            texts = {text for text in table[column].dropna() if isinstance(text, str)}
            for what, is_there in (
                ("words", lambda text: any(run in said for run in _runs(text))),
                ("address", lambda text: _ADDRESS.search(text) is not None),
                ("name", lambda text: any(name in text for name in people)),
            ):
                if one := next((text for text in texts if is_there(text)), None):
                    found.append(f"{relation}.{column} holds {what}: {one[:80]}")
    return found


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.lower())
    for place in range(len(words) - _IN_A_ROW + 1):
        yield " ".join(words[place : place + _IN_A_ROW])
