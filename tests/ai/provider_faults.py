"""Every fault of a provider that the writer is tried against, on loopback."""

from typing import Literal

from tests.ai import fake_claude, fake_cortex
from tests.ai.loopback import Reply, Request, Script, as_json
from tests.ai.sheets import GOOD

Case = tuple[str, Literal["claude", "cortex"], Script]


def cases_of_faults() -> list[Case]:
    """Every case with its script, made anew: scripts count what they have answered."""
    parts = fake_cortex.whole_run(GOOD)
    failed = fake_cortex.event("error", {"code": "399504", "message": "m", "request_id": "r"})
    refused = fake_cortex.aggregate("I cannot help with that request of 12 pages.")
    html = Reply(200, b"<html>hi</html>", {"content-type": "text/html"})
    run, stream, agent = parts, fake_cortex.stream, fake_cortex.agent

    def fixed(events: list[bytes]) -> Script:
        return agent(lambda _, __: stream(events))

    good = fake_claude.written(GOOD)
    assert isinstance(good.body, bytes)
    in_single_bytes = [bytes([b]) for b in good.body]
    return [
        ("claude right", "claude", lambda _: good),
        (
            "claude slow",
            "claude",
            lambda _: Reply(200, in_single_bytes, good.headers, pause=0.001),
        ),
        ("claude cut once", "claude", first_then(Reply(200, good.body, good.headers, "cut"), good)),
        ("claude reset always", "claude", lambda _: Reply(fault="reset")),
        (
            "claude 429 then right",
            "claude",
            first_then(fake_claude.error(429, "rate_limit_error", **{"retry-after": "1"}), good),
        ),
        ("claude 529 always", "claude", lambda _: fake_claude.error(529, "overloaded_error")),
        ("claude html", "claude", lambda _: html),
        ("claude wrong json", "claude", lambda _: as_json({"a": [1, 2]})),
        ("claude refusal", "claude", lambda _: fake_claude.message("", stop_reason="refusal")),
        (
            "claude truncated",
            "claude",
            lambda _: fake_claude.message('{"te', stop_reason="max_tokens"),
        ),
        ("claude key refused", "claude", lambda _: fake_claude.error(401, "authentication_error")),
        ("agent right", "cortex", fixed(run)),
        ("agent slow stream", "cortex", fixed([bytes([b]) for b in b"".join(run)])),
        (
            "agent cut, taken up",
            "cortex",
            agent(lambda _, n: stream(run[:9], fault="cut") if n == 1 else stream(run[9:])),
        ),
        ("agent cut for good", "cortex", agent(lambda _, n: stream(run[:9], fault="cut"))),
        (
            "agent cut, run over",
            "cortex",
            agent(lambda _, n: stream(run[:9]) if n % 2 else as_json({"code": "1"}, 409)),
        ),
        (
            "agent 429 then right",
            "cortex",
            agent(lambda _, n: as_json({"code": "1"}, 429) if n == 1 else stream(run)),
        ),
        ("agent 399504 always", "cortex", fixed([*run[:4], failed])),
        (
            "agent 399504 then right",
            "cortex",
            agent(lambda _, n: stream([*run[:4], failed]) if n == 1 else stream(run)),
        ),
        ("agent html", "cortex", lambda _: html),
        ("agent wrong json", "cortex", fixed([b"event: response\ndata: {oops\n\n"])),
        ("agent doubled events", "cortex", fixed([part for p in run for part in (p, p)])),
        (
            "agent doubled, unnumbered",
            "cortex",
            fixed([part.split(b"\n", 1)[1] for p in run for part in (p, p)]),
        ),
        ("agent expired token", "cortex", first_then(as_json({"code": "390112"}), fixed(run))),
        ("agent refuses in words", "cortex", fixed([fake_cortex.event("response", refused)])),
        (
            "agent timed out",
            "cortex",
            fixed([fake_cortex.event("response", {**refused, "status": "timed_out"})]),
        ),
        (
            "agent truncated",
            "cortex",
            fixed([fake_cortex.event("response", fake_cortex.aggregate(GOOD[:30]))]),
        ),
        (
            "agent asks back",
            "cortex",
            fixed(
                [
                    fake_cortex.event(
                        "response.text", {"text": "Which week?", "is_elicitation": True}
                    ),
                    fake_cortex.event("response", fake_cortex.aggregate("Which week?")),
                ]
            ),
        ),
    ]


def first_then(first: Reply, then: Reply | Script) -> Script:
    seen: list[Request] = []

    def script(request: Request) -> Reply:
        seen.append(request)
        if len(seen) == 1:
            return first
        return then(request) if callable(then) else then

    return script
