-- One row per industry, metric, period and percentile: what peers reach.
-- key: industry_vertical, metric_name, percentile_rank, period_end
CREATE TABLE IF NOT EXISTS source.industry_benchmarks (
    industry_vertical STRING NOT NULL, -- industry, or 'All industries' for the coarser group
    metric_name       STRING NOT NULL, -- metric, e.g. open_rate, click_rate, conversion_value_per_week, conversions_per_week, engagement_score
    metric_value      DOUBLE NOT NULL, -- value at the percentile (rates in percent)
    percentile_rank   BIGINT NOT NULL, -- percentile, 25, 50 or 75
    peer_count        BIGINT NOT NULL, -- distinct customers in the group
    period_start      DATE NOT NULL,   -- first day observed
    period_end        DATE NOT NULL    -- last day observed
);
