-- Every step of the disputes about calls of a span of days, in the order in which they were done.
WITH period AS (SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT d.*, c.title, c.url
FROM ops.score_disputes d
JOIN gong.stg_gong_calls c ON c.call_id = d.call_id
CROSS JOIN period p
WHERE d.call_date BETWEEN p.first_day AND p.last_day
  AND NOT c.is_private
ORDER BY d.done_at, d.dispute_id, d.step
