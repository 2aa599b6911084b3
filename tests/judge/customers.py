"""Figures of the customer room's judgement."""

from tests.judge.customers_alerts import alerts_of_change_and_of_none
from tests.judge.customers_churn import health_tells_who_leaves
from tests.judge.customers_effects import effects_are_recovered
from tests.judge.customers_lists import every_signal_is_at_risk, nothing_disagrees

BY_ID = {
    "J-customers-01a": health_tells_who_leaves,
    "J-customers-01b": health_tells_who_leaves,
    "J-customers-01c": health_tells_who_leaves,
    "J-customers-01d": health_tells_who_leaves,
    "J-customers-02a": every_signal_is_at_risk,
    "J-customers-02b": every_signal_is_at_risk,
    "J-customers-03a": alerts_of_change_and_of_none,
    "J-customers-03b": alerts_of_change_and_of_none,
    "J-customers-03c": alerts_of_change_and_of_none,
    "J-customers-03d": alerts_of_change_and_of_none,
    "J-customers-04a": effects_are_recovered,
    "J-customers-04b": effects_are_recovered,
    "J-customers-04c": effects_are_recovered,
    "J-customers-05": nothing_disagrees,
}
