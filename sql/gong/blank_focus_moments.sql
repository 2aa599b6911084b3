-- Moments of calls whose words were removed at a moment are taken out of the focus areas.
UPDATE analytics.rep_week_focus
SET moment_call_id = NULL, moment_start_ms = NULL, moment_quote = NULL
WHERE moment_call_id IN (
    SELECT call_id
    FROM gong.gong_purges
    WHERE purged_at = ?
)
