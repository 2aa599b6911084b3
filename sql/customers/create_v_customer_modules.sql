-- The view analytics.v_customer_modules: one row per customer, module and week, for reports.
CREATE OR REPLACE VIEW analytics.v_customer_modules AS
SELECT o.customer_id, o.module_code, o.week_start, k.customer_name, o.module_state, o.state_since,
       o.annual_value, o.is_estimate, o.contracted_seats, a.users_4w, a.actions_per_user_4w,
       a.weeks_used_13w, a.adoption_stage, a.usage_verdict, o.peer_group, o.peer_count,
       o.peer_adopted_share, o.value_peers
FROM analytics.customer_modules o
JOIN source.customers k ON k.customer_id = o.customer_id
LEFT JOIN analytics.module_adoption a
       ON a.customer_id = o.customer_id AND a.module_code = o.module_code AND a.week_start = o.week_start
