-- Everything that lists of customers show, of one week.
-- Grain: customer. Parameters: Monday of the week; the customer, empty for all.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS STRING) AS customer_id
),
latest AS (
    SELECT action_id, state, note, done_by, done_at
    FROM ops.customer_actions
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY action_id
        ORDER BY CASE state WHEN 'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END DESC, done_at DESC
    ) = 1
),
promised AS (
    SELECT c.customer_id, a.next_step, a.next_step_due, a.next_step_owner, c.call_date AS promised_on
    FROM analytics.call_analysis a
    JOIN gong.stg_gong_calls c ON c.call_id = a.call_id AND c.call_date = a.call_date
    CROSS JOIN period p
    WHERE c.customer_id IS NOT NULL AND NOT c.is_private
      AND a.next_step IS NOT NULL AND a.next_step_due IS NOT NULL
      AND c.call_date BETWEEN DATEADD('day', -84, p.week_start) AND DATEADD('day', 6, p.week_start)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY c.customer_id ORDER BY c.call_date DESC, c.call_id) = 1
)
SELECT m.*, k.customer_name, k.industry, k.segment, k.region, k.lifecycle_stage, k.goal,
       a.csm_id, s.csm_name, s.csm_email,
       g.value_tier, g.behaviour_segment, g.reason AS segment_reason, g.previous_segment,
       g.segment_since, r.risk, r.risk_low, r.risk_high, r.arr_at_risk, r.basis AS risk_basis,
       r.cases AS risk_cases, i.summary, i.next_action, i.next_action_code, i.expected_effect,
       i.due_on, i.action_id, i.action_trigger, i.proposed_on, i.action_owner,
       COALESCE(l.state, i.action_state) AS action_state, l.note AS action_note,
       l.done_by AS action_by, l.done_at AS action_at,
       w.next_step, w.next_step_due, w.next_step_owner, w.promised_on
FROM analytics.customer_metrics m
JOIN period p ON p.week_start = m.week_start AND (p.customer_id IS NULL OR p.customer_id = m.customer_id)
JOIN source.customers k ON k.customer_id = m.customer_id
LEFT JOIN source.csm_assignments a ON a.customer_id = m.customer_id
LEFT JOIN source.csms s ON s.csm_id = a.csm_id
LEFT JOIN analytics.customer_segments g ON g.customer_id = m.customer_id AND g.week_start = m.week_start
LEFT JOIN analytics.customer_risks r ON r.customer_id = m.customer_id AND r.week_start = m.week_start
LEFT JOIN analytics.customer_insights i ON i.customer_id = m.customer_id AND i.week_start = m.week_start
LEFT JOIN latest l ON l.action_id = i.action_id
LEFT JOIN promised w ON w.customer_id = m.customer_id
ORDER BY m.customer_id
