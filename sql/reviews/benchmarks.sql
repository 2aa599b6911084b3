-- One row per industry, size of customers, metric and percentile: the newest benchmark that ends by
-- the period's end.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS current_start,
        CAST(? AS DATE) AS prior_start,
        CAST(? AS DATE) AS year_ago_start,
        CAST(? AS DATE) AS year_ago_end,
        CAST(? AS DATE) AS history_start
)

SELECT
    b.industry_vertical,
    b.customer_segment,
    b.metric_name,
    b.percentile_rank,
    b.metric_value,
    b.peer_count,
    b.period_start,
    b.period_end
FROM source.industry_benchmarks b
INNER JOIN scope s ON b.period_end <= s.period_end
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY b.industry_vertical, b.customer_segment, b.metric_name, b.percentile_rank
    ORDER BY b.period_end DESC, b.peer_count DESC
) = 1
ORDER BY b.industry_vertical, b.customer_segment, b.metric_name, b.percentile_rank
