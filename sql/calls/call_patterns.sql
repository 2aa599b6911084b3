-- Patterns of one week, or of the newest one: what recurs over calls, and what goes with won deals.
-- Grain: pattern and sentence. Parameters: Monday of the week, or NULL.
WITH wanted AS (SELECT CAST(? AS DATE) AS week_start)
SELECT p.week_start, p.kind, p.name, p.place, p.calls, p.accounts, p.accounts_recent, p.spoken_recent,
       p.accounts_before, p.spoken_before, p.won, p.lost, p.mean_won, p.mean_lost, p.difference, p.low, p.high,
       p.q_value, p.verdict, p.call_id, p.sentence_index, p.start_ms, p.sentence
FROM analytics.call_patterns p
CROSS JOIN wanted w
WHERE p.week_start = COALESCE(
    w.week_start, (SELECT MAX(n.week_start) FROM analytics.call_patterns n)
)
ORDER BY p.kind, p.accounts DESC, p.calls DESC, p.name, p.place
