-- Actions advised for the first time, whether they were taken, and health before and after.
-- Grain: action. Parameters: Monday of the week up to which outcomes are known, weeks after, weeks
-- in which taking it counts.
WITH span AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS INTEGER) AS weeks_after, CAST(? AS INTEGER) AS weeks_to_take
),
taken AS (
    SELECT e.action_id, MIN(e.week_start) AS taken_in
    FROM ops.customer_actions e
    WHERE e.state IN ('taken', 'done')
    GROUP BY e.action_id
)
SELECT i.action_id, i.customer_id, i.next_action_code AS code, i.week_start,
       COALESCE(DATEDIFF('day', i.week_start, t.taken_in) <= 7 * s.weeks_to_take, FALSE) AS is_treated,
       t.taken_in IS NOT NULL AS is_taken_at_all,
       m.health_score AS before, q.health_score AS after, m.health_score - p.health_score AS trend,
       m.arr, m.tenure_days, m.days_to_renewal
FROM analytics.customer_insights i
CROSS JOIN span s
JOIN analytics.customer_metrics m ON m.customer_id = i.customer_id AND m.week_start = i.week_start
JOIN analytics.customer_metrics q
  ON q.customer_id = i.customer_id AND q.week_start = DATEADD('day', 7 * s.weeks_after, i.week_start)::DATE
LEFT JOIN analytics.customer_metrics p
       ON p.customer_id = i.customer_id AND p.week_start = DATEADD('day', -28, i.week_start)::DATE
LEFT JOIN taken t ON t.action_id = i.action_id
WHERE i.proposed_on = i.week_start AND q.week_start <= s.week_start
  AND m.health_score IS NOT NULL AND q.health_score IS NOT NULL
ORDER BY i.action_id
