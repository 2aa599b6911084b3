-- Calls that the view gong.vw_enriched_gong_calls does not have, or has more than once.
-- Grain: call.
SELECT c.call_id, COUNT(v.call_id) AS in_view
FROM gong.stg_gong_calls c
LEFT JOIN gong.vw_enriched_gong_calls v ON v.call_id = c.call_id
GROUP BY c.call_id
HAVING COUNT(v.call_id) <> 1
ORDER BY c.call_id
