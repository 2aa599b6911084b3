"""What is kept of a question: who asked, which one was understood, which facts were given."""

import datetime as dt
import json
import uuid

import pandas as pd

from cs_assets.answers.model import Answer
from cs_assets.answers.scope import Asker

TABLE = "ops.answers_given"


def row(answer: Answer, who: Asker, way: str, planner: str, at: dt.datetime) -> pd.DataFrame:
    """The row of ``ops.answers_given``. Holds no words of anybody."""
    return pd.DataFrame(
        [
            {
                "answer_id": uuid.uuid4().hex,
                "asked_at": at.astimezone(dt.UTC).replace(tzinfo=None),
                "role": who.role,
                "asker_id": who.identity or None,
                "way": way,
                "planner": planner,
                "question_id": answer.question,
                "parameters": json.dumps(dict(answer.parameters), sort_keys=True),
                "status": answer.status,
                "facts": json.dumps([one.ref for one in answer.facts]),
                "quotes": len(answer.quotes),
            }
        ]
    )
