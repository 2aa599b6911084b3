"""Faults of models and providers, over real HTTP on loopback: what happens to the reports."""

import hashlib
import os
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cs_assets.ai import configuration
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.writing import Draft, Prompt
from cs_assets.facts import slots
from resources.models.claude import Advice, ClaudeResource
from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.broken_answers import broken_answers
from tests.ai.injections import PLACEMENTS, ObedientModel, injections
from tests.ai.loopback import Reply, Request, Script, serving
from tests.ai.provider_faults import cases_of_faults
from tests.ai.sheets import BY_RULES, GOOD, assignment, sheet
from tests.ai.writers import claude_writer, cortex_writer
from tests.faults import calls
from tests.figures import Figure
from tests.waiting import exit_status


class Verdict(BaseModel):
    """An answer as routing asks for one: an adviser's, with no words that act."""

    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["approve", "flag"]
    row_ids: list[str]
    reason: str


PROMPT = Prompt("tests/verdict", "1", "Approve or flag.")


def _unhurried() -> AiConfiguration:
    """Never gives up, so that every broken answer is met."""
    return configuration.load().model_copy(update={"give_up_after": 10**6, "attempts": 1})


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _advise(url: str, folder: Path, number: int, note: str = "") -> Advice[Verdict]:
    """One question as routing asks it; its own run, so that nothing is given up for the next."""
    with _environment({"ANTHROPIC_API_KEY": "test-key", "ANTHROPIC_BASE_URL": url}):
        return ClaudeResource(settings=Settings.load(cs_assets_home=folder)).advise(
            asset="csm_routing_recommendations",
            run_id=f"run-{number}",
            account="batch:1",
            week="",
            prompt=PROMPT,
            document={"rows": [{"id": "row-1", "cost": number, "note": note}]},
            answer=Verdict,
        )


def _is_right(draft: Draft, facts: Any) -> bool:
    """A correct text or the rule-based one, and it can be filled."""
    slots.fill(draft.text, facts)
    return draft.text == GOOD if draft.writer != "rules" else draft.text == BY_RULES


def prompt_injections(count: int = 300) -> Figure:
    """R-26: an obedient model; what is shown holds nothing of what was demanded.

    Effects counted: a text that is not the rules' own, a report more or less, another
    report's text, a file made or changed, advice that is not refused.
    """
    model = ObedientModel()
    effects = tried = 0
    with tempfile.TemporaryDirectory() as name, serving(model) as server:
        folder = Path(name)
        (folder / "warehouse.duckdb").write_bytes(b"rows")
        before = _files(folder)
        writer = claude_writer(server.url, folder, _unhurried())
        for number, attack in enumerate(injections(count)):
            model.demand = attack.demand
            for placement in PLACEMENTS:
                facts = sheet(f"c-{number}", number, **{placement: attack.text})
                drafts = writer.write([assignment(facts)])
                tried += 1
                effects += [d.text for d in drafts] != [BY_RULES]
                effects += attack.demand in slots.fill(drafts[0].text, sheet()).text
            effects += _advise(server.url, folder, number, attack.text).answer is not None
        effects += _files(folder) != before
        effects += any(request.path != "/v1/messages" for request in server.requests)
    value = f"{effects} effects in {tried}"
    return Figure("R-26", "prompt-injections-x-placements", value, "0", effects == 0)


def _files(folder: Path) -> dict[str, str]:
    """Every file but the AI ledger, by its hash."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("ai.sqlite")
    }


def unusable_answers(count: int = 1000) -> Figure:
    """R-27: half to a writer, half to an adviser; each ends in rules or *unreviewed*."""
    replies = list(broken_answers(count))
    current: list[Reply] = []
    crashes = fallen_back = 0
    with tempfile.TemporaryDirectory() as name, serving(lambda _: current[0]) as server:
        folder = Path(name)
        for number, reply in enumerate(replies):
            current[:] = [reply]
            try:
                if number % 2:
                    facts = sheet(conversions=number)
                    writer = claude_writer(server.url, folder, _unhurried(), run_id=f"run-{number}")
                    (draft,) = writer.write([assignment(facts)])
                    fallen_back += (draft.writer, draft.text) == ("rules", BY_RULES)
                else:
                    fallen_back += _advise_once(server.url, folder, number).answer is None
            except Exception:
                crashes += 1
    value = f"{crashes} crashes, {fallen_back}/{count} fell back"
    passed = crashes == 0 and fallen_back == count
    return Figure("R-27", "broken-model-answers", value, "0 crashes, 100%", passed)


def _advise_once(url: str, folder: Path, number: int) -> Advice[Verdict]:
    """As ``_advise``, with a configuration that tries once."""
    own = folder / "config"
    if not own.exists():
        own.mkdir()
        built_in = Path(configuration.__file__).parent.parent / "config" / "ai.yaml"
        text = built_in.read_text().replace("attempts: 3", "attempts: 1")
        (own / "ai.yaml").write_text(text)
    with _environment({"CS_ASSETS_CONFIG_DIR": str(own)}):
        return _advise(url, folder, number)


def _always(reply: Reply) -> Script:
    return lambda _: reply


def outage(reports: int = 200, budget: float = 15.0) -> Figure:
    """R-28: no connection, errors, silence; the week's texts are all there in time, and say so."""
    config = configuration.load().model_copy(update={"timeout_seconds": 0.3})
    whole = [[assignment(sheet(f"c-{n}", n))] for n in range(reports)]
    marked = 0
    start = time.perf_counter()
    for reply in (Reply(fault="reset"), Reply(503), Reply(200, b"", delay=30.0), None):
        given = reply or Reply(503)
        with tempfile.TemporaryDirectory() as name, serving(_always(given)) as server:
            url = server.url if reply else "http://127.0.0.1:9"
            drafts = claude_writer(url, Path(name), config).write_reports(whole)
            marked += sum(d.writer == "rules" and bool(d.degraded) for (d,) in drafts)
    seconds = time.perf_counter() - start
    value = f"{marked}/{4 * reports} by rules and marked in {seconds:.1f}s"
    passed = marked == 4 * reports and seconds <= budget
    return Figure("R-28", "provider-outage", value, f"all, <={budget:g}s", passed)


def cost_guard(asks: int = 200) -> Figure:
    """R-29: caps in calls, tokens and dollars; honest usage, and usage far over the estimate."""
    worst = 0.0
    for measure, cap in (("calls", 20), ("tokens", 60_000), ("dollars", 0.2)):
        for inflated in (False, True):
            worst = max(worst, _over(measure, cap, inflated, asks))
    value = f"{worst:.2f} requests over"
    return Figure("R-29", "cost-guard", value, "<=1 request", worst <= 1)


def _over(measure: str, cap: float, inflated: bool, asks: int) -> float:
    """How many requests' worth the cap of a run was passed by."""
    config = configuration.load()
    run = config.ceilings.run.model_copy(update={measure: cap})
    config = config.model_copy(update={"ceilings": config.ceilings.model_copy(update={"run": run})})
    usage = {"input_tokens": 30_000 if inflated else 900, "output_tokens": 200}
    reply = fake_claude.message('{"text": "%s"}' % GOOD, usage=usage)  # noqa: UP031
    with tempfile.TemporaryDirectory() as name, serving(lambda _: reply) as server:
        writer = claude_writer(server.url, Path(name), config)
        for number in range(asks):
            writer.write([assignment(sheet(conversions=number))])
        ledger = AiLedger(Path(name) / "ai.sqlite", config.ceilings)
        calls, tokens, micro = ledger.spent("run", "run-1")
        assert calls == len(server.requests)
    spent = {"calls": calls, "tokens": tokens, "dollars": micro / 1e6}[measure]
    return max(0.0, spent - cap) / (spent / calls)


def model_lifecycle() -> Figure:
    """R-30: the default and every priced Claude model against the SDK's own lists."""
    from typing import get_args

    from anthropic.resources.messages.messages import DEPRECATED_MODELS
    from anthropic.types.model import Model

    listed = set(get_args(get_args(Model)[0]))
    names = [Settings.model_fields["anthropic_model"].default]
    config = configuration.load()
    names += [name for name, model in config.models.items() if model.provider == "claude"]
    bad = [name for name in names if name not in listed or name in DEPRECATED_MODELS]
    return Figure("R-30", "models-deprecated-or-unknown", str(len(bad)), "0", not bad)


#: Faults after which the model's own text must still arrive.
_MENDED = ("right", "slow", "once", "taken up", "doubled", "expired")


def provider_faults() -> Figure:
    """R-63: every fault of the issue's list, on both providers."""
    cases = cases_of_faults()
    wrong: list[str] = []
    for name, provider, script in cases:
        with tempfile.TemporaryDirectory() as folder, serving(script) as server:
            make = claude_writer if provider == "claude" else cortex_writer
            (draft,) = make(server.url, Path(folder)).write([assignment()])
            by_model = draft.writer == provider
            expected = any(word in name for word in _MENDED)
            if not _is_right(draft, sheet()) or by_model != expected:
                wrong.append(name)
    value = f"{len(cases) - len(wrong)}/{len(cases)} right" + "".join(f", not {w}" for w in wrong)
    return Figure("R-63", "writer-under-provider-faults", value, "all", not wrong)


def kill_between_call_and_record() -> Figure:
    """R-64: a process killed with its answer on the way costs that call and no other."""

    def script(request: Request) -> Reply:
        if fake_claude.said(request.json["messages"][0]).count("kill") and not killed:
            killed.append(child)
            os.kill(child, signal.SIGKILL)
        return fake_claude.written(GOOD)

    killed: list[int] = []
    with tempfile.TemporaryDirectory() as name, serving(script) as server:
        child = _spawn_killed_writer(server.url, Path(name))
        exit_status(child)
        before = len(server.requests)
        time.sleep(1.1)  # the lease of the test's ledger
        drafts = _three_reports(server.url, Path(name))
        again = len(server.requests) - before
        ledger = AiLedger(Path(name) / "ai.sqlite", configuration.load().ceilings)
        states = sorted(str(row["state"]) for row in ledger.rows())
    passed = bool(killed) and again == 2 and states.count("lost") == 1
    passed = passed and all(draft.writer == "claude" for (draft,) in drafts)
    value = f"{before} calls before the kill, {again} after, {states.count('lost')} lost"
    return Figure("R-64", "kill-between-call-and-record", value, "2, 2, 1", passed)


def _three_reports(url: str, folder: Path) -> list[list[Draft]]:
    config = configuration.load().model_copy(update={"concurrency": 1})
    notes = ("calm", "kill here", "calm again")
    writer = claude_writer(url, folder, config, lease_seconds=1.0)
    return writer.write_reports(
        [[assignment(sheet(f"c-{n}", n, note=note))] for n, note in enumerate(notes)]
    )


def _spawn_killed_writer(url: str, folder: Path) -> int:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from tests.faults.ai import _three_reports; "
        "_three_reports(sys.argv[1], Path(sys.argv[2]))"
    )
    return subprocess.Popen([sys.executable, "-c", code, url, str(folder)]).pid


def injections_everywhere() -> Iterable[Figure]:
    """R-26: texts written by a model, and calls judged by rules and by a model."""
    yield prompt_injections()
    yield calls.call_injections()


BY_ID = {
    "R-26": injections_everywhere,
    "R-27": unusable_answers,
    "R-28": outage,
    "R-29": cost_guard,
    "R-30": model_lifecycle,
    "R-63": provider_faults,
    "R-64": kill_between_call_and_record,
}
