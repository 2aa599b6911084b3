"""The rules by name, as ``plays.yaml`` calls them.

A rule says whether the facts call for a play, and which things it speaks of. Names, cases, roles
and words are declared in ``reviews.playbook``; the plays' words are in ``plays.yaml``.
"""

from cs_assets.reviews.writing.plays.rules import calls, contract, readers, results, use
from cs_assets.reviews.writing.plays.rules.seen import Rule

BY_NAME: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        contract.renewal_near, results.conversions_fell, readers.opens_below_peers,
        readers.clicks_below_peers, results.one_channel_carries_most, use.module_lags,
        use.seats_are_idle, results.channel_grew_with_the_whole, results.another_channel_prepares,
        contract.no_goal, calls.calls_went_badly, results.no_conversions,
        results.conversions_recorded, results.a_channel_leads, readers.readers_went_quiet,
        contract.always, calls.leaving_was_spoken_of, calls.vendor_was_spoken_of,
        calls.more_was_asked_for, calls.nobody_called, results.value_below_peers,
        results.value_above_peers, readers.score_below_peers, readers.opens_lead_clicks_do_not,
        results.channel_went_silent, readers.one_channel_is_clicked_more, use.module_has_room,
        use.seats_are_full, results.one_region_carries_most, readers.opens_fell,
        readers.opens_rose, readers.fewer_sent, readers.more_sent_for_nothing,
        use.module_is_tried, use.one_person_uses_module, calls.calls_went_well,
        results.channel_began, results.conversions_are_few, results.value_in_the_middle,
        readers.readers_are_won,
    )
}  # fmt: skip
