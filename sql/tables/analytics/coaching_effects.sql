-- One row per quarter and measure: what a focus changed, against reps and weeks without it.
-- key: week_start, measure
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.coaching_effects (
    week_start  DATE NOT NULL,   -- Monday of the last week of the quarter; outcomes known at its end
    measure     STRING NOT NULL, -- what is looked at before and after, in calls with a chance for the behaviour; one of: behaviour, sentiment, deals
    treated     BIGINT NOT NULL, -- focus areas that were opened and whose weeks before and after have calls enough
    reps        BIGINT NOT NULL, -- reps behind them
    untreated   BIGINT NOT NULL, -- reps' behaviours of the same weeks, not in focus, that were matched to them
    before      DOUBLE,          -- mean of the focus areas before: percent of calls in which it was done, sentiment from -1 to 1, or percent of deals that moved on; empty when too few
    after       DOUBLE,          -- the same afterwards
    effect      DOUBLE,          -- change beyond that of the matched; empty when too few
    effect_low  DOUBLE,          -- lower end of its 95 % interval
    effect_high DOUBLE,          -- upper end
    verdict     STRING NOT NULL  -- what may be said; one of: works, harms, no effect, not clear, too few
);
