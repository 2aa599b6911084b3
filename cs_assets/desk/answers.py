"""Questions in words at the desk: answered in the viewer's scope, noted before they are shown."""

import datetime as dt

from cs_assets.answers.answering import AUDIT, Answers, audit_row
from cs_assets.answers.model import Answer
from cs_assets.answers.planning import Asks
from cs_assets.answers.questions import QUESTIONS
from cs_assets.answers.scope import Asker
from cs_assets.desk import session
from resources.warehouse_port import Opens

_WAY = "desk"


def answer(question: str, who: Asker, warehouse: Opens) -> Answer:
    """The answer to a text, as ``cs-assets ask`` gives it to the same person."""
    with warehouse.reading("desk ask") as db:
        found = Answers(db, who, _planner(who)).ask(question)
    with warehouse.session("desk ask") as db:
        db.append(AUDIT, audit_row(found, who, _WAY, found.planner, dt.datetime.now(dt.UTC)))
    return found


def _planner(who: Asker) -> Asks | None:
    """A model that plans; none inside Snowflake, where what asks it is not."""
    if session.is_in_snowflake():
        return None
    from resources.models.planner import planner  # loads Dagster

    return planner(session.settings(), str(who))


def phrasings() -> list[str]:
    """One way to ask each question."""
    return [one.phrasings[0] for one in QUESTIONS]
