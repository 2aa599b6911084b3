-- What reviews of customers in scope advised in some weeks before one, oldest first.
-- Grain: piece of advice. Parameters: first and last customer, first week, the week itself, edition.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS first_week,
        CAST(? AS DATE) AS week_start,
        CAST(? AS STRING) AS edition
)

SELECT a.customer_id, a.week_start, a.number, a.title, a.play, a.playbook, a.fact_id, a.value, a.n, a.is_internal
FROM analytics.review_advice a
INNER JOIN scope s
    ON a.customer_id BETWEEN s.first_customer AND s.last_customer
    AND a.week_start >= s.first_week
    AND a.week_start < s.week_start
    AND a.edition = s.edition
ORDER BY a.customer_id, a.week_start, a.number
