-- One row: the newest conversion and message of all customers up to the period's end.
WITH period AS (SELECT CAST(? AS DATE) AS period_end)

SELECT
    (SELECT MAX(c.conversion_date) FROM source.conversions c, period p
        WHERE c.conversion_date <= p.period_end) AS newest_conversion,
    (SELECT MAX(e.engagement_date) FROM source.historical_engagement e, period p
        WHERE e.engagement_date <= p.period_end) AS newest_message
