-- The view analytics.v_customer_actions: one row per advised action, with where it stands, for reports.
CREATE OR REPLACE VIEW analytics.v_customer_actions AS
WITH ordered AS (
    SELECT e.*,
           ROW_NUMBER() OVER (
               PARTITION BY e.action_id
               ORDER BY CASE e.state WHEN 'proposed' THEN 0 WHEN 'taken' THEN 1 ELSE 2 END DESC, e.done_at DESC
           ) AS from_last,
           MIN(e.done_at) OVER (PARTITION BY e.action_id) AS first_at,
           MIN(IFF(e.state = 'taken', e.done_at, NULL)) OVER (PARTITION BY e.action_id) AS taken_at
    FROM ops.customer_actions e
)
SELECT o.action_id, o.customer_id, k.customer_name, o.code, o.state, o.owner_id, o.due_on, o.note,
       o.done_by, o.done_at, o.first_at AS proposed_at, o.taken_at,
       COALESCE(CAST(o.done_at AS DATE) > o.due_on AND o.state IN ('done', 'dropped'), FALSE) AS was_late
FROM ordered o
LEFT JOIN source.customers k ON k.customer_id = o.customer_id
WHERE o.from_last = 1
