"""The reliability figures of delivery at full size, for ``make faults``."""

import os
from collections.abc import Iterator

from tests.faults import (
    answers,
    choices,
    kills,
    leaks,
    ledger_machine,
    mail_lint,
    repeats,
    simulation,
)
from tests.figures import Figure


def figures() -> Iterator[Figure]:
    """R-01 to R-16, R-22, R-38 and R-41 to R-45, one after the other."""
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    yield kills.named_kills()
    yield kills.random_kills(runs=200)
    yield repeats.killed_dagster_runs()
    yield answers.answer_lost_after_acceptance()
    yield repeats.repeated_materialisation()
    yield kills.claim_race()
    yield answers.transient_refusals()
    yield answers.absurd_hints()
    yield answers.one_poisoned_recipient()
    yield choices.provider_choice()
    yield answers.too_large()
    yield repeats.late_and_foreign()
    yield answers.recording_fails()
    yield simulation.simulated_histories(seeds=10_000)
    yield ledger_machine.ledger_model(examples=2_000)
    yield mail_lint.header_injection(payloads=20_000)
    yield mail_lint.mail_lint()
    yield kills.termination()
    yield leaks.secrets_in_outputs()
    yield leaks.personal_data_in_logs()
    yield leaks.egress()
    yield choices.server_side_requests()
    yield leaks.webserver()


if __name__ == "__main__":
    for figure in figures():
        print(figure.line(), flush=True)
