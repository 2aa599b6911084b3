"""The commands on a real warehouse: what a manager types, and what a mistake says."""

import json
import re

import duckdb
import pytest
from typer.testing import CliRunner

from cs_assets.calls.texts import bounded
from cs_assets.commands import calls, calls_heard, rep
from cs_assets.errors import CsAssetsError, UsageError


@pytest.fixture
def run(labelled_home, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(labelled_home.root))
    monkeypatch.setenv("COLUMNS", "160")
    return _runner()


@pytest.fixture
def run_on_copy(labelled_warehouse, tmp_path, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return _runner()


def _runner():
    def call(*words, app=calls.app):
        result = CliRunner().invoke(app, list(words))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return call


def test_list_filters_by_rep_days_and_sentiment(run):
    everything = json.loads(run("list", "--days", "60", "--most", "200", "--json"))
    assert len(everything) == 37
    of_ada = json.loads(run("list", "--rep", "Ada", "--days", "60", "--most", "200", "--json"))
    assert {row["rep_name"] for row in of_ada} == {"Ada Even"}
    unhappy = json.loads(
        run("list", "--days", "60", "--sentiment-below", "0", "--most", "200", "--json")
    )
    assert unhappy
    assert all(row["sentiment_score"] < 0 for row in unhappy)
    last_days = json.loads(run("list", "--days", "5", "--json"))
    assert [row["call_date"][:10] for row in last_days] == sorted(
        (row["call_date"][:10] for row in last_days), reverse=True
    )
    assert len(last_days) == 5


def test_list_shows_its_n_and_what_was_cut_off(run):
    shown = run("list", "--days", "60", "--most", "3")
    assert "37 calls, " in shown
    assert "34 more" in shown


def test_show_tells_scores_with_words_from_the_call(run):
    shown = run("show", "call-01")
    assert "Overall" in shown
    assert "objection handling" in shown
    assert "n = " in shown
    document = json.loads(run("show", "call-01", "--json"))
    assert document["evidence"]["discovery"]["quotes"]
    assert "Transcript" in run("show", "call-01", "--transcript")


def test_a_private_call_shows_no_word_of_it(run):
    shown = run("show", "call-43", "--transcript")
    assert "private" in shown
    assert "There is no transcript to show." in shown
    assert "ledger" not in shown


def test_similar_finds_the_talk_by_its_matter_and_shows_the_turns(run):
    answer = json.loads(run("similar", "a freeze on new software since the summer", "--json"))
    assert answer["model"] == "local-hashed-768"
    assert answer["calls"]
    best = answer["calls"][0]
    assert any("freeze" in turn["text"] for turn in best["turns"])
    assert best["similarity"] >= answer["threshold"]
    assert [c["similarity"] for c in answer["calls"]] == sorted(
        (c["similarity"] for c in answer["calls"]), reverse=True
    )


def test_similar_filters_before_it_ranks(run):
    words = ["similar", "a freeze on new software since the summer", "--threshold", "-1", "--json"]
    everywhere = json.loads(run(*words))["calls"]
    only_demos = json.loads(run(*words, "--type", "demo"))["calls"]
    kinds = {call["call_id"] for call in only_demos}
    demos = {row["call_id"] for row in json.loads(
        run("list", "--type", "demo", "--days", "60", "--most", "200", "--json"))}  # fmt: skip
    assert kinds <= demos
    assert len(only_demos) == len(everywhere) == 5


def test_similar_to_a_call_leaves_the_call_itself_out(run):
    answer = json.loads(run("similar", "--call", "call-05", "--threshold", "0.05", "--json"))
    ids = [call["call_id"] for call in answer["calls"]]
    assert ids
    assert "call-05" not in ids
    assert "call-43" not in ids  # private


def test_similar_says_when_nothing_is_near(run):
    assert "No call is near enough" in run("similar", "quantum chromodynamics lattice")


def test_vectors_of_another_model_are_refused_and_the_mend_is_named(
    run_on_copy, labelled_warehouse
):
    with duckdb.connect(labelled_warehouse.path) as db:
        db.execute(
            "UPDATE analytics.transcript_embeddings SET model = 'other' WHERE call_id = 'call-02'"
        )
    with pytest.raises(CsAssetsError, match=r"embedded by another model.*materialise"):
        run_on_copy("similar", "price")
    assert run_on_copy("similar", "price", "--from", "2026-10-20")


def test_calls_are_found_by_what_became_of_their_deals(run_on_copy, labelled_warehouse):
    stages = {"deal-0": "Closed Won", "deal-1": "closedlost", "deal-2": "Proposal"}
    with duckdb.connect(labelled_warehouse.path) as db:
        for deal, stage in stages.items():
            db.execute(
                "INSERT INTO source.hubspot_deals (deal_id, deal_name, deal_stage) "
                "VALUES (?, ?, ?)",
                [deal, deal, stage],
            )
    for outcome, of in (("won", {"0", "1"}), ("lost", {"2", "3"}), ("open", {"4", "5"})):
        words = ["search", "the", "--outcome", outcome, "--most", "200", "--json"]
        said = json.loads(run_on_copy(*words))
        assert {row["title"].removeprefix("Talk ") for row in said} == of
        near = ["similar", "price", "--outcome", outcome, "--threshold", "-1", "--json"]
        found = {one["call_id"] for one in json.loads(run_on_copy(*near))["calls"]}
        assert found
        assert found <= {row["call_id"] for row in said}
    told = json.loads(run_on_copy("impact", "--days", "60", "--deals", "--json"))
    since = {one["name"]: [call["since"] for call in one["calls"]] for one in told["deals"]}
    assert since == {"deal-0": ["won"] * 2, "deal-1": ["lost"] * 2, "deal-2": ["moved", "back"]}
    assert [one["outlook"] is None for one in told["deals"]] == [False, True, True]
    shown = run_on_copy("impact", "--days", "60", "--deals")
    assert "went back to Proposal" in shown
    assert "No probability of closing is given: no deals whose end is known" in shown
    assert "too few past deals in this stage (n=0)" in shown
    assert "moved on to Proposal" in run_on_copy("show", told["deals"][0]["calls"][0]["call_id"])
    with pytest.raises(UsageError, match="won, lost or open"):
        run_on_copy("search", "the", "--outcome", "maybe")


def test_search_needs_all_words_and_tells_how_many_there_are(run):
    rows = json.loads(run("search", "director month", "--most", "5", "--json"))
    assert rows
    for row in rows:
        assert "director" in row["sentence"].lower()
        assert "month" in row["sentence"].lower()
    assert rows[0]["sentences_found"] >= len(rows)
    customers = json.loads(run("search", "director month", "--side", "us", "--json"))
    assert all(row["affiliation"] == "Internal" for row in customers)
    assert "No sentence holds" in run("search", "chromodynamics")


def test_a_rep_plan_names_behaviours_with_moments_and_n(run):
    document = json.loads(run("plan", "ada@example.com", "--days", "60", "--json", app=rep.app))
    assert document["rep"] == "Ada Even"
    assert document["scored"] > 10
    assert 1 <= len(document["focus"]) <= 3
    dimensions = [focus["dimension"] for focus in document["focus"]]
    assert len(set(dimensions)) == len(dimensions)
    for focus in document["focus"]:
        assert 0 < focus["missing_in"] <= focus["chances"]
    shown = run("plan", "Ada", "--days", "60", app=rep.app)
    assert "Four weeks" in shown
    assert "Listen: call-" in shown
    for code, words in (("de", "Vier Wochen"), ("es", "Cuatro semanas")):
        told = run("plan", "Ada", "--days", "60", "--language", code, app=rep.app)
        assert words in told
        # Of English only what was said and names: no sentence or column of ours is left.
        ours = re.findall(r"\b(?:weeks?|missing|calls|mean|with|the)\b", told, re.IGNORECASE)
        assert not ours, told
    titles = json.loads(
        run("plan", "Ada", "--days", "60", "--language", "de", "--json", app=rep.app)
    )
    assert titles["focus"][0]["title"] != document["focus"][0]["title"]
    with pytest.raises(CsAssetsError, match=r"languages/xx\.yaml"):
        run("plan", "Ada", "--language", "xx", app=rep.app)


def test_impact_counts_a_deal_once_a_week_and_marks_the_open_week(run):
    weeks = json.loads(run("impact", "--days", "60", "--json"))
    assert sum(week["calls"] for week in weeks) == 37
    assert all(week["deals"] <= week["scored"] for week in weeks)
    assert [week["is_complete"] for week in weeks][:-1] == [True] * (len(weeks) - 1)
    assert weeks[-1]["is_complete"] is False
    assert weeks[0]["deals"] == 4  # seven calls, two a deal


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "nothing"], "no call 'nothing' is here"),
        (["list", "--rep", "Nobody"], "no scored rep is called 'Nobody'.*Ada Even"),
        (["list", "--rep", "d"], "several scored reps are called 'd'"),
        (["list", "--from", "yesterday"], "'yesterday' is no day"),
        (["list", "--from", "2026-12-01"], "lies after"),
        (["list", "--priority", "urgent"], "priority 'urgent'"),
        (["similar"], "either a text or --call"),
        (["similar", "a", "--call", "call-01"], "either a text or --call"),
        (["similar", "--call", "nothing"], "no call 'nothing'"),
        (["search", "a b c d e f g"], "at most 6 words"),
        (["search", " "], "at least one word"),
        (["search", "a", "--side", "them"], "side 'them'"),
    ],
)
def test_a_mistake_is_one_clear_line(run, words, says):
    with pytest.raises(UsageError, match=says):
        run(*words)


def test_an_empty_warehouse_says_what_to_run_first(home, warehouse, monkeypatch):
    with warehouse.session("made, with nothing in it"):
        pass
    monkeypatch.setenv("CS_ASSETS_HOME", str(home.root))
    with pytest.raises(UsageError, match="no call has been analysed yet"):
        _runner()("list")


def test_a_match_shows_its_sentence_and_neighbours_and_the_best_calls_find_others(run):
    found = json.loads(run("similar", "the price is too high", "--json"))["calls"]
    hit = found[0]["matched"]
    assert hit["sentence"]
    assert hit["before"] or hit["after"]
    assert hit["sentence"][:30] in " ".join(turn["text"] for turn in found[0]["turns"])
    like = json.loads(run("similar", "--like-best", "Ada", "--threshold", "0", "--json"))["calls"]
    listed = json.loads(run("list", "--rep", "Ada", "--days", "60", "--most", "99", "--json"))
    best = max((row for row in listed if row["overall_score"]), key=lambda r: r["overall_score"])
    assert like
    assert best["call_id"] not in {one["call_id"] for one in like}


def test_signals_coaching_and_analyze_as_table_and_json(run):
    signals = json.loads(run("signals", "--days", "60", "--json"))
    assert {"kind", "sentence", "start_ms", "confidence", "found_by"} <= set(signals[0])
    assert f"{len(signals)} signals in" in run("signals", "--days", "60")
    with pytest.raises(UsageError, match="no signal is called 'x': churn, expansion"):
        run("signals", "--kind", "x")
    with pytest.raises(UsageError, match="no customer is called 'nobody at all'"):
        run("signals", "--customer", "nobody at all")
    pressing = json.loads(run("coaching", "--days", "60", "--most", "99", "--json"))
    order = ["Critical", "High", "Medium", "Low"]
    assert [order.index(c["priority"]) for c in pressing] == sorted(
        order.index(c["priority"]) for c in pressing
    )
    assert all(call["insights"] for call in pressing)
    one = pressing[0]["call_id"]
    assert pressing[0]["insights"][0]["action"][:30] in run("coaching", "--days", "60")
    now, before = (json.loads(run(name, one, "--json")) for name in ("analyze", "show"))
    assert now["overall_score"] == before["overall_score"]
    assert "Overall" in run("analyze", one)
    with pytest.raises(UsageError, match="no call 'x' is here"):
        run("analyze", "x")


def test_a_summary_is_bounded_at_whole_sentences(run):
    listed = [c["call_id"] for c in json.loads(run("list", "--days", "60", "--json"))]
    told = {call: json.loads(run("show", call, "--json"))["summary"] for call in listed[:8]}
    call, whole = next((call, text) for call, text in told.items() if text)
    short = json.loads(run("show", call, "--max-length", "150", "--json"))["summary"]
    assert whole.startswith(short)
    assert len(short) < len(whole)
    assert short.endswith((".", "!", "?", "…", "”"))
    assert bounded("One. Two is longer. Three.", 9) == "One."
    assert bounded("A first one that is long. Two.", 5) == "A first one that is long."


def test_coach_is_plan_and_live_prompts_line_by_line(run):
    words = ("--days", "30", "--json")
    assert run("coach", "Ada", *words, app=rep.app) == run("plan", "Ada", *words, app=rep.app)
    said = '{"speaker": "customer", "text": "We want to cancel the contract."}'
    result = CliRunner().invoke(calls_heard.app, ["live"], input=f"oops\n\n{said}\n")
    assert "what would have to change" in result.stdout
    assert "line 1: no JSON" in result.stderr
