"""The page about the sample tenant names every planted truth."""

from cs_assets.sample.roster import REPS
from cs_assets.sample.truths import TRUTHS
from tests.conftest import REPOSITORY


def test_every_truth_and_its_subject_is_on_the_page(tables, calls):
    page = (REPOSITORY / "docs" / "sample.md").read_text(encoding="utf-8")
    names = {rep.email: rep.name for rep in REPS}
    names |= tables["customers"].set_index("customer_id")["customer_name"].to_dict()
    for truth in TRUTHS:
        assert names[truth.subject] in page
    assert f"{len(calls)} over six weeks" in page
    assert f"{len(tables['customers'])} in nine industries" in page
    assert f"{len(tables['products'])} contracts" in page
