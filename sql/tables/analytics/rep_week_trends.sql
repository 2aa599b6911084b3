-- One row per rep, week and dimension: whether the recent window differs from the one before.
-- key: rep_user_id, week_start, dimension
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_week_trends (
    rep_user_id    STRING NOT NULL, -- Gong user
    week_start     DATE NOT NULL,   -- Monday
    dimension      STRING NOT NULL, -- what is scored; one of: overall, product_knowledge, discovery, objection_handling, engagement
    calls_recent   BIGINT NOT NULL, -- scored calls in the recent window
    mean_recent    DOUBLE,          -- their mean, adjusted for the mix of call types
    calls_before   BIGINT NOT NULL, -- scored calls in the window before
    weeks_before   BIGINT,          -- weeks of the window before that hold them
    mean_before    DOUBLE,          -- their mean, adjusted
    change         DOUBLE,          -- recent minus before, points
    change_low     DOUBLE,          -- lower end of the 95 % interval of the change
    change_high    DOUBLE,          -- upper end
    change_shrunk  DOUBLE,          -- change drawn towards none, by how much reps really differ
    alike          DOUBLE,          -- correlation of two calls with one account in one week, over all reps; widens the interval
    p_value        DOUBLE,          -- of no change; empty when not tested
    q_value        DOUBLE,          -- p adjusted for all comparisons of the run
    comparisons    BIGINT NOT NULL, -- comparisons of the run that were tested together
    chart_points   BIGINT NOT NULL, -- weeks with scored calls in the process chart
    chart_signal   STRING NOT NULL, -- what the chart says of the latest week; one of: none, outside_limits, eight_on_one_side, six_in_a_row, too_few_points
    is_provisional BOOLEAN NOT NULL, -- the chart has fewer than ten points
    verdict        STRING NOT NULL, -- what may be said; one of: improving, declining, no_clear_change, too_few_calls
    reason         STRING NOT NULL  -- why, in words
);
