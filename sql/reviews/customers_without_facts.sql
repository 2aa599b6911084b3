-- One row per customer of the source that has no fact sheet in the week.
WITH period AS (SELECT CAST(? AS DATE) AS week_start)

SELECT c.customer_id
FROM source.customers c
CROSS JOIN period p
LEFT JOIN (
    SELECT DISTINCT f.customer_id
    FROM analytics.review_facts f
    INNER JOIN period w ON f.week_start = w.week_start
    WHERE f.edition = 'weekly'
) known ON c.customer_id = known.customer_id
WHERE known.customer_id IS NULL
ORDER BY c.customer_id
