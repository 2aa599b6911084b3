"""What suits the mix of a book: heavy accounts where the accounts are light, and vice versa.

A book that has merely fallen behind gets the next accounts, whatever they are. One whose accounts
are heavier than others', or bring less for their work, is made good only when an account of the
other kind happens to come. So each account is priced by what it does to the mix as well:

    price * (how much fuller the book is in points than in accounts)
          * (how many average accounts it is in points, less one)

and likewise for revenue against points. The first factor is that of the book before the batch, and
at most so large either way as accounts to come can make good. The more accounts a batch
brings for each CSM, the more of that the batch makes good by itself, and the less the price is.
"""

import numpy as np
import numpy.typing as npt

from cs_assets.routing.placing.capacity import HUNDREDTHS
from cs_assets.routing.policy import DIMENSIONS, Mix, Policy
from cs_assets.routing.solver.problem import COST_UNIT, Ints

Floats = npt.NDArray[np.float64]

#: By term: what should not be fuller than what.
AGAINST = {"mix_points": ("points", "accounts"), "mix_revenue": ("revenue", "points")}
_AT = {name: DIMENSIONS.index(name) for name in DIMENSIONS}


def leans(loads: Ints, full: Floats, revenue_known: Ints, policy: Policy) -> dict[str, Floats]:
    """By term, what an account costs for each full book of surplus (A x C).

    ``loads`` (A x D) are those of the accounts, ``full`` (C x D) the full books; an account of
    unknown revenue is neither rich nor poor.
    """
    accounts, csms = len(loads), len(full)
    share = csms / max(csms + accounts - 1, 1)
    count = full[:, _AT["accounts"]] / HUNDREDTHS
    found = {}
    for term, (one, other) in AGAINST.items():
        size, usual = (_divided(loads[:, d, None], full[None, :, d]) for d in _places(term))
        lean = price(term, policy.objective.mix) * ((size - usual) * count) * share
        if one == "revenue":
            lean = lean * revenue_known[:, None]
        found[term] = np.where(_priced(full, one, other), lean, 0.0)
    return found


def surplus(term: str, held: Floats, full: Floats, policy: Policy) -> Floats:
    """How much fuller the books (... x D) are in the one than in the other, within the limit."""
    one, other = (_divided(held[..., d], full[..., d]) for d in _places(term))
    most = policy.objective.mix.at_most
    return np.asarray(np.clip(one - other, -most, most))


def costs(held: Ints, full: Floats, leaning: dict[str, Floats], policy: Policy) -> dict[str, Ints]:
    """By term, what each account costs at each CSM (A x C): 0 where it suits best."""
    found = {}
    for term, lean in leaning.items():
        cost = np.rint(lean * surplus(term, held.astype(float), full, policy) * COST_UNIT)
        least = cost.min(axis=1, keepdims=True) if cost.size else 0.0
        found[term] = (cost - least).astype(np.int64)
    return found


def price(term: str, mix: Mix) -> float:
    """The policy's price of a term."""
    return float(getattr(mix, term.removeprefix("mix_")))


def _places(term: str) -> tuple[int, int]:
    one, other = AGAINST[term]
    return _AT[one], _AT[other]


def _priced(full: Floats, one: str, other: str) -> npt.NDArray[np.bool_]:
    return (full[:, _AT[one]] > 0) & (full[:, _AT[other]] > 0)


def _divided(amount: npt.NDArray[np.generic], full: Floats) -> Floats:
    return np.divide(amount, full, out=np.zeros(np.broadcast(amount, full).shape), where=full > 0)
