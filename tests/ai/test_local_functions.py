"""The AI functions of the embedded warehouse, through the SQL that authors write."""

import subprocess
import sys

import duckdb
import numpy as np
import pytest

from cs_assets.ai.local_sentiment import sentiment
from cs_assets.ai.local_summary import completion, summary
from cs_assets.search.vectors import embed
from tests.waiting import PATIENCE

CALL = (
    "We talked about the onboarding of the reporting module. Okay, sure. "
    "The onboarding is late because the reporting data is not loaded. Nice weather here. "
    "We will load the reporting data by Friday so that onboarding can end."
)


def test_sentiment_in_the_portable_spelling(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        """
        WITH s AS (
            SELECT v.n, AI_SENTIMENT(v.x) AS judged
            FROM (VALUES (1, 'I love this, it is great!'), (2, 'This is terrible. I hate it.'),
                         (3, 'The meeting is at noon.'), (4, '...'), (5, NULL)) v(n, x)
        )
        SELECT GET(judged['categories'], 0)['sentiment']::STRING AS category,
               judged['score']::DOUBLE AS score
        FROM s ORDER BY n
        """
    ).fetchall()
    assert [row[0] for row in rows] == ["positive", "negative", "neutral", "unknown", None]
    assert rows[0][1] > 0.05 > -0.05 > rows[1][1]
    assert abs(rows[2][1]) < 0.05
    assert rows[3][1] is None
    assert rows[4][1] is None


def test_a_text_with_clear_sentences_of_both_kinds_is_mixed() -> None:
    assert sentiment("I love the product. The support is terrible.").category == "mixed"


def test_a_long_text_does_not_run_to_one() -> None:
    line = "That is a good plan. The invoice comes on Monday. "
    assert sentiment(line * 50) == sentiment(line)


def test_error_details_have_value_and_error(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        "SELECT AI_SUMMARIZE(?, return_error_details => TRUE)['value'], "
        "AI_COMPLETE(model => 'm', prompt => ?, return_error_details => TRUE)['error']",
        [CALL, CALL],
    ).fetchone()
    assert row is not None
    assert "reporting data" in row[0]
    assert row[1] is None


def test_a_summary_holds_sentences_of_the_text_in_their_order() -> None:
    short = summary(CALL, sentences=2)
    assert short is not None
    parts = short.split(". ")
    positions = [CALL.index(part.rstrip(".")) for part in parts]
    assert len(parts) == 2
    assert positions == sorted(positions)
    assert "weather" not in short


def test_a_sentence_from_the_middle_of_a_turn_says_who_spoke() -> None:
    short = summary(
        "Rep: Hello. We shipped the invoice approval workflow for supplier invoices yesterday.\n"
        "Customer: Fine. The supplier invoice approval workflow failed for our largest supplier.",
        sentences=2,
    )
    assert short == (
        "Rep: We shipped the invoice approval workflow for supplier invoices yesterday. "
        "Customer: The supplier invoice approval workflow failed for our largest supplier."
    )


@pytest.mark.parametrize("empty", [None, "", "  \n"])
def test_nothing_is_summarised_to_nothing(empty: str | None) -> None:
    assert summary(empty) is None


def test_a_completion_speaks_of_the_material_only() -> None:
    answer = completion("Summarise the customer call below in two sentences.\n---\n" + CALL)
    assert answer is not None
    assert "Summarise" not in answer
    assert "onboarding" in answer


def test_embeddings_are_768_floats_of_length_one(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        "SELECT TYPEOF(AI_EMBED('any', ?)), AI_EMBED('any', ?)", [CALL, CALL]
    ).fetchone()
    assert row is not None
    assert row[0] == "FLOAT[768]"
    assert np.linalg.norm(row[1]) == pytest.approx(1.0, abs=1e-5)


def test_near_texts_are_nearer_than_far_ones(connection: duckdb.DuckDBPyConnection) -> None:
    near, far = connection.execute(
        "SELECT VECTOR_COSINE_SIMILARITY(AI_EMBED('m', ?), AI_EMBED('m', ?)), "
        "VECTOR_COSINE_SIMILARITY(AI_EMBED('m', ?), AI_EMBED('m', ?))",
        [
            "conversion rates of the email module",
            "email conversions went up with the new rates",
            "conversion rates of the email module",
            "procurement wants a discount on seats",
        ],
    ).fetchone() or (0, 0)
    assert near > far + 0.1


def test_another_process_gives_the_same_vector() -> None:
    code = (
        "from cs_assets.search.vectors import embed;"
        "print(embed('renewal risk in the data team').tobytes().hex())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == embed("renewal risk in the data team").tobytes().hex()


def test_a_text_without_words_has_the_zero_vector() -> None:
    assert not embed("?!").any()
