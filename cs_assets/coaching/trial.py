"""Which form of a digest is opened, and works: a trial by lot over reps, honestly told.

Each rep has one form for the whole trial, drawn by a hash of the trial's name and the rep, and
noted with every digest. What is counted is a rep, not a mail: ten mails to one person are one
answer. The difference is told with its interval (Welch's t over reps), or not at all.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs_assets.coaching.policy import CoachingPolicy, Trial
from cs_assets.statistics.welch import difference

#: Below so many reps with a form nothing is said of it.
LEAST_REPS = 10
#: The form of everybody who is in no trial.
FULL = "full"


def form_of(policy: CoachingPolicy, rep_user_id: str, monday: dt.date) -> tuple[str, str | None]:
    """The form of a rep's digest and the name of the trial; ``full`` and none outside of one."""
    trial = policy.trial
    if trial is None or not trial.runs(monday):
        return FULL, None
    drawn = hashlib.sha256(f"{trial.name}\0{rep_user_id}".encode()).digest()
    return trial.forms[int.from_bytes(drawn[:8], "big") % len(trial.forms)], trial.name


@dataclass(frozen=True)
class Arm:
    """What came of one form: mean over reps of a share, in percent; ``None`` where not known."""

    form: str
    reps: int
    digests: int
    mean: float | None


@dataclass(frozen=True)
class Outcome:
    """One measure of a trial: its arms, and the second form's lead over the first in points."""

    measure: str
    arms: tuple[Arm, ...]
    difference: float | None
    low: float | None
    high: float | None
    says: str


Row = Mapping[str, Any]


def outcomes(
    digests: Iterable[Row], opened: Mapping[tuple[str, dt.date], bool], focus: Iterable[Row],
    trial: Trial,
) -> list[Outcome]:  # fmt: skip
    """``opened`` (the main measure) and ``improved`` of a trial, each with what may be said.

    ``digests``: rows of ``rep_digests`` of the trial. ``opened``: by rep and week, of the digests
    of which the provider can tell it. ``focus``: rows of ``rep_week_focus`` of the same weeks.
    """
    forms = {(str(row["rep_user_id"]), row["week_start"]): str(row["form"]) for row in digests}
    by_rep = {rep: form for (rep, _), form in forms.items()}
    reads: dict[str, list[float]] = {}
    for key, was in opened.items():
        if key in forms:
            reads.setdefault(key[0], []).append(float(was))
    ends: dict[tuple[str, str, Any], float] = {}
    for row in focus:
        if str(row["rep_user_id"]) in by_rep:
            area = (str(row["rep_user_id"]), str(row["focus_id"]), row["since_week"])
            ends[area] = max(ends.get(area, 0.0), float(row["state"] == "improved"))
    improved: dict[str, list[float]] = {}
    for (rep, _, _), done in ends.items():
        improved.setdefault(rep, []).append(done)
    told = (("opened", reads), ("improved", improved))
    return [_outcome(measure, own, by_rep, trial.forms) for measure, own in told]


def _outcome(
    measure: str, own: Mapping[str, Sequence[float]], by_rep: Mapping[str, str],
    forms: Sequence[str],
) -> Outcome:  # fmt: skip
    shares = {
        form: [100 * float(np.mean(own[rep])) for rep in sorted(own) if by_rep[rep] == form]
        for form in forms
    }
    arms = tuple(
        Arm(
            form, len(values), sum(len(own[rep]) for rep in own if by_rep[rep] == form),
            float(np.mean(values)) if values else None,
        )
        for form, values in shares.items()
    )  # fmt: skip
    first, second = (shares[form] for form in forms)
    if min(len(first), len(second)) < LEAST_REPS:
        why = f"too few to say: {LEAST_REPS} reps with each form are needed"
        return Outcome(measure, arms, None, None, None, why)
    apart = difference(second, first)
    if apart is None:
        why = "no interval can be given: within each form all reps are alike"
        return Outcome(measure, arms, None, None, None, why)
    says = "cannot be told apart"
    if apart.low > 0 or apart.high < 0:
        says = f"{forms[1] if apart.low > 0 else forms[0]} does better"
    return Outcome(measure, arms, apart.mean, apart.low, apart.high, says)
