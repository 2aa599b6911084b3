-- The last insight of every customer up to a week, that week's own included.
-- Grain: customer. Parameters: Monday of the week.
SELECT customer_id, week_start, facts_hash, summary_slotted, is_reused, writer, model, prompt_version,
       next_action_code, action_id, proposed_on, due_on
FROM analytics.customer_insights
WHERE week_start <= ?
QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY week_start DESC) = 1
ORDER BY customer_id
