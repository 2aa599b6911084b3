-- One row per week and factor of health: the configured weight, and the one that the past would give it.
-- key: week_start, factor
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.health_weights (
    week_start        DATE NOT NULL,   -- Monday
    factor            STRING NOT NULL, -- factor of health
    configured_weight DOUBLE,          -- weight in force
    proposed_weight   DOUBLE,          -- weight that the past gives it; empty where the past has no such input
    cases             BIGINT NOT NULL, -- past decisions behind the proposal
    lost              BIGINT NOT NULL  -- of them cancelled
);
