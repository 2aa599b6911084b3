"""What a type of call adds is taken out, what a rep adds is not."""

import numpy as np
import pytest

from cs_assets.coaching.trends import without_call_mix


def test_a_shift_of_the_call_mix_is_not_a_change():
    """Demos score lower by twenty; the rep did more of them lately and changed nothing."""
    before = [("discovery", 70.0)] * 9 + [("demo", 50.0)] * 3
    recent = [("discovery", 70.0)] * 3 + [("demo", 50.0)] * 9
    kinds = [kind for kind, _ in before + recent]
    cells = ["before"] * 12 + ["recent"] * 12
    adjusted = without_call_mix([s for _, s in before + recent], kinds, cells, least=10)
    assert np.mean(adjusted[12:]) == pytest.approx(np.mean(adjusted[:12]))
    assert np.mean(adjusted) == pytest.approx(60)


def test_rare_call_types_are_left_as_they_are():
    scores = [70.0, 50.0, 70.0, 50.0]
    assert without_call_mix(scores, ["a", "b", "a", "b"], [1, 1, 2, 2], least=10) == scores
