-- What a rep works on, by the newest week that was told.
-- Grain: behaviour in focus. Parameters: rep's Gong user.
SELECT f.rep_user_id, f.week_start, f.focus_id, f.state, f.place, f.since_week, f.behaviour, f.calls,
       f.missing, f.level, f.target, f.is_clear, f.moment_call_id, f.moment_start_ms, f.moment_quote
FROM analytics.rep_week_focus f
WHERE f.rep_user_id = ? AND f.state = 'open'
QUALIFY RANK() OVER (ORDER BY f.week_start DESC) = 1
ORDER BY f.place, f.focus_id
