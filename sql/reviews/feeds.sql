-- One row per feed (conversions, messages) of all customers up to the period's end: its newest day,
-- the rows of the week, the mean rows of the weeks before it, and rows of the window that lack a
-- value which every row must have.
WITH period AS (
    SELECT
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS window_start,
        CAST(? AS DATE) AS weeks_start
),

entries AS (
    SELECT
        'conversions' AS feed,
        c.conversion_date AS day,
        c.customer_id IS NULL OR c.channel IS NULL OR c.conversion_value IS NULL AS is_incomplete
    FROM source.conversions c
    UNION ALL
    SELECT
        'messages' AS feed,
        e.engagement_date AS day,
        e.customer_id IS NULL OR e.messages_sent IS NULL OR e.messages_opened IS NULL
            OR e.messages_clicked IS NULL AS is_incomplete
    FROM source.historical_engagement e
)

SELECT
    e.feed,
    MAX(e.day)::DATE AS newest,
    COUNT_IF(e.day >= p.week_start) AS week_rows,
    COUNT_IF(e.day >= p.weeks_start AND e.day < p.week_start)
        / NULLIF(MAX(DATEDIFF('day', p.weeks_start, p.week_start))::DOUBLE / 7, 0) AS usual_rows,
    COUNT_IF(e.day >= p.window_start) AS window_rows,
    COUNT_IF(e.day >= p.window_start AND e.is_incomplete) AS incomplete_rows
FROM entries e
INNER JOIN period p ON e.day <= p.period_end
GROUP BY e.feed
ORDER BY e.feed
