-- What people noted of advised actions of customers in scope before a week, oldest first.
-- Grain: event. Parameters: first and last customer, first week, the week itself.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS first_week,
        CAST(? AS DATE) AS week_start
)

SELECT e.customer_id, e.action_id, e.code, e.week_start, e.state, e.note, e.done_by, e.done_at
FROM ops.customer_actions e
INNER JOIN scope s
    ON e.customer_id BETWEEN s.first_customer AND s.last_customer
    AND e.week_start >= s.first_week
    AND e.week_start < s.week_start
WHERE e.state <> 'proposed'
ORDER BY e.customer_id, e.done_at, CASE e.state WHEN 'taken' THEN 1 ELSE 2 END, e.event_id
