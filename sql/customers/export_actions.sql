-- Rows of analytics.v_customer_actions.
-- Grain: action.
SELECT *
FROM analytics.v_customer_actions
ORDER BY customer_id, proposed_at, action_id
