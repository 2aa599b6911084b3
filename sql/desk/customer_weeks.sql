-- A customer over the weeks: health, risk, segment, use and results.
-- Grain: week. Parameters: the customer, first Monday, last Monday.
SELECT m.customer_id, m.week_start, m.arr, m.health_segment, m.health_score, m.seat_utilisation_4w,
       m.adopted_modules, m.active_modules, m.users_4w, m.key_actions_4w, m.usage_verdict,
       m.conversions_4w, m.conversion_value_4w, m.value_verdict, m.open_rate_4w, m.calls_4w,
       m.negative_calls_4w, m.open_tickets, g.behaviour_segment, r.risk, r.risk_low, r.risk_high
FROM analytics.customer_metrics m
LEFT JOIN analytics.customer_segments g ON g.customer_id = m.customer_id AND g.week_start = m.week_start
LEFT JOIN analytics.customer_risks r ON r.customer_id = m.customer_id AND r.week_start = m.week_start
WHERE m.customer_id = ? AND m.week_start BETWEEN ? AND ?
ORDER BY m.week_start
