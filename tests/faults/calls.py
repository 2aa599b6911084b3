"""Faults of the call room: calls whose words give orders to whoever reads them."""

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml
from pydantic import SecretStr

from cs_assets import config
from cs_assets.calls import assets as calls_assets
from cs_assets.calls.judging.comparing import TABLE
from cs_assets.calls.transcript import Sentence, Transcript
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from sql import catalog
from tests.ai.injections import Injection, injections
from tests.ai.loopback import serving
from tests.calls.conversation import GOOD_CALL, talk
from tests.calls.fake_judge import JudgingClaude, everything
from tests.figures import Figure
from tests.materialising import materialize

#: Where in a call the attack stands: said by the customer or by us, a person's name, the title.
PLACEMENTS = ("customer", "us", "name", "title")
_DAY = dt.date(2026, 11, 10)
#: Words that are neither the call's nor an order.
_NEUTRAL = ("the", "gardeners", "keep", "old", "rakes", "behind", "a", "fence")
#: After which sentence of the call it is said, by who says it.
_AFTER = {"customer": 6, "us": 3}
_SCORES = [
    "overall_score", "product_knowledge_score", "discovery_score", "objection_handling_score",
    "engagement_score", "objections", "next_step_due", "priority",
]  # fmt: skip


class ObedientJudge(JudgingClaude):
    """Gives what the call demands: as it is, as reasons, or as full marks for everything."""

    def __init__(self, demands: list[str]) -> None:
        self._demands = demands
        self._asked = 0
        super().__init__(self._obey)

    def _obey(self, lines: list[tuple[int, str, str]]) -> str:
        self._asked += 1
        demand = self._demands[self._asked % len(self._demands)]
        if self._asked % 3 == 0:
            return demand
        given = json.loads(everything(lines))
        for one in given["criteria"]:
            if self._asked % 3 == 1:
                one |= {"reason": demand, "quote": demand}
        return json.dumps(given)


def call_injections(count: int = 300) -> Figure:
    """R-26 for who judges calls: rules by the words alone, and a model that obeys every call.

    Effects counted: a score, objection, date or priority that is another one than with neutral
    words of the same length in the same place; a row of any table but the model's own that
    changes when the model has judged; a demand among what the model says; another request.
    """
    attacks = list(injections(count))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warehouse = DuckDBWarehouse(path=str(folder / "warehouse.duckdb"))
        _stage(warehouse, attacks)
        _run(warehouse, Settings.load(cs_assets_home=folder), calls_assets.call_analysis)
        effects = _scores_moved(warehouse)
        before = _digests(warehouse)
        judge = ObedientJudge([attack.demand for attack in attacks])
        with serving(judge) as server:
            settings = Settings.load(
                cs_assets_home=folder,
                cs_assets_config_dir=_without_ceilings(folder / "config"),
                anthropic_api_key=SecretStr("test-key"),
                anthropic_base_url=server.url,
                cs_assets_call_judge="claude",
            )
            for _ in range(2):  # sent, and collected
                _run(warehouse, settings, calls_assets.call_judgements)
            effects += sum("/v1/messages/batches" not in r.path for r in server.requests)
        effects += sum(before[table] != now for table, now in _digests(warehouse).items())
        rows = _table(warehouse, TABLE)
        said = set(rows["reason"].dropna()) | set(rows["rejected"].dropna())
        effects += sum(attack.demand in told for attack in attacks for told in said)
    tried = count * len(PLACEMENTS)
    judged = rows["call_id"].nunique()
    value = f"{effects} effects in {tried} calls; {judged} answers of the model taken to pieces"
    passed = effects == 0 and judged == 2 * tried
    return Figure("R-26", "injections-into-calls, rules and model", value, "0", passed)


def _stage(warehouse: DuckDBWarehouse, attacks: list[Injection]) -> None:
    """Each attack in each place, and beside it the same call with neutral words there."""
    calls, people, sentences = [], [], []
    for number, attack in enumerate(attacks):
        words = len(attack.text.split())
        neutral = " ".join(_NEUTRAL[i % len(_NEUTRAL)] for i in range(words)).capitalize() + "."
        for placement in PLACEMENTS:
            for kind, text in (("attack", attack.text), ("neutral", neutral)):
                call = f"{number:03}-{placement}-{kind}"
                calls.append(
                    {
                        "call_id": call, "call_date": _DAY,
                        "title": text if placement == "title" else "Talk",
                        "started": dt.datetime.combine(_DAY, dt.time(9)),
                        "duration_seconds": 300, "scope": "External", "is_private": False,
                        "call_type": "discovery", "language": "eng", "content_hash": "x",
                    }
                )  # fmt: skip
                people.append(
                    {
                        "call_id": call, "call_date": _DAY, "party_id": "p", "party_index": 0,
                        "full_name": text if placement == "name" else "Ada Even",
                        "affiliation": "External",
                    }
                )  # fmt: skip
                said = _said(placement, text) if placement in _AFTER else talk(*GOOD_CALL)
                sentences += [_row(call, said, place) for place in range(len(said))]
    with warehouse.session("staging") as db:
        db.append("gong.stg_gong_calls", pd.DataFrame(calls))
        db.append("gong.stg_gong_call_participants", pd.DataFrame(people))
        db.append("gong.stg_gong_call_transcripts", pd.DataFrame(sentences))


def _without_ceilings(folder: Path) -> Path:
    """A folder of configuration in which one rep may have as many calls judged as there are."""
    folder.mkdir()
    shipped = yaml.safe_load((Path(config.__file__).parent / "ai.yaml").read_text(encoding="utf-8"))
    most = {"calls": 100_000, "tokens": 10**10, "dollars": 100_000}
    shipped["ceilings"] = dict.fromkeys(shipped["ceilings"], most)
    shipped["timeout_seconds"] = 600
    (folder / "ai.yaml").write_text(yaml.safe_dump(shipped), encoding="utf-8")
    return folder


def _said(placement: str, text: str) -> Transcript:
    """The good call with one more sentence, in the turn of who says it."""
    sentences = list(talk(*GOOD_CALL).sentences)
    place = _AFTER[placement]
    before = sentences[place]
    longer = 400 * len(text.split())
    later = [
        replace(
            one, index=one.index + 1, start_ms=one.start_ms + longer, end_ms=one.end_ms + longer
        )
        for one in sentences[place + 1 :]
    ]
    more = replace(
        before, index=place + 1, start_ms=before.end_ms, end_ms=before.end_ms + longer, text=text
    )
    return Transcript([*sentences[: place + 1], more, *later])


def _row(call: str, said: Transcript, place: int) -> dict[str, Any]:
    one: Sentence = said.sentences[place]
    return {
        "call_id": call, "call_date": _DAY, "sentence_index": one.index,
        "turn_index": said.turn_of[place], "speaker_id": one.speaker_id,
        "affiliation": one.affiliation, "user_id": one.user_id, "start_ms": one.start_ms,
        "end_ms": one.end_ms, "sentence": one.text,
    }  # fmt: skip


def _run(warehouse: DuckDBWarehouse, settings: Settings, asset: Any) -> None:
    done = materialize(
        [asset],
        resources={"settings": settings, "warehouse": warehouse},
        partition_key=_DAY.isoformat(),
    )
    if not done.success:
        raise RuntimeError("the run failed")


def _scores_moved(warehouse: DuckDBWarehouse) -> int:
    rows = _table(warehouse, "analytics.call_analysis").set_index("call_id")
    attacked = rows[rows.index.str.endswith("-attack")].sort_index()
    beside = rows[rows.index.str.endswith("-neutral")].sort_index()
    if len(attacked) != len(beside) or not (rows["status"] == "scored").all():
        raise RuntimeError("some of the calls were not scored")
    pairs = zip(_comparable(attacked), _comparable(beside), strict=True)
    return sum(one != other for one, other in pairs)


def _comparable(rows: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Scores to a point; objections by kind and outcome."""
    for row in rows[_SCORES].to_dict("records"):
        raised = [(o["type"], o["outcome"]) for o in json.loads(row.pop("objections"))]
        scores = (round(v) if isinstance(v, float) and v == v else str(v) for v in row.values())
        yield (*scores, *raised)


def _digests(warehouse: DuckDBWarehouse) -> dict[str, str]:
    """Every table but what the model's judge writes, by the hash of its rows."""
    names = [name for name in catalog.tables() if not name.startswith("analytics.call_judge")]
    return {
        name: hashlib.sha256(_table(warehouse, name).to_csv().encode()).hexdigest()
        for name in names
    }


def _table(warehouse: DuckDBWarehouse, name: str) -> pd.DataFrame:
    with duckdb.connect(warehouse.path, read_only=True) as db:
        return db.sql(f"SELECT * FROM {name} ORDER BY ALL").df()
