-- One row per industry, size of customers, metric, period and percentile: what peers reach.
-- key: industry_vertical, customer_segment, metric_name, percentile_rank, period_end
CREATE TABLE IF NOT EXISTS source.industry_benchmarks (
    industry_vertical STRING NOT NULL, -- industry, or 'All industries' for the coarser group
    customer_segment  STRING NOT NULL, -- their commercial segment, or 'All sizes'; one of: All sizes, Enterprise, Mid-Market, Small Business
    metric_name       STRING NOT NULL, -- metric, e.g. open_rate, click_rate, conversion_value_per_week, conversions_per_week, engagement_score
    metric_value      DOUBLE NOT NULL, -- value at the percentile (rates in percent)
    percentile_rank   BIGINT NOT NULL, -- percentile, 25, 50 or 75
    peer_count        BIGINT NOT NULL, -- distinct customers in the group
    period_start      DATE NOT NULL,   -- first day observed
    period_end        DATE NOT NULL    -- last day observed
);
