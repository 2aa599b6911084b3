"""The rules as a judge: what the scorer says of each criterion, as verdicts."""

from collections.abc import Mapping, Sequence

from cs_assets.calls import hearing, language
from cs_assets.calls.judging.judges import Case, Judged, JudgeRules, NotJudged, Verdict
from cs_assets.calls.scoring.evidence import Criterion
from cs_assets.calls.scoring.rubric import Dimension, Rubric, Taxonomy, rules_version

#: Share from which a criterion was shown rather than missed.
SHOWN = 0.5


class RulesJudge:
    """The default judge. Calls that are not in English are not judged."""

    name = "rules"

    def __init__(self, rules: JudgeRules, rubric: Rubric, taxonomy: Taxonomy) -> None:
        self._rules = rules
        self._rubric = rubric
        self._taxonomy = taxonomy

    @property
    def version(self) -> str:
        return rules_version(self._rubric, self._taxonomy)

    def judge(self, cases: Sequence[Case]) -> Mapping[str, Judged | NotJudged]:
        return {case.call_id: self._judged(case) for case in cases}

    def _judged(self, case: Case) -> Judged | NotJudged:
        transcript = case.transcript
        spoken = language.of_words(None, [s.text for s in transcript.sentences])
        if not language.is_english(spoken):
            return NotJudged(f"language ({spoken})")
        if transcript.rep_user_id is None:
            return NotJudged("nobody of our side could be told by name")
        heard = hearing.hear(
            transcript,
            self._rubric,
            self._taxonomy,
            call_type=case.call_type,
            called=case.call_date,
        )
        scores = hearing.judge(heard, self._taxonomy)
        verdicts = []
        for dimension, key in self._rules.judged:
            scored = scores[dimension]
            found = next((c for c in scored.criteria if c.key == key), None)
            verdicts.append(_verdict(dimension, key, found, scored.reason))
        return Judged(tuple(verdicts))


def _verdict(dimension: Dimension, key: str, found: Criterion | None, why_not: str) -> Verdict:
    if found is None or found.share is None:
        return Verdict(dimension, key, None, found.reason if found else why_not)
    first = found.heard[0] if found.heard else None
    place = first if found.share >= SHOWN or found.moment is None else found.moment
    return Verdict(dimension, key, round(found.share, 3), found.reason, place)
