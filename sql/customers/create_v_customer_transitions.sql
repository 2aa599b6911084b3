-- The view analytics.v_customer_transitions: one row per change of segment or health, for reports.
CREATE OR REPLACE VIEW analytics.v_customer_transitions AS
SELECT t.customer_id, t.week_start, k.customer_name, t.subject, t.was, t.has_become, t.is_worse,
       t.reason, t.held_weeks, t.rules_version
FROM analytics.customer_transitions t
LEFT JOIN source.customers k ON k.customer_id = t.customer_id
