-- What people have labelled of a call.
-- Grain: call and criterion. Parameters: call.
SELECT l.call_id, l.focus_id, l.is_missing, l.labelled_by, l.labelled_at, l.origin, a.rep_user_id
FROM analytics.call_labels l
JOIN analytics.call_analysis a ON a.call_id = l.call_id AND a.call_date = l.call_date
WHERE l.call_id = ?
ORDER BY l.focus_id
