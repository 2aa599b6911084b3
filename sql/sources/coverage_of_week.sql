-- What is not known of the feeds at a week's end.
-- Grain: feed, part, name and stretch of days. Parameters: Monday of the week.
SELECT feed, part, name, state, first_day, last_day, expected, usual
FROM analytics.feed_coverage
WHERE week_start = ?
ORDER BY feed, part, name, first_day
