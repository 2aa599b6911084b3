-- One row per customer in scope, week, edition and fact, in the order they were given.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS STRING) AS edition
)

SELECT f.*
FROM analytics.review_facts f
INNER JOIN scope s
    ON f.customer_id BETWEEN s.first_customer AND s.last_customer
    AND f.week_start = s.week_start
    AND f.edition = s.edition
ORDER BY f.customer_id, f.position
