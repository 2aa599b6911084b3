"""The writer with a model behind it, over real HTTP on loopback."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cs_assets.ai import configuration
from cs_assets.facts import slots
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, serving
from tests.ai.sheets import BY_RULES, GOOD, assignment, sheet
from tests.ai.writers import claude_writer


def test_a_right_text_is_taken_and_says_who_wrote_it(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
    assert (draft.writer, draft.model, draft.text) == ("claude", "claude-sonnet-5-5", GOOD)
    assert draft.rejections == ()
    assert "1,234 conversions, a change of +12.5%" in slots.fill(draft.text, sheet()).text


def test_the_request_is_what_the_reference_asks_for(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        claude_writer(server.url, tmp_path).write([assignment()])
    (request,) = server.requests
    assert request.path == "/v1/messages"
    assert request.headers["authorization"] == "Bearer test-key"
    body = request.json
    assert body["output_config"]["format"]["type"] == "json_schema"
    assert {"temperature", "top_p", "tool_choice", "thinking"} & set(body) == set()
    assert [message["role"] for message in body["messages"]] == ["user"]
    assert body["max_tokens"] >= 4000


def test_a_rejected_text_gets_one_second_chance_with_the_reasons(tmp_path: Path) -> None:
    asks: list[str] = []

    def script(request: Request) -> Reply:
        asks.append(fake_claude.last_ask(request))
        return fake_claude.written("There were 42 conversions." if len(asks) == 1 else GOOD)

    with serving(script) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
    assert draft.text == GOOD
    assert "digit outside a slot" in asks[1]
    assert len(draft.rejections) == 1


def test_after_two_rejected_texts_the_rules_write(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written("Twelve conversions.")) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
    assert (draft.writer, draft.text) == ("rules", BY_RULES)
    assert len(draft.rejections) == 2
    assert len(server.requests) == 2


def test_sections_share_one_conversation(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        sections = [assignment(section=name) for name in ("performance", "value", "next_steps")]
        drafts = claude_writer(server.url, tmp_path).write(sections)
    assert [draft.key for draft in drafts] == ["performance", "value", "next_steps"]
    assert [len(request.json["messages"]) for request in server.requests] == [1, 3, 5]
    systems = {json.dumps(request.json["system"]) for request in server.requests}
    assert len(systems) == 1, "what is the same for all sections can be kept by the provider"
    firsts = [request.json["messages"][0]["content"][0] for request in server.requests]
    assert firsts[0] == firsts[1] == firsts[2], "and so can the data"
    assert firsts[0]["cache_control"] == {"type": "ephemeral"}
    asks = [request.json["messages"][-1]["content"][-1]["text"] for request in server.requests]
    assert len({ask.split()[1] for ask in asks}) == 3, "a fresh word stands behind what is kept"


def test_data_that_is_asked_about_once_is_not_paid_for_to_be_kept(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        claude_writer(server.url, tmp_path).write([assignment()])
    assert "cache_control" not in server.requests[0].json["messages"][0]["content"][0]


def test_sections_of_one_prompt_are_told_apart_by_their_keys(tmp_path: Path) -> None:
    one = assignment(section="digest")
    passages = [replace(one, key=f"u-1/2026-11-09/{name}") for name in ("headline", "win")]
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        claude_writer(server.url, tmp_path).write(passages)
    asks = [fake_claude.last_ask(request) for request in server.requests]
    assert 'section "headline"' in asks[0]
    assert 'section "win"' in asks[1]
    system = server.requests[0].json["system"][0]["text"]
    assert system.count(one.prompt.text) == 1


def test_names_and_contacts_do_not_leave_and_come_back_restored(tmp_path: Path) -> None:
    facts = sheet(
        quote="Avery here, write to avery.stone@harbor.example or +44 20 7946 0958.",
        note="Avery Stone asked for it",
    )

    def script(request: Request) -> Reply:
        person = fake_claude.material_of(request)["quotes"][0]["speaker"]
        return fake_claude.written(f"{person} spoke of {{conversions.count}} conversions.")

    with serving(script) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment(facts)])
    sent = server.requests[0].body.decode()
    for secret in ("Avery", "Stone", "harbor.example", "7946", "Dana", "Whitfield"):
        assert secret not in sent
    assert draft.text == "Avery Stone spoke of {conversions.count} conversions."


def test_a_text_that_repeats_contacts_is_rejected(tmp_path: Path) -> None:
    facts = sheet(quote="Write to avery.stone@harbor.example.")
    reply = fake_claude.written("Write to [EMAIL_A].")
    with serving(lambda _: reply) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment(facts)])
    assert draft.writer == "rules"
    assert "personal data" in draft.rejections[0]


def test_unchanged_facts_are_not_asked_about_again(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as server:
        first = claude_writer(server.url, tmp_path).write([assignment()])
        again = claude_writer(server.url, tmp_path, run_id="run-2").write([assignment()])
    assert len(server.requests) == 1
    assert again == first


def test_a_spent_ceiling_takes_the_smaller_model_then_the_rules(tmp_path: Path) -> None:
    config = configuration.load()
    tight = config.ceilings.month.model_copy(update={"dollars": 0.05, "calls": 40})
    config = config.model_copy(
        update={"ceilings": config.ceilings.model_copy(update={"month": tight})}
    )

    def script(request: Request) -> Reply:
        reply = fake_claude.message(json.dumps({"text": GOOD}), model=request.json["model"])
        return reply

    drafts = []
    with serving(script) as server:
        writer = claude_writer(server.url, tmp_path, config, model="claude-opus-5-5")
        for number in range(60):
            drafts += writer.write([assignment(sheet(conversions=number))])
    models = [draft.model for draft in drafts]
    assert models[0] == "claude-haiku-5-5", "the dearer ones could pass the ceiling by themselves"
    assert models[-1] == "rules"
    assert "ceiling of the month: 0.05 dollars" in drafts[0].degraded[0]
    assert any("ceiling" in reason for reason in drafts[-1].degraded)


@pytest.mark.parametrize("status", [401, 403, 404, 400, 402])
def test_what_cannot_work_is_asked_once_and_the_run_goes_on_by_rules(
    tmp_path: Path, status: int
) -> None:
    with serving(lambda _: fake_claude.error(status, "some_error")) as server:
        writer = claude_writer(server.url, tmp_path)
        drafts = [writer.write([assignment(sheet(conversions=n))])[0] for n in range(5)]
    assert len(server.requests) == 1
    assert {draft.writer for draft in drafts} == {"rules"}
    assert f"HTTP {status}" in drafts[0].degraded[0]
    assert "no more calls in this run" in drafts[-1].degraded[0]


def test_an_outage_stops_the_calls_not_the_texts(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.error(529, "overloaded_error")) as server:
        writer = claude_writer(server.url, tmp_path)
        reports = [[assignment(sheet(f"c-{n}", n))] for n in range(20)]
        drafts = writer.write_reports(reports)
    assert all(draft.writer == "rules" for report in drafts for draft in report)
    config = configuration.load()
    assert len(server.requests) <= config.give_up_after + config.concurrency


def test_a_spend_limit_of_the_provider_is_not_tried_again(tmp_path: Path) -> None:
    reply = fake_claude.error(429, "rate_limit_error", "enforced_spend_limit_reached")
    with serving(lambda _: reply) as server:
        claude_writer(server.url, tmp_path).write([assignment()])
    assert len(server.requests) == 1


def test_a_redirect_does_not_carry_the_prompt_elsewhere(tmp_path: Path) -> None:
    with serving(lambda _: fake_claude.written(GOOD)) as elsewhere:
        away = Reply(307, b"", {"location": elsewhere.url + "/v1/messages"})
        with serving(lambda _: away) as server:
            (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
    assert elsewhere.requests == []
    assert draft.writer == "rules"


def test_an_answer_cut_off_is_asked_for_once_more_with_twice_the_room(tmp_path: Path) -> None:
    def script(request: Request) -> Reply:
        if request.json["max_tokens"] == 6000:
            return fake_claude.message('{"text": "Cut', stop_reason="max_tokens")
        return fake_claude.written(GOOD)

    with serving(script) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
        (again,) = claude_writer(server.url, tmp_path, run_id="run-2").write([assignment()])
    assert draft.text == again.text == GOOD
    assert [request.json["max_tokens"] for request in server.requests] == [6000, 12000]
    assert "cut off" in draft.degraded[0]


def test_what_always_is_cut_off_ends_in_rules_after_two_calls(tmp_path: Path) -> None:
    cut = fake_claude.message('{"text": "Cut', stop_reason="max_tokens")
    with serving(lambda _: cut) as server:
        (draft,) = claude_writer(server.url, tmp_path).write([assignment()])
    assert draft.writer == "rules"
    assert len(server.requests) == 2


def test_waits_keep_to_the_cap_whatever_is_asked_for(tmp_path: Path) -> None:
    waits: list[float] = []
    hints = iter(["1", "-1", "1e9", "Fri, 01 Jan 2027 00:00:00 GMT", "soon", "0", "7", "3600"])

    def script(_: Request) -> Reply:
        return fake_claude.error(429, "rate_limit_error", **{"retry-after": next(hints)})

    config = configuration.load().model_copy(update={"attempts": 8, "give_up_after": 100})
    with serving(script) as server:
        claude_writer(server.url, tmp_path, config, sleep=waits.append).write([assignment()])
    assert waits == [1.0, 1.0, 2.0, 4.0, 8.0, 0.0, 7.0]
    assert max(waits) <= config.longest_wait_seconds
