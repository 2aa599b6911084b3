"""A large company for benchmarks, served by a process of its own.

Run as a program it serves the company on a loopback port and prints the address; the
transcripts share a few bodies, so that serving costs little beside what is measured.
"""

import argparse
import datetime as dt
import random
import time
from functools import partial

import orjson

from cs_assets.gong.simulator import Corpus, Limits, Simulator, serve
from cs_assets.gong.simulator.corpus import SimulatedCall

FIRST_DAY = dt.date(2026, 9, 1)
_WORDS = (
    *("we", "our", "you", "the", "price", "contract", "budget", "timeline", "integration"),
    *("ledger", "report", "team", "quarter", "rollout", "security", "review", "invoice"),
    *("approval", "module", "export", "question", "answer", "next", "step", "value"),
)


def company(calls: int, sentences: int, days: int, seed: int = 1) -> Corpus:
    """Calls spread evenly over ``days``, each with so many sentences of eight speakers' turns."""
    rng = random.Random(seed)
    bodies = [_transcript_body(rng, sentences) for _ in range(25)]
    start = dt.datetime.combine(FIRST_DAY, dt.time(tzinfo=dt.UTC))
    step = dt.timedelta(days=days) / calls
    corpus = Corpus(users=[{"id": str(900 + n), "firstName": f"Rep{n}"} for n in range(20)])
    corpus.add_all(
        SimulatedCall(
            _call(f"{10**18 + n}", start + n * step, rng),
            partial(_transcript, f"{10**18 + n}", bodies[n % len(bodies)]),
        )
        for n in range(calls)
    )
    return corpus


def _call(call_id: str, started: dt.datetime, rng: random.Random) -> dict:
    host = str(900 + rng.randrange(20))
    return {
        "metaData": {
            "id": call_id,
            "title": f"Product demo {call_id[-4:]}",
            "scheduled": started.isoformat(),
            "started": started.isoformat(),
            "duration": rng.randrange(300, 3600),
            "primaryUserId": host,
            "direction": "Conference",
            "system": "Zoom",
            "scope": "External",
            "language": "eng",
            "isPrivate": False,
        },
        "context": [
            {
                "system": "HubSpot",
                "objects": [
                    {
                        "objectType": "Opportunity",
                        "objectId": str(rng.randrange(5000)),
                        "fields": [
                            {"name": "StageName", "value": "Proposal"},
                            {"name": "Amount", "value": rng.randrange(90_000)},
                        ],
                    }
                ],
            }
        ],
        "parties": [
            {"id": "1", "speakerId": "s1", "userId": host, "affiliation": "Internal"},
            {"id": "2", "speakerId": "s2", "affiliation": "External",
             "emailAddress": f"buyer{rng.randrange(400)}@company{rng.randrange(400)}.example"},
        ],
        "content": {"topics": [{"name": "Pricing", "duration": 120}], "brief": "They talked."},
        "interaction": {"interactionStats": [{"name": "Talk Ratio", "value": 0.5}]},
    }  # fmt: skip


def _transcript_body(rng: random.Random, sentences: int) -> bytes:
    turns, clock = [], 0
    while sentences > 0:
        spoken = []
        for _ in range(min(sentences, rng.randrange(1, 9))):
            text = " ".join(rng.choices(_WORDS, k=rng.randrange(3, 18)))
            spoken.append({"start": clock, "end": clock + 2500, "text": text.capitalize() + "."})
            clock += 3000
        sentences -= len(spoken)
        turns.append({"speakerId": f"s{1 + len(turns) % 2}", "topic": None, "sentences": spoken})
    return orjson.dumps(turns)


def _transcript(call_id: str, body: bytes) -> bytes:
    return b'{"callId":"' + call_id.encode() + b'","transcript":' + body + b"}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--sentences", type=int, required=True)
    parser.add_argument("--days", type=int, required=True)
    parser.add_argument("--per-second", type=int, default=0)
    given = parser.parse_args()
    corpus = company(given.calls, given.sentences, given.days)
    simulator = Simulator(corpus, limits=Limits(given.per_second or None, None))
    with serve(simulator) as url:
        print(url, flush=True)
        while True:  # bounded: whoever started it kills it
            time.sleep(60)


if __name__ == "__main__":
    main()
