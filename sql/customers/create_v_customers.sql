-- The view analytics.v_customers: one row per customer and week, for reports.
CREATE OR REPLACE VIEW analytics.v_customers AS
SELECT m.customer_id, m.week_start, k.customer_name, k.industry, k.segment, k.region, k.lifecycle_stage,
       a.csm_id, s.csm_name, m.arr, m.arr_basis, m.tenure_days, m.renewal_date, m.notice_date,
       m.days_to_renewal, m.health_segment, m.health_score, m.health_basis, m.health_coverage,
       m.health_override, g.behaviour_segment, g.reason AS segment_reason, g.previous_segment,
       g.segment_since, g.value_tier, m.active_modules, m.adopted_modules, m.declining_modules,
       m.dropped_modules, m.collapsed_modules, m.not_started_modules, m.cancelled_modules,
       m.white_space_modules, m.contracted_seats, m.users_4w, m.seat_utilisation_4w, m.key_actions_4w,
       m.usage_verdict, m.conversions_4w, m.conversion_value_4w, m.conversions_verdict, m.value_verdict,
       m.calls_4w, m.negative_calls_4w, m.churn_calls_13w, m.churn_texts_13w, m.competitor_calls_13w,
       m.expansion_calls_13w, m.tickets_13w, m.severe_open_tickets, m.last_nps, m.unhappy_answers_26w,
       m.champions, m.champion_left_on, m.days_since_contact, r.risk, r.risk_low, r.risk_high,
       r.arr_at_risk, r.basis AS risk_basis, i.summary, i.next_action, i.next_action_code, i.action_id,
       i.due_on, m.arr_own, m.arr_currency, m.attributed_revenue_4w
FROM analytics.customer_metrics m
JOIN source.customers k ON k.customer_id = m.customer_id
LEFT JOIN source.csm_assignments a ON a.customer_id = m.customer_id
LEFT JOIN source.csms s ON s.csm_id = a.csm_id
LEFT JOIN analytics.customer_segments g ON g.customer_id = m.customer_id AND g.week_start = m.week_start
LEFT JOIN analytics.customer_risks r ON r.customer_id = m.customer_id AND r.week_start = m.week_start
LEFT JOIN analytics.customer_insights i ON i.customer_id = m.customer_id AND i.week_start = m.week_start
