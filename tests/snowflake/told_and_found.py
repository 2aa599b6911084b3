"""What is told of a column beside what a run has put into it: words, addresses and names."""

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from sql import personal_data

#: So many words in a row that stand in a call are that call's.
_IN_A_ROW = 7
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
#: Where names and numbers of people come from, of workers and of customers' contacts.
_NAMES = {
    "source.workday_workers": "worker_name", "source.csms": "csm_name",
    "source.hubspot_contacts": "full_name", "source.customer_people": "full_name",
    "gong.gong_users": "full_name", "gong.stg_gong_call_participants": "full_name",
}  # fmt: skip
_NUMBERS = {
    "source.workday_workers": "worker_id", "source.csms": "csm_id",
    "source.hubspot_contacts": "contact_id", "source.customer_people": "person_id",
    "gong.gong_users": "user_id", "gong.stg_gong_call_participants": "party_id",
}  # fmt: skip


def leaks(rows: Mapping[str, pd.DataFrame]) -> list[str]:
    """Columns told as of no person that hold words of a call, an address, a name or a number."""
    said = {
        run
        for sentence in rows["gong.stg_gong_call_transcripts"]["sentence"].dropna()
        for run in _runs(str(sentence))
    }
    name_of = re.compile("|".join(map(re.escape, _all(rows, _NAMES))))
    numbers = _all(rows, _NUMBERS)
    assert said
    assert numbers
    found = []
    for relation, table in rows.items():
        for column in personal_data.columns_of(relation, "neither"):
            texts = {text for text in table[column].dropna() if isinstance(text, str)}
            for what, is_there in (
                ("words", lambda text: any(run in said for run in _runs(text))),
                ("address", lambda text: _ADDRESS.search(text) is not None),
                ("name", lambda text: name_of.search(text) is not None),
                ("number", numbers.__contains__),
            ):
                if one := next((text for text in texts if is_there(text)), None):
                    found.append(f"{relation}.{column} holds {what}: {one[:80]}")
    return found


def _all(rows: Mapping[str, pd.DataFrame], where: Mapping[str, str]) -> set[str]:
    found = {str(one) for name, column in where.items() for one in rows[name][column].dropna()}
    return {one for one in found if len(one) > 2}


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.lower())
    for place in range(len(words) - _IN_A_ROW + 1):
        yield " ".join(words[place : place + _IN_A_ROW])
