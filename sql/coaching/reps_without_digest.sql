-- Reps with a scored call in the window of a week but no digest for it: none, when all is well.
-- Parameters: Monday of the week, first day of its window, last day of the week.
WITH period AS (SELECT CAST(? AS DATE) AS week_start, CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day)
SELECT a.rep_user_id, COUNT(*) AS scored_calls
FROM analytics.call_analysis a
JOIN gong.stg_gong_calls c ON c.call_id = a.call_id
CROSS JOIN period p
LEFT JOIN analytics.rep_digests d
    ON d.rep_user_id = a.rep_user_id
    AND d.week_start = p.week_start
    AND d.status IN ('written', 'nothing_new')
WHERE a.call_date BETWEEN p.first_day AND p.last_day
  AND a.status = 'scored'
  AND a.rep_user_id IS NOT NULL
  AND NOT c.is_private
  AND d.rep_user_id IS NULL
GROUP BY a.rep_user_id
ORDER BY a.rep_user_id
