-- One row per week, score, segment and lead: whether the score told who would leave, in the past.
-- key: week_start, score, segment, lead_days
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.health_backtest (
    week_start        DATE NOT NULL,    -- Monday; decisions known at the week's end
    score             STRING NOT NULL,  -- what is judged; one of: configured health, proposed risk
    segment           STRING NOT NULL,  -- commercial segment, or all
    lead_days         BIGINT NOT NULL,  -- days before the term's end as of which a case is looked at
    cases             BIGINT NOT NULL,  -- past decisions with a score
    lost              BIGINT NOT NULL,  -- of them cancelled
    base_rate         DOUBLE,           -- lost / cases
    auc               DOUBLE,           -- chance that who left had the worse score of a pair; .5 is chance
    auc_low           DOUBLE,           -- lower end of its 95 % interval
    auc_high          DOUBLE,           -- upper end
    precision_named   DOUBLE,           -- lost of those named: Red, or by risk as many as were lost
    recall_named      DOUBLE,           -- named of those lost
    calibration_error DOUBLE,           -- mean of |risk said - share lost| over ten bins; of risks only
    separates         BOOLEAN NOT NULL, -- whether the score is more than chance
    words             STRING NOT NULL   -- the same in words
);
