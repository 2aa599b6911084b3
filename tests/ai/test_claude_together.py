"""Texts in batches: one a section for all reports, at half the price, and nobody waits for ever."""

import json
from pathlib import Path

import anthropic
import pytest

from cs_assets.ai import configuration
from cs_assets.ai.guarded_calls import Unanswered
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.model_writer import ModelWriter
from cs_assets.ai.requests import Question
from cs_assets.ai.writing import Assignment
from resources.models import claude_together
from resources.models.claude_batch import LEASE_SECONDS, ClaudeBatches
from resources.models.claude_together import Together
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, as_json, serving
from tests.ai.sheets import GOOD, assignment, sheet
from tests.ai.writers import claude_writer


class Batches:
    """The batch endpoints with any number of batches, and the endpoint of single questions."""

    def __init__(self, *, ends: bool = True) -> None:
        self.ends = ends
        self.sent: list[list[str]] = []
        self.cancelled: set[int] = set()
        self.singly = 0

    def __call__(self, request: Request) -> Reply:
        parts = request.path.split("?")[0].strip("/").split("/")
        if parts[-1] == "messages":
            self.singly += 1
            return fake_claude.written(GOOD)
        if request.method == "POST" and parts[-1] == "batches":
            self.sent.append([one["custom_id"] for one in request.json["requests"]])
            return self._batch(len(self.sent) - 1)
        number = int(parts[3].removeprefix("batch_"))
        if parts[-1] == "cancel":
            self.cancelled.add(number)
        if parts[-1] == "results":
            lines = [json.dumps(self._result(number, key)) for key in self.sent[number]]
            return Reply(200, "\n".join(lines).encode(), {"content-type": "application/x-jsonl"})
        return self._batch(number)

    def _batch(self, number: int) -> Reply:
        over = self.ends or number in self.cancelled
        kinds = ("canceled", "errored", "expired", "processing", "succeeded")
        return as_json(
            {
                "id": f"batch_{number}",
                "type": "message_batch",
                "processing_status": "ended" if over else "in_progress",
                "request_counts": dict.fromkeys(kinds, 0),
                "created_at": "2026-11-16T08:00:00Z",
                "expires_at": "2026-11-17T08:00:00Z",
                "results_url": f"/v1/messages/batches/batch_{number}/results",
            }
        )

    def _result(self, number: int, key: str) -> dict[str, object]:
        if number in self.cancelled:
            return {"custom_id": key, "result": {"type": "canceled"}}
        message = json.loads(bytes(fake_claude.written(GOOD).body))  # type: ignore[arg-type]
        return {"custom_id": key, "result": {"type": "succeeded", "message": message}}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claude_together, "_GATHER_SECONDS", 0.1)
    monkeypatch.setattr(claude_together, "_POLL_SECONDS", 0.02)


def together(url: str, folder: Path, patience: float) -> Together:
    config = configuration.load()
    ledger = AiLedger(folder / "ai.sqlite", config.ceilings, lease_seconds=LEASE_SECONDS)
    client = anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)
    batches = ClaudeBatches(client, ledger, config, folder / "sent")
    caller = claude_writer(url, folder)._caller
    return Together(caller, batches, folder / "sent", patience)  # type: ignore[arg-type]


def writer(url: str, folder: Path, patience: float = 60.0) -> ModelWriter:
    made = claude_writer(url, folder)
    made._caller, made._at_once = together(url, folder, patience), 40
    return made


def reports(count: int) -> list[list[Assignment]]:
    sections = ("performance", "value", "next_steps")
    sheets = [sheet(f"c-{n}", name=f"Harbor {n}") for n in range(count)]
    return [[assignment(one, name) for name in sections] for one in sheets]


def test_reports_are_asked_together_section_by_section_at_half_the_price(tmp_path: Path) -> None:
    fake = Batches()
    with serving(fake) as server:
        drafts = writer(server.url, tmp_path).write_reports(reports(6))
    assert [draft.text for report in drafts for draft in report] == [GOOD] * 18
    assert {draft.writer for report in drafts for draft in report} == {"claude"}
    assert (sum(map(len, fake.sent)), fake.singly) == (18, 0)
    assert 3 <= len(fake.sent) <= 6, "one batch a section, unless a thread was late"
    rows = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings).rows()
    assert {row["micro_dollars"] for row in rows} == {(1200 * 2 + 340 * 10) // 2}
    assert not list((tmp_path / "sent").glob("*.json"))


def test_what_is_not_over_in_time_is_cancelled_and_asked_at_once(tmp_path: Path) -> None:
    fake = Batches(ends=False)
    with serving(fake) as server:
        (drafts,) = writer(server.url, tmp_path, patience=0.6).write_reports(reports(1))
    assert [draft.writer for draft in drafts] == ["claude"] * 3
    assert (fake.cancelled, fake.singly) == ({0}, 3)
    rows = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings).rows()
    assert sorted(str(row["state"]) for row in rows) == ["answered"] * 3 + ["failed"]


class Asked:
    """Notes what a writer asks and answers nothing."""

    provider_name = "claude"

    def __init__(self) -> None:
        self.questions: list[claude_together.Asked] = []

    def ask(self, question: Question, purpose: Purpose) -> Unanswered:
        self.questions.append(claude_together.Asked(question, purpose))
        return Unanswered(())

    def forget(self, conversation: str) -> None:
        """Nothing is kept."""


def test_a_run_that_was_cut_short_is_gone_on_with_and_not_paid_again(tmp_path: Path) -> None:
    fake, noted = Batches(), Asked()
    with serving(fake) as server:
        made = writer(server.url, tmp_path)
        books, made._caller = made._caller._batches, noted  # type: ignore[attr-defined]
        made.write_reports(reports(2))
        firsts = [one for one in noted.questions if '"performance"' in one.question.ask]
        assert books.submit("texts-before", firsts) == {}
        drafts = writer(server.url, tmp_path).write_reports(reports(2))
    assert [draft.text for report in drafts for draft in report] == [GOOD] * 6
    assert len([key for sent in fake.sent for key in sent]) == 6, "the first two were sent once"
    assert fake.singly == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_while_collecting_costs_the_half_price_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = Batches()
    with serving(fake) as server:
        made = writer(server.url, tmp_path)
        monkeypatch.setattr(made._caller, "_send", lambda _: 1 / 0)
        (drafts,) = made.write_reports(reports(1))
    assert ([draft.text for draft in drafts], fake.sent, fake.singly) == ([GOOD] * 3, [], 3)


def test_another_process_beside_asks_at_once(tmp_path: Path) -> None:
    fake = Batches()
    with serving(fake) as server:
        first = writer(server.url, tmp_path)
        assert first._caller._is_alone()  # type: ignore[attr-defined]
        (draft,) = writer(server.url, tmp_path).write([assignment()])
    assert (draft.text, fake.sent, fake.singly) == (GOOD, [], 1)
