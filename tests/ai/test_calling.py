"""Asking with the ledger in between: the same question at once, interrupts, counting tokens."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from cs_assets.ai import configuration
from cs_assets.ai.guarded_calls import Answered, Caller, Unanswered
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.requests import Answer, Question, Tokens
from resources.models.claude import claude_provider
from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, as_json, serving

PURPOSE = Purpose("weekly_reports", "run-1", "customer:c-1", "2026-11-09")
QUESTION = Question("Write.", '{"a": 1}', "Go.", "claude-haiku-5-5", "p", "1")


class Slow:
    """A provider that counts and takes its time."""

    name = "claude"

    def __init__(self, error: type[BaseException] | None = None) -> None:
        self.calls = 0
        self._error = error
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        with self._lock:
            self.calls += 1
        time.sleep(0.2)
        if self._error:
            raise self._error
        return Answer("T", question.model, Tokens(10, 10))


def caller(provider: Slow, ledger: AiLedger) -> Caller:
    return Caller(provider, ledger, configuration.load())


def test_the_same_question_at_once_is_one_call(ledger: AiLedger) -> None:
    provider = Slow()
    asking = caller(provider, ledger)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: asking.ask(QUESTION, PURPOSE), range(8)))
    assert provider.calls == 1
    assert all(isinstance(one, Answered) and one.text == "T" for one in found)
    assert sum(isinstance(one, Answered) and one.reused for one in found) == 7


def test_an_interrupted_call_counts_and_frees_its_key(ledger: AiLedger) -> None:
    with pytest.raises(KeyboardInterrupt):
        caller(Slow(KeyboardInterrupt), ledger).ask(QUESTION, PURPOSE)
    assert [row["state"] for row in ledger.rows()] == ["lost"]
    assert isinstance(caller(Slow(), ledger).ask(QUESTION, PURPOSE), Answered)


def test_every_part_of_a_question_is_in_its_key() -> None:
    from dataclasses import replace

    from cs_assets.ai.requests import Turn

    others = [
        replace(QUESTION, system="x"),
        replace(QUESTION, material="x"),
        replace(QUESTION, ask="x"),
        replace(QUESTION, model="x"),
        replace(QUESTION, prompt_version="2"),
        replace(QUESTION, max_tokens=1),
        replace(QUESTION, schema={}),
        replace(QUESTION, turns=(Turn("a", "b"),)),
    ]
    assert len({QUESTION.key, *(other.key for other in others)}) == 9
    assert replace(QUESTION, conversation="another").key == QUESTION.key


def test_the_estimate_is_from_above() -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 100
    words = len(text.split())  # English has about 1.3 tokens a word
    question = Question("", text, "", "m", "p", "1")
    assert question.input_tokens_at_most > 1.5 * words


def test_claude_counts_the_tokens_of_a_question() -> None:
    def script(request: Request) -> Reply:
        assert request.path == "/v1/messages/count_tokens"
        assert {"max_tokens", "output_config"} & set(request.json) == set()
        return as_json({"input_tokens": 321})

    with serving(script) as server:
        settings = Settings(anthropic_api_key=SecretStr("k"), anthropic_base_url=server.url)
        provider = claude_provider(settings, configuration.load())
        assert provider.count_tokens(QUESTION) == 321


def test_an_unpriced_answer_is_impossible(ledger: AiLedger, tmp_path: Path) -> None:
    question = QUESTION.with_model("claude-unknown-9")
    with pytest.raises(KeyError, match="no price"):
        caller(Slow(), ledger).ask(question, PURPOSE)
    assert ledger.rows() == []


def test_after_too_many_failures_known_answers_are_still_used(tmp_path: Path) -> None:
    config = configuration.load()
    ledger = AiLedger(tmp_path / "ai.sqlite", config.ceilings)
    down = [False]

    def script(_: Request) -> Reply:
        return fake_claude.error(529, "overloaded_error") if down[0] else fake_claude.message("T")

    with serving(script) as server:
        settings = Settings(anthropic_api_key=SecretStr("k"), anthropic_base_url=server.url)
        provider = claude_provider(settings, config)
        asking = Caller(provider, ledger, config, sleep=lambda _: None)
        assert isinstance(asking.ask(QUESTION, PURPOSE), Answered)
        down[0] = True
        for number in range(3):
            fresh = Question("s", str(number), "a", "claude-haiku-5-5", "p", "1")
            assert isinstance(asking.ask(fresh, PURPOSE), Unanswered)
        sent = len(server.requests)
        again = asking.ask(QUESTION, PURPOSE)
    assert isinstance(again, Answered)
    assert again.reused
    assert sent == 1 + config.give_up_after
