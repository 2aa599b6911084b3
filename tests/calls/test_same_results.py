"""What was made faster gives what it gave: each text alone, slowly, by the published formulas."""

from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest

from cs_assets.ai.local_sentiment import sentiment
from cs_assets.ai.sentiment import fitted
from cs_assets.search import vectors
from cs_assets.search.words import STOP_WORDS, content_words, words
from tests.calls.labelled_calls import labelled_calls

ODD = [
    None, "", "  ", "a", "Ärger über naïve Cafés", "ﬁnally ①② data", "I’m at it’s", "x" * 300,
    "one one one", "1234567 7654321", "ｆｕｌｌ ｗｉｄｔｈ",
]  # fmt: skip


def texts() -> list[str | None]:
    said = [s.text for call in labelled_calls() for s in call.transcript.sentences][::5]
    return [*said, *ODD, *(f"{a} {b}" for a, b in pairwise(said[:200]))]


def slowly(text: str | None) -> np.ndarray:
    """Feature hashing as its module describes it, one feature after the other."""
    found = content_words(text or "")
    sums = np.zeros(vectors.DIMENSION)

    def add(kind: str, feature: str, weight: float) -> None:
        digest = blake2b(f"{kind}:{feature}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "little")
        sums[(number >> 1) % vectors.DIMENSION] += weight if number & 1 else -weight

    for word in found:
        edged = f"<{word}>"
        groups = {edged[i : i + 4] for i in range(max(1, len(edged) - 3))}
        add("w", word, 1.0)
        for group in groups:
            add("g", group, 0.35 / len(groups) ** 0.5)
    for first, second in pairwise(found):
        add("p", f"{first} {second}", 0.5)
    damped = np.sign(sums) * np.log1p(np.abs(sums))
    length = np.linalg.norm(damped)
    return damped / length if length else damped


def test_vectors_are_those_of_the_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    given = texts()
    expected = np.stack([slowly(text) for text in given])
    assert np.abs(vectors.embed_all(given) - expected).max() < 1e-6
    monkeypatch.setattr(vectors, "_MOST", 50)  # all is forgotten between blocks
    monkeypatch.setattr(vectors, "_BLOCK", 7)
    assert np.abs(vectors.embed_all(given) - expected).max() < 1e-6
    assert np.array_equal(vectors.embed(given[3]), vectors.embed_all(given)[3])


def test_similarity_is_the_cosine() -> None:
    made = vectors.embed_all(texts())
    for text in ("the price is too high for us", "", "export to payroll"):
        asked = vectors.embed(text)
        assert np.abs(vectors.Near(made).similarity(asked) - made @ asked).max() < 1e-6


def test_words_of_plain_text_are_those_of_any_text() -> None:
    for text in texts():
        assert words(f"{text} é") == [*words(str(text)), "é"]  # no longer plain
        kept = [w for w in words(str(text)) if len(w) > 1 and w not in STOP_WORDS]
        assert content_words(str(text)) == kept


def test_log_odds_are_the_sum_of_the_weights() -> None:
    weights = fitted._weights()
    for text in filter(None, texts()):
        found = fitted.words(text.lower())
        features = {*found, *pairwise(found)}
        both = weights[""] + sum(weights.get(one, 0) for one in features)
        assert fitted.log_odds(found) == pytest.approx((both.real, both.imag))


@pytest.mark.parametrize(("text", "category", "score"), [
    ("There's some money for audit findings, actually.", "neutral", -0.0568),
    ("How would your studio say yes to something like us?", "neutral", 0.0124),
    ("They're tired of new systems.", "negative", -0.8195),
    ("What's missing is what we are going to talk about", "neutral", -0.1249),
    ("You've used it every day but two.", "positive", 0.1392),
    ("It's like your phone. Look, it would take the wind out of it, yes.", "positive", 0.134),
    ("Everybody uses it, because it does one thing and nobody had to be trained.", "mixed",
     -0.2627),
    ("Thanks a lot, have a great day!", "neutral", 0.083),
])  # fmt: skip
def test_sentiment_is_as_it_was(text: str, category: str, score: float) -> None:
    assert sentiment(text) == (category, score)
