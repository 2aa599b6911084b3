"""Which judge of calls the settings choose, and how a model is asked.

``rules`` asks nobody. ``cortex`` asks AI_COMPLETE once for all calls of a run, where the words are.
``claude`` asks in batches at half the price: one run sends them, a later one collects them.
"""

import fcntl
import hashlib
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pandas as pd

from cs_assets import config
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.guarded_calls import Answered, Unanswered
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.prompting import prompts
from cs_assets.ai.requests import AskingFailed, Question
from cs_assets.ai.statements import CeilingReached
from cs_assets.calls.judging.by_model import SCHEMA, Asked, ModelJudge
from cs_assets.calls.judging.judges import JudgeRules, NotJudged
from cs_assets.calls.scoring.rubric import Rubric
from resources.models.claude import check_model, claude_client
from resources.models.claude_batch import LEASE_SECONDS, ClaudeBatches
from resources.models.claude_batch import Asked as Batched
from resources.models.completions import Completions
from resources.settings import Settings
from resources.warehouse import Between, Warehouse

_PROMPT = "calls/judge"
#: Fifteen criteria with reason and quote, and what a model thinks before.
_MAX_TOKENS = 12_000
#: The same without thinking: what AI_COMPLETE gives at most unless it is told otherwise.
_MAX_OF_COMPLETE = 4_096
#: Calls that are sent at once: a request of some megabytes.
_A_BATCH = 400
_ASK = "Judge the call by the rubric and answer with the JSON object."
_WORDS = "analytics.call_judge_words"
_STATEMENT = "calls/judged_by_model"
_WAITS = "the batch is under way"
_ASKED_ELSEWHERE = "another run asks"

_log = logging.getLogger(__name__)


def load_rules(settings: Settings) -> JudgeRules:
    """What judges are told of each criterion."""
    return config.load("call_judge.yaml", JudgeRules, settings.cs_assets_config_dir)


def model_judge(
    settings: Settings,
    warehouse: Warehouse,
    rubric: Rubric,
    *,
    asset: str,
    run_id: str,
    span: Between,
) -> ModelJudge | None:
    """The model that the settings choose, for the calls of ``span``; ``None``: rules alone.

    One clear line (``UsageError``) where what is chosen lacks its key or its warehouse.
    """
    chosen = settings.cs_assets_call_judge
    if chosen == "rules":
        return None
    configuration = load_configuration(settings.cs_assets_config_dir)
    asks: ClaudeAsks | CortexAsks
    if chosen == "claude":
        asks = ClaudeAsks(settings, configuration, asset=asset, run_id=run_id)
    else:
        asks = CortexAsks(settings, configuration, warehouse, asset=asset, run_id=run_id, span=span)
    prompt = prompts.load(_PROMPT, settings.cs_assets_config_dir)
    return ModelJudge(asks, load_rules(settings), rubric, prompt)


class ClaudeAsks:
    """Asks Claude in batches; answers that are known come from the ledger."""

    redacts = True

    def __init__(
        self, settings: Settings, configuration: AiConfiguration, *, asset: str, run_id: str
    ) -> None:
        self.model = settings.cs_assets_call_judge_model or settings.anthropic_model
        check_model(self.model, configuration)
        ledger = AiLedger(
            settings.home.ai_ledger, configuration.ceilings, lease_seconds=LEASE_SECONDS
        )
        client = claude_client(settings, configuration)
        self._folder = settings.home.ai_batches
        self._batches = ClaudeBatches(client, ledger, configuration, self._folder)
        self._asset = asset
        self._run_id = run_id

    def answers(self, asked: Sequence[Asked]) -> Mapping[str, str | NotJudged]:
        """What is over is collected, what is new is sent; the rest waits for a later run."""
        questions = {one.case.call_id: self._question(one) for one in asked}
        with self._alone() as may:
            if not may:
                return {call: NotJudged(_ASKED_ELSEWHERE) for call in questions}
            try:
                found = self._exchanged(list(questions.values()))
            except AskingFailed as failure:
                _log.warning("calls are not judged by Claude now: %s", failure)
                return {call: NotJudged(f"no answer: {failure}") for call in questions}
        return {
            call: _text_of(found.get(batched.question.key)) for call, batched in questions.items()
        }

    def _exchanged(self, questions: Sequence[Batched]) -> dict[str, Answered | Unanswered]:
        found: dict[str, Answered | Unanswered] = {}
        for name in self._batches.under_way():
            found |= self._batches.collect(name) or {}
        open_now = self._batches.keys_under_way()
        # Calls of the same words are one question.
        wanted = {one.question.key: one for one in questions if one.question.key not in found}
        new = [one for key, one in wanted.items() if key not in open_now]
        for first in range(0, len(new), _A_BATCH):
            part = new[first : first + _A_BATCH]
            keys = "".join(sorted(one.question.key for one in part))
            name = f"calls-{hashlib.sha256((self._run_id + keys).encode()).hexdigest()[:16]}"
            found |= self._batches.submit(name, part)
        return found

    def _question(self, one: Asked) -> Batched:
        question = Question(
            system=one.system,
            material=one.material,
            ask=_ASK,
            model=self.model,
            prompt_name=one.prompt_name,
            prompt_version=one.prompt_version,
            max_tokens=_MAX_TOKENS,
            schema=SCHEMA,
            sources=(one.case.call_id,),
        )
        rep = one.case.transcript.rep_user_id or "unknown"
        return Batched(question, Purpose(self._asset, self._run_id, f"rep:{rep}", ""))

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process collects or sends just now."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(self._folder / "calls.lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _text_of(answer: Answered | Unanswered | None) -> str | NotJudged:
    if answer is None:
        return NotJudged(_WAITS)
    return answer.text if isinstance(answer, Answered) else NotJudged("; ".join(answer.reasons))


class CortexAsks:
    """Asks AI_COMPLETE on Snowflake, one statement for all calls; the words stay where they are."""

    redacts = False

    def __init__(
        self,
        settings: Settings,
        configuration: AiConfiguration,
        warehouse: Warehouse,
        *,
        asset: str,
        run_id: str,
        span: Between,
    ) -> None:
        self._completions = Completions(
            settings,
            configuration,
            warehouse,
            settings.cs_assets_call_judge_model or configuration.judge_on_snowflake,
            chosen="CS_ASSETS_CALL_JUDGE=cortex",
            asset=asset,
            run_id=run_id,
        )
        self.model = self._completions.model
        self._warehouse = warehouse
        self._span = span

    def answers(self, asked: Sequence[Asked]) -> Mapping[str, str | NotJudged]:
        """All at once; a ceiling that it would pass is told before anything is run."""
        system = asked[0].system
        words = pd.DataFrame(
            [
                {
                    "call_id": one.case.call_id,
                    "call_date": one.case.call_date,
                    "words": one.material,
                }
                for one in asked
            ]
        )
        marker = secrets.token_hex(8)
        before = f"{system}\n\n{_ASK}\n\nDATA {marker} BEGINS\n"
        after = f"\nDATA {marker} ENDS"
        scope = {"call_date": self._span}
        asks = [before, after, self._span.first, self._span.last, self.model]
        with self._warehouse.session("call_judgements") as db:
            db.replace(_WORDS, words, scope)
            try:
                answers = self._completions.answers(
                    _STATEMENT,
                    [before + one.material + after for one in asked],
                    f"{self._span.first} to {self._span.last}",
                    lambda: db.query(_STATEMENT, asks),
                    max_tokens=_MAX_OF_COMPLETE,
                )
            except CeilingReached as ceiling:
                return {one.case.call_id: NotJudged(str(ceiling)) for one in asked}
            finally:
                db.replace(_WORDS, words.head(0), scope)
        return {
            call: NotJudged("the model failed on it") if text is None else text
            for call, text in answers.items()
        }
