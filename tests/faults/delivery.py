"""The reliability figures of delivery at full size, for ``make faults``."""

from collections.abc import Callable
from functools import partial

from tests.faults import (
    answers,
    choices,
    kills,
    leaks,
    ledger_machine,
    mail_lint,
    outages,
    repeats,
    simulation,
    trickles,
)
from tests.faults.wires import WIRES
from tests.figures import Figure

#: At full size, in the order of the reference.
BY_ID: dict[str, Callable[[], Figure]] = {
    "R-01": kills.named_kills,
    "R-02": partial(kills.random_kills, runs=200),
    "R-03": partial(repeats.killed_dagster_runs, repeats.ALL_CASES),
    "R-04": answers.answer_lost_after_acceptance,
    "R-05": repeats.repeated_materialisation,
    "R-06": kills.claim_race,
    "R-07": answers.transient_refusals,
    "R-08": answers.absurd_hints,
    "R-09": answers.one_poisoned_recipient,
    "R-10": choices.provider_choice,
    "R-11": answers.too_large,
    "R-12": repeats.late_and_foreign,
    "R-13": answers.recording_fails,
    "R-14": partial(simulation.simulated_histories, seeds=10_000),
    "R-15": partial(ledger_machine.ledger_model, examples=2_000),
    "R-16": partial(mail_lint.header_injection, payloads=20_000),
    "R-22": mail_lint.mail_lint,
    "R-38": kills.termination,
    "R-41": leaks.secrets_in_outputs,
    "R-42": leaks.personal_data_in_logs,
    "R-43": leaks.egress,
    "R-44": choices.server_side_requests,
    "R-45": leaks.webserver,
    "R-53": outages.outages,
    "R-60": trickles.trickles,
}
#: The same figures at the sizes that every test run can afford; R-01 is the crash table's.
FAST: dict[str, Callable[[], Figure]] = {
    **{name: figure for name, figure in BY_ID.items() if name != "R-01"},
    "R-02": partial(kills.random_kills, runs=len(WIRES)),
    "R-03": partial(repeats.killed_dagster_runs, repeats.FAST_CASES),
    "R-06": partial(kills.claim_race, processes=4, count=200),
    "R-09": partial(answers.one_poisoned_recipient, count=20),
    "R-14": partial(simulation.simulated_histories, seeds=100),
    "R-15": partial(ledger_machine.ledger_model, examples=80),
    "R-16": partial(mail_lint.header_injection, payloads=300),
    "R-53": outages.some_outages,
    # No wall time counts where other tests run beside it.
    "R-60": partial(trickles.trickles, seconds=1.0, spare=20.0, every=7),
}
