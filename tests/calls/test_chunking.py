"""Chunks: whole sentences, within the limit, nothing lost."""

from hypothesis import given
from hypothesis import strategies as st

from cs_assets.calls.chunking import LIMIT_TOKENS, chunks, estimated_tokens
from tests.calls.conversation import talk

_LINES = st.lists(
    st.tuples(
        st.sampled_from(["rep", "customer", "nobody"]),
        st.integers(1, 700).map(lambda n: " ".join(["word"] * n)),
    ),
    max_size=25,
)


@given(_LINES)
def test_chunks_hold_every_sentence_once_in_order_and_keep_the_limit(lines):
    transcript = talk(*lines)
    found = chunks(transcript)
    covered = [i for c in found for i in range(c.first_sentence, c.last_sentence + 1)]
    assert covered == list(range(len(lines)))
    for chunk in found:
        inside = [
            s.text for s in transcript.sentences[chunk.first_sentence : chunk.last_sentence + 1]
        ]
        assert chunk.text == " ".join(inside)
        tokens = sum(estimated_tokens(text) for text in inside)
        assert tokens <= LIMIT_TOKENS or len(inside) == 1


def test_a_chunk_ends_with_a_turn_where_turns_are_short():
    lines = [(who, "some words that are said here " * 5) for who in ("rep", "customer") * 10]
    transcript = talk(*lines)
    ends = {turn.last for turn in transcript.turns}
    assert all(chunk.last_sentence in ends for chunk in chunks(transcript))
    assert len(chunks(transcript)) > 1
