-- Segments of one week.
-- Grain: customer. Parameters: Monday of the week.
SELECT customer_id, behaviour_segment, reason, previous_segment, segment_since, value_tier
FROM analytics.customer_segments
WHERE week_start = ?
ORDER BY customer_id
