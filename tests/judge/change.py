"""How often what is called a change is one, and how often one is found: J-change.

All is simulated from seeds that ``JUDGE_SEED`` moves (1 unless set); the truth is known, and the
case without any change stands beside each case with one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cs_assets.coaching import policy
from cs_assets.statistics import clusters, counts, dispersion, forecasting, rates
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.false_discovery import adjusted, of_several
from cs_assets.statistics.verdict import judged
from tests.figures import Figure
from tests.judge import simulated
from tests.judge.absence import digests_name_unread_days, nothing_is_told_of_what_is_not_there
from tests.judge.contradictions import no_two_texts_disagree
from tests.judge.simulated import SEED

_WEEKS, _WINDOW = 52, 4
_MEANS = (10, 30, 100, 400)
_LEVEL = 0.05
#: What is left of the open rates in the case with a fall.
_FALLEN = 0.64


def on_window_before(weekly: np.ndarray) -> Changes:
    """Four weeks against the four before, the dispersion read from the past alone."""
    spread = dispersion.of_weeks(weekly[:, :-_WINDOW], _WINDOW)
    return counts.on_window_before(weekly, _WINDOW, spread)


def opens_changed(sends: rates.Sends) -> rates.RateChanges:
    return rates.changes(sends, rates.spread_of(sends))


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# --- 01 -------------------------------------------------------------------------------------


def false_in_counts(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-01: steady series called changed, by kind of variation and mean of a window."""
    rng = np.random.default_rng([seed, 1])
    worst, where = 0.0, ""
    for kind in simulated.COUNT_KINDS:
        for mean in _MEANS:
            weekly = simulated.weekly_counts(rng, kind, mean, series, _WEEKS + _WINDOW)
            false = float((on_window_before(weekly).p_value <= _LEVEL).mean())
            if false >= worst:
                worst, where = false, f"{kind} at {mean}"
    yield Figure(
        "J-change-01",
        f"steady counts called changed, worst of 16 cells of {series} series",
        f"{percent(worst)} ({where})",
        "<= 6 % in each",
        worst <= 0.06,
    )


def false_beside_unlike_peers(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-01b: the same where peers are of all sixteen kinds together."""
    rng = np.random.default_rng([seed, 11])
    weekly = np.concatenate(
        [
            simulated.weekly_counts(rng, kind, mean, series, _WEEKS + _WINDOW)
            for kind in simulated.COUNT_KINDS
            for mean in _MEANS
        ]
    )
    cells = (on_window_before(weekly).p_value <= _LEVEL).reshape(-1, series).mean(axis=1)
    yield Figure(
        "J-change-01b",
        f"the same with all {16 * series} series as each other's peers",
        percent(float(cells.max())),
        "<= 6 % in each",
        bool(cells.max() <= 0.06),
    )


def on_a_year_earlier(weekly: np.ndarray) -> Changes:
    """Four weeks against those a year earlier, as the rooms compare them."""
    spread = dispersion.of_weeks(weekly[:, :-_WINDOW], _WINDOW)
    return counts.on_window(weekly, _WINDOW, _WEEKS, spread)


def false_on_a_year_earlier(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-01c: the same on a year earlier, seasons of any phase among them."""
    rng = np.random.default_rng([seed, 12])
    weeks = 2 * _WEEKS + _WINDOW
    cells = {
        f"{kind} at {mean}": simulated.weekly_counts(rng, kind, mean, series, weeks)
        for kind in simulated.COUNT_KINDS
        for mean in _MEANS
    } | {
        f"season of {swing:.0%} at {mean}": simulated.seasonal_counts(
            rng, swing, mean, series, weeks
        )
        for swing in (0.2, 0.5)
        for mean in _MEANS
    }
    false = {
        name: float((on_a_year_earlier(weekly).p_value <= _LEVEL).mean())
        for name, weekly in cells.items()
    }
    worst = max(false, key=lambda name: false[name])
    yield Figure(
        "J-change-01c",
        f"counts called changed on a year earlier, worst of {len(cells)} cells of {series} series",
        f"{percent(false[worst])} ({worst})", "<= 6 % in each", false[worst] <= 0.06,
    )  # fmt: skip


# --- 02 -------------------------------------------------------------------------------------


def found_in_opens(customers: int = 8000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-02a: opens that fall by 36 % in each of three channels, four sends a window."""
    rng = np.random.default_rng([seed, 2])
    fell = opens_changed(simulated.sends(rng, customers, 14, now=_FALLEN)).combined
    found = float(((fell.p_value <= _LEVEL) & (fell.size < 0)).mean())
    steady = opens_changed(simulated.sends(rng, customers, 14)).combined
    false = float((steady.p_value <= _LEVEL).mean())
    yield Figure(
        "J-change-02a",
        f"opens that fell by 36 % in 3 channels found; {percent(false)} of steady ones called",
        percent(found),
        ">= 95 % (steady <= 6 %)",
        found >= 0.95 and false <= 0.06,
    )


def found_in_counts(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-02b: a mean of 60 in four weeks that halves, weekly shocks of CV .2."""
    rng = np.random.default_rng([seed, 3])
    weekly = simulated.weekly_counts(rng, "shock .2", 60, series, _WEEKS + _WINDOW)
    weekly[:, -_WINDOW:] = simulated.weekly_counts(rng, "shock .2", 30, series, _WINDOW)
    # Each customer alone: none has peers to learn the dispersion from.
    alone = [weekly[i : i + 1] for i in range(series)]
    found = np.mean([on_window_before(one).p_value[0] <= _LEVEL for one in alone])
    yield Figure(
        "J-change-02b",
        f"a mean of 60 that halved found, {series} customers each alone",
        percent(float(found)),
        ">= 80 %",
        bool(found >= 0.8),
    )


# --- 03 -------------------------------------------------------------------------------------


def mix_is_no_rate(customers: int = 8000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-03: messages move from text messages to social media, no rate changes."""
    rng = np.random.default_rng([seed, 4])
    shares = np.ones((3, 14))
    shares[:, 0] = (1.0, 0.5, 1.9)
    changed = opens_changed(simulated.sends(rng, customers, 14, shares=shares))
    rate = float((changed.combined.p_value <= _LEVEL).mean())
    mix = judged(changed.mix)["direction"]
    told = float(((mix == "fall") & (np.abs(changed.mix.size) >= rates.LEAST_MIX)).mean())
    yield Figure(
        "J-change-03a", "pure shift of the mix called a change of rate", percent(rate), "<= 5 %",
        rate <= 0.05,
    )  # fmt: skip
    yield Figure(
        "J-change-03b", "pure shift of the mix told as one", percent(told), ">= 90 %", told >= 0.9
    )


# --- 04 -------------------------------------------------------------------------------------

_CUSTOMERS, _CHANGED = 60, 6


def _conversions(rng: np.random.Generator, changed: int) -> np.ndarray:
    weekly = simulated.weekly_counts(rng, "shock .2", 100, _CUSTOMERS, _WEEKS + _WINDOW)
    weekly[:changed, -_WINDOW:] = simulated.weekly_counts(rng, "shock .2", 50, changed, _WINDOW)
    clear: np.ndarray = judged(on_window_before(weekly))["direction"].isin(["rise", "fall"])
    return np.asarray(clear)


def _opens(rng: np.random.Generator, changed: int) -> np.ndarray:
    now = np.where(np.arange(_CUSTOMERS) < changed, _FALLEN, 1.0)
    moved = opens_changed(simulated.sends(rng, _CUSTOMERS, 14, now=now))
    return np.asarray(judged(moved.combined)["direction"].isin(["rise", "fall"]))


def _picked(rng: np.random.Generator, changed: int) -> np.ndarray:
    """Conversions by channel, of which the one that moved most is told: of four, at 25 each."""
    weekly = simulated.weekly_counts(rng, "shock .2", 25, 4 * _CUSTOMERS, _WEEKS + _WINDOW)
    moved = counts.of_most_moved(on_window_before(weekly), np.repeat(np.arange(_CUSTOMERS), 4))
    return np.asarray(judged(moved.changes)["direction"].isin(["rise", "fall"]))


_KINDS = {"counts": _conversions, "opens": _opens, "picked channel": _picked}


def false_in_a_run(runs: int = 500, seed: int = SEED) -> Iterable[Figure]:
    """J-change-04a: nobody of 60 changed; runs that call anybody changed."""
    shares = {}
    for number, (kind, clear) in enumerate(_KINDS.items()):
        rngs = (np.random.default_rng([seed, 5, number, run]) for run in range(runs))
        shares[kind] = float(np.mean([clear(rng, 0).any() for rng in rngs]))
    worst = max(shares, key=lambda kind: shares[kind])
    yield Figure(
        "J-change-04a",
        f"runs of {runs} that call any of 60 steady customers changed, worst of 3 kinds",
        f"{percent(shares[worst])} ({worst})",
        "<= 6 %",
        shares[worst] <= 0.06,
    )


def found_in_a_run(runs: int = 500, seed: int = SEED) -> Iterable[Figure]:
    """J-change-04b and c: 6 of 60 changed; how many are found, and how many are false."""
    for letter, kind, target in (("b", "counts", 0.5), ("c", "opens", 0.8)):
        number = list(_KINDS).index(kind)
        false, found = [], []
        for run in range(runs):
            clear = _KINDS[kind](np.random.default_rng([seed, 6, number, run]), _CHANGED)
            false.append(clear[_CHANGED:].sum() / max(1, clear.sum()))
            found.append(clear[:_CHANGED].mean())
        share, power = float(np.mean(false)), float(np.mean(found))
        yield Figure(
            f"J-change-04{letter}",
            f"6 of 60 changed, {kind}: found; {percent(share)} of those called are false",
            percent(power),
            f">= {100 * target:.0f} % (false <= 6 %)",
            power >= target and share <= 0.06,
        )


# --- 05 -------------------------------------------------------------------------------------

_PAST = 156
#: Interval score of an 80 % interval: its width, and this for each dollar outside (Gneiting and
#: Raftery 2007).
_OUTSIDE = 2 / (1 - forecasting.COVERAGE)


@dataclass(frozen=True)
class _Cell:
    """One type of series and one window: what came of its forecasts."""

    name: str
    covered: float
    score: float
    """Interval score over that of the best single method."""
    error: float
    """Mean absolute error over that of the best single method."""
    withheld: float
    covered_told: float
    worst_printed: float


def _score(low: np.ndarray, high: np.ndarray, actual: np.ndarray) -> float:
    outside = np.maximum(low - actual, 0) + np.maximum(actual - high, 0)
    return float(np.mean(high - low + _OUTSIDE * outside))


def _single_methods(past: np.ndarray, actual: np.ndarray, window: int) -> tuple[float, float]:
    """Interval score and error of the best of naive, seasonal naive, mean and smoothing alone."""
    origins = [past.shape[1] - window * back for back in range(1, (_PAST - 52) // window + 1)]
    none = np.zeros(len(past))
    guesses = np.stack([forecasting.methods(past[:, :o], window, none)[0] for o in origins], axis=2)
    came = np.stack([past[:, o : o + window].sum(axis=1) for o in origins], axis=1)
    now = forecasting.methods(past, window, none)[0]
    counted = np.full(len(past), len(origins))
    scores, errors = [], []
    for method in range(4):
        reach = forecasting.conformal(np.abs(guesses[method] - came), counted)
        low = np.maximum(now[method] - reach, 0)
        scores.append(_score(low, now[method] + reach, actual))
        errors.append(float(np.abs(now[method] - actual).mean()))
    return min(scores), min(errors)


def _forecast_cells(
    series: int, seed: int, *, together: bool, windows: Sequence[int] = (4, 13)
) -> list[_Cell]:
    """All types and windows; ``together``: with series of all types as each other's peers."""
    cells = []
    for window in windows:
        rng = np.random.default_rng([seed, 7, window])
        whole = [
            simulated.weekly_values(rng, kind, series, _PAST + 13) for kind in simulated.SERIES
        ]
        groups = [np.concatenate(whole)] if together else whole
        made = [forecasting.everything(group[:, :_PAST], window) for group in groups]
        told = [forecasting.forecast(group[:, :_PAST], window) for group in groups]
        for number, (kind, weekly) in enumerate(zip(simulated.SERIES, whole, strict=True)):
            place = slice(number * series, (number + 1) * series) if together else slice(None)
            group = 0 if together else number
            actual = weekly[:, _PAST : _PAST + window].sum(axis=1)
            best_score, best_error = _single_methods(weekly[:, :_PAST], actual, window)
            low, high = made[group].low[place], made[group].high[place]
            value, is_told = made[group].value[place], told[group].reason[place] == None  # noqa: E711
            held = (low <= actual) & (actual <= high)
            cells.append(
                _Cell(
                    name=f"{kind} {window} weeks",
                    covered=float(held.mean()),
                    score=_score(low, high, actual) / best_score,
                    error=float(np.abs(value - actual).mean()) / best_error,
                    withheld=float(1 - is_told.mean()),
                    covered_told=float(held[is_told].mean()) if is_told.mean() >= 0.1 else 1.0,
                    worst_printed=float(np.nanmax(told[group].error[place], initial=0)),
                )
            )
    return cells


def forecasts_hold(
    series: int = 1000, seed: int = SEED, windows: Sequence[int] = (4, 13)
) -> Iterable[Figure]:
    """J-change-05: seven types of series, windows of 4 and 13 weeks, three years of past."""
    cells = _forecast_cells(series, seed, together=False, windows=windows)

    def least(cell: _Cell) -> float:
        return min(cell.covered, cell.covered_told) - (0.70 if "shift" in cell.name else 0.77)

    worst = min(cells, key=least)
    yield Figure(
        "J-change-05a",
        f"80 % interval holds, worst of {len(cells)} cells of {series} series, withheld or told",
        f"{percent(min(worst.covered, worst.covered_told))} ({worst.name})",
        ">= 77 % (shift 70 %) in each",
        least(worst) >= 0,
    )
    yield _worst_score("J-change-05b", "interval score over the best single method's", cells, 1.05)
    steady = [c for c in cells if c.name.split()[0] in ("level", "big", "trend", "season")]
    most = max(steady, key=lambda cell: cell.withheld)
    yield Figure(
        "J-change-05c", "withheld of level, trend and season", percent(most.withheld), "<= 20 %",
        most.withheld <= 0.2,
    )  # fmt: skip
    error = float(np.mean([cell.error for cell in cells]))
    yield Figure(
        "J-change-05d", "mean error over the best single method's, all types", f"{error:.3f}",
        "<= 1.05", error <= 1.05,
    )  # fmt: skip
    printed = max(cell.worst_printed for cell in cells)
    yield Figure(
        "J-change-05e", "largest error printed", f"{printed:.0f} %", "<= 200 %", printed <= 200
    )


def forecasts_beside_unlike_peers(series: int = 1000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-05f: the same where a company has customers of all seven types."""
    cells = _forecast_cells(series, seed, together=True)
    yield _worst_score(
        "J-change-05f", "the same as b with all seven types as each other's peers", cells, 1.08
    )


def _worst_score(id_: str, name: str, cells: list[_Cell], target: float) -> Figure:
    worst = max(cells, key=lambda cell: cell.score)
    return Figure(
        id_, name, f"{worst.score:.3f} ({worst.name})", f"<= {target} in each",
        worst.score <= target,
    )  # fmt: skip


# --- 06 -------------------------------------------------------------------------------------

_REPS, _DIMENSIONS = 30, 5
#: Standard deviation of a call's score, points.
_SPREAD = 10.0


@dataclass(frozen=True)
class _Team:
    """Scores of weeks of a team: units (a rep in a dimension of one simulated week) x calls."""

    scores: np.ndarray
    is_late: np.ndarray
    week: np.ndarray

    @classmethod
    def of(
        cls, rng: np.random.Generator, weeks: int, calls: int, alike: float, past: int, now: int
    ) -> "_Team":
        units = weeks * _REPS * _DIMENSIONS
        shared = np.repeat(rng.normal(size=(units, past + now)), calls, axis=1)
        own = rng.normal(size=shared.shape)
        scores = 60 + _SPREAD * (np.sqrt(alike) * shared + np.sqrt(1 - alike) * own)
        week = np.repeat(np.arange(past + now), calls)
        return cls(scores, (week >= past).astype(int), week)

    def cases(self) -> clusters.Cases:
        units, calls = self.scores.shape
        unit = np.repeat(np.arange(units), calls)
        week = unit * (self.week.max() + 1) + np.tile(self.week, units)
        # Every call is of another account: what weeks share must be found without their help.
        account = np.arange(units * calls)
        return clusters.Cases(
            self.scores.ravel(), unit, np.tile(self.is_late, units), [week, account]
        )

    def pool(self) -> np.ndarray:
        units = np.arange(len(self.scores))
        return units // (_REPS * _DIMENSIONS) * _DIMENSIONS + units % _DIMENSIONS


def _arrows(
    rng: np.random.Generator, weeks: int, calls: int, alike: float, points: float
) -> tuple[np.ndarray, np.ndarray]:
    """Of each week: whether any arrow is false when nobody changed; whether one who did is seen."""
    rules = policy.load()
    team = _Team.of(rng, weeks, calls, alike, rules.before_weeks, rules.window_weeks)
    pool = team.pool()

    def p_values(cases: clusters.Cases, known: list[clusters.Alike]) -> np.ndarray:
        found = clusters.changes(cases, known, pool, rules.spread_floor, rules.least_calls)
        return found.p_value.reshape(weeks, -1)

    known = clusters.correlations(team.cases(), pool)
    steady = p_values(team.cases(), known)
    false = [(adjusted(week) <= rules.false_discovery_rate).any() for week in steady]
    first = np.arange(0, len(team.scores), _REPS * _DIMENSIONS)
    better = replace(team, scores=team.scores[first] + points * team.is_late)
    changed = clusters.changes(
        better.cases(), known, pool[first], rules.spread_floor, rules.least_calls
    )
    with_one = np.column_stack([changed.p_value, steady[:, 1:]])
    seen = [adjusted(week)[0] <= rules.false_discovery_rate for week in with_one]
    return np.array(false), np.array(seen)


def arrows_are_true(weeks: int = 2000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-06a to c: 30 reps in five dimensions; one rep is better in one of them."""
    false: dict[str, float] = {}
    seen: dict[tuple[int, float], float] = {}
    step = min(weeks, 250)
    for calls, points in ((8, 10.0), (4, 15.0)):
        for alike in (0.0, 0.08, 0.26):
            rng = np.random.default_rng([seed, 8, calls, int(100 * alike)])
            parts = [_arrows(rng, step, calls, alike, points) for _ in range(weeks // step)]
            false[f"{calls} calls alike {alike:.0%}"] = float(np.mean([p[0] for p in parts]))
            seen[calls, alike] = float(np.mean([p[1] for p in parts]))
    worst = max(false, key=lambda name: false[name])
    yield Figure(
        "J-change-06a",
        f"weeks of {weeks} with any false arrow among 150, worst of {len(false)} cells",
        f"{percent(false[worst])} ({worst})",
        "<= 6 % in each",
        false[worst] <= 0.06,
    )
    for letter, calls, points, at_0, at_8 in (("b", 8, 10, 0.55, 0.35), ("c", 4, 15, 0.6, 0.45)):
        shares = [seen[calls, alike] for alike in (0.0, 0.08, 0.26)]
        yield Figure(
            f"J-change-06{letter}",
            f"one rep {points} points better with {calls} calls a week found, alike 0, 8, 26 %",
            ", ".join(percent(share) for share in shares),
            f">= {100 * at_0:.0f} %, {100 * at_8:.0f} %, -",
            shares[0] >= at_0 and shares[1] >= at_8,
        )


def plans_are_true(plans: int = 6000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-06d: a rep's thirty days, earlier against later half, nobody changed."""
    false = {}
    teams = plans // _REPS
    for alike in (0.0, 0.08, 0.26):
        rng = np.random.default_rng([seed, 9, int(100 * alike)])
        team = _Team.of(rng, teams, 4, alike, 2, 2)
        pool = team.pool()
        known = clusters.correlations(team.cases(), pool)
        p = clusters.changes(team.cases(), known, pool, 0.0).p_value.reshape(-1, _DIMENSIONS)
        false[f"alike {alike:.0%}"] = float(
            np.mean([(of_several(plan) <= _LEVEL).any() for plan in p])
        )
    worst = max(false, key=lambda name: false[name])
    yield Figure(
        "J-change-06d",
        f"plans of {teams * _REPS} with a false change in any of five dimensions",
        f"{percent(false[worst])} ({worst})",
        "<= 6 %",
        false[worst] <= 0.06,
    )


BY_ID = {
    "J-change-01": false_in_counts,
    "J-change-01b": false_beside_unlike_peers,
    "J-change-01c": false_on_a_year_earlier,
    "J-change-02a": found_in_opens,
    "J-change-02b": found_in_counts,
    "J-change-03a": mix_is_no_rate,
    "J-change-03b": mix_is_no_rate,
    "J-change-04a": false_in_a_run,
    "J-change-04b": found_in_a_run,
    "J-change-04c": found_in_a_run,
    "J-change-05a": forecasts_hold,
    "J-change-05b": forecasts_hold,
    "J-change-05c": forecasts_hold,
    "J-change-05d": forecasts_hold,
    "J-change-05e": forecasts_hold,
    "J-change-05f": forecasts_beside_unlike_peers,
    "J-change-06a": arrows_are_true,
    "J-change-06b": arrows_are_true,
    "J-change-06c": arrows_are_true,
    "J-change-06d": plans_are_true,
    "J-change-07a": nothing_is_told_of_what_is_not_there,
    "J-change-07b": nothing_is_told_of_what_is_not_there,
    "J-change-07c": digests_name_unread_days,
    "J-change-08": no_two_texts_disagree,
}
