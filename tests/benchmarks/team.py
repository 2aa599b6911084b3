"""P-ops-06: a sharded week on a team's instance, while what serves it is killed."""

from tests.faults import team_week
from tests.figures import Figure, NotHere
from tests.postgres_server import NoPostgres, Server


def killed_weeks(weeks: int = 4, shards: int = 2) -> Figure:
    """Each week: daemon, code server, a run's process and PostgreSQL, in a turning order."""
    try:
        server = Server()
    except NoPostgres as error:
        raise NotHere(str(error)) from None
    try:
        with team_week.team(server, "usual", shards) as team:
            refused = team.launch(team.reading_port)
            usual = team_week.week(team, [], seed=0)
        order = list(team_week.BLOWS)
        found = []
        for number in range(weeks):
            turned = order[number % len(order) :] + order[: number % len(order)]
            with team_week.team(server, f"week_{number}", shards) as team:
                found.append(team_week.week(team, turned, seed=number))
    finally:
        server.close()
        team_week.clear()
    sent = set(usual.mails)
    lost = sum(len(sent - set(one.mails) - one.in_doubt) for one in found)
    twice = sum(sum(n - 1 for n in one.mails.values()) for one in found)
    unmade = [part for one in found for part in one.failed + one.open_runs]
    in_doubt = sum(len(one.in_doubt) for one in found)
    value = (
        f"{lost} lost, {twice} double, {in_doubt} held in doubt, {len(unmade)} not ended; "
        f"{sum(one.retries for one in found)} runs begun anew; "
        f"{max(one.seconds for one in found):.0f} s against {usual.seconds:.0f} undisturbed"
    )
    name = (
        f"{weeks} weeks of {len(sent)} mails in {shards} shards, in each a kill of daemon, code "
        f"server and a run, and a restart of PostgreSQL (read-only UI: {refused})"
    )
    held_back = in_doubt <= weeks * len(team_week.BLOWS)
    passed = not (lost or twice or unmade) and held_back and bool(sent)
    passed = passed and refused == "UnauthorizedError"
    return Figure("P-ops-06", name, value, "0 lost, 0 double, ends without a hand", passed)


BY_ID = {"P-ops-06": killed_weeks}
