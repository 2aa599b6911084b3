-- One row per rep, week and dimension: what the calls of the window say.
-- key: rep_user_id, week_start, dimension
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_week_scores (
    rep_user_id    STRING NOT NULL, -- Gong user
    week_start     DATE NOT NULL,   -- Monday
    dimension      STRING NOT NULL, -- what is scored; one of: overall, product_knowledge, discovery, objection_handling, engagement
    calls_week     BIGINT NOT NULL, -- scored calls in the week
    mean_week      DOUBLE,          -- mean of the week; empty without calls
    min_week       DOUBLE,          -- lowest
    max_week       DOUBLE,          -- highest
    calls_window   BIGINT NOT NULL, -- scored calls in the last four weeks
    mean_window    DOUBLE,          -- mean of the window
    min_window     DOUBLE,          -- lowest of the window
    max_window     DOUBLE,          -- highest of the window
    low_window     DOUBLE,          -- lower end of the 95 % interval
    high_window    DOUBLE,          -- upper end of the 95 % interval
    rubric_version STRING NOT NULL, -- version of the rubric
    model          STRING           -- who scored; scores of another rubric or model are left out
);
