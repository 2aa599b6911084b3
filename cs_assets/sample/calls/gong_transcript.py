"""A transcript as POST /v2/calls/transcript answers it; times in milliseconds."""

import random
from typing import Any

from cs_assets.sample.calls.call_plan import Oddity
from cs_assets.sample.calls.recording import RecordedCall
from cs_assets.sample.randomness import stream

Json = dict[str, Any]


def transcript_json(recorded: RecordedCall) -> Json:
    """An element of ``callTranscripts`` as POST /v2/calls/transcript answers it."""
    draw = stream("transcript", recorded.call_id)
    entries: list[Json] = []
    before: tuple[str, str | None] | None = None
    for sentence in recorded.sentences:
        here = (sentence.speaker, sentence.topic)
        if here != before:
            entries.append({"speakerId": _voice(recorded, sentence.speaker, draw),
                            "topic": sentence.topic, "sentences": []})  # fmt: skip
        entries[-1]["sentences"].append(
            {"start": sentence.start, "end": sentence.end, "text": sentence.text}
        )
        before = here
    return {"callId": recorded.call_id, "transcript": entries}


def _voice(recorded: RecordedCall, speaker: str, draw: random.Random) -> str | None:
    """The speaker's voice, or null where Gong did not recognize a customer."""
    lost = recorded.call.oddity is Oddity.UNKNOWN_SPEAKER and speaker != "R"
    if lost and draw.random() < 0.4:
        return None
    return recorded.speaker_id(speaker)
