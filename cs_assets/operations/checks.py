"""Whether the newest day reached its service levels."""

from cs_assets.kit.checks import WARN, no_rows

service_levels_are_met = no_rows(
    "service_levels_are_met",
    "service_levels",
    "operations/missed_levels",
    holds="99.5 % of scheduled runs ended well and of minutes were covered; 1 % of records failed.",
    mend="see which: failed runs on the job's page, records in 'deliveries list --state failed', "
    "'gong dead-letters' and reports with a failure; silent minutes in 'cs-assets doctor'",
    severity=WARN,
)

checks = [service_levels_are_met]
