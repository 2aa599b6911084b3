-- What each customer is worth and does in one week, and the segment that it is in.
-- Grain: customer. Parameters: Monday of the week; the customer, or NULL for all.
WITH wanted AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS STRING) AS customer_id
)
SELECT m.*, c.customer_name, g.behaviour_segment, g.value_tier, g.reason AS segment_reason
FROM analytics.customer_metrics m
JOIN wanted w ON w.week_start = m.week_start
JOIN source.customers c ON c.customer_id = m.customer_id
LEFT JOIN analytics.customer_segments g ON g.customer_id = m.customer_id AND g.week_start = m.week_start
WHERE w.customer_id IS NULL OR m.customer_id = w.customer_id
ORDER BY m.customer_id
