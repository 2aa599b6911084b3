-- One row per thing done by hand to reviews of customers in scope in these weeks, oldest first.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS first_week,
        CAST(? AS DATE) AS last_week
)

SELECT h.customer_id, h.week_start, h.kind, h.title, h.words, h.done_by, h.done_at
FROM ops.review_hands h
INNER JOIN scope s
    ON h.customer_id BETWEEN s.first_customer AND s.last_customer
    AND h.week_start BETWEEN s.first_week AND s.last_week
ORDER BY h.customer_id, h.done_at, h.hand_id
