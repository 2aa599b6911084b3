-- A rep's scores of the newest week by dimension, with the verdict on their change.
-- Grain: dimension. Parameters: rep's Gong user.
SELECT s.rep_user_id, s.week_start, s.dimension, s.calls_window, s.mean_window, s.low_window,
       s.high_window, t.verdict
FROM analytics.rep_week_scores s
LEFT JOIN analytics.rep_week_trends t
       ON t.rep_user_id = s.rep_user_id AND t.week_start = s.week_start AND t.dimension = s.dimension
WHERE s.rep_user_id = ?
QUALIFY RANK() OVER (ORDER BY s.week_start DESC) = 1
ORDER BY CASE s.dimension WHEN 'overall' THEN 0 ELSE 1 END, s.dimension
