-- One row per day, asset, run and kind: what Snowflake billed, as it tells some hours later.
-- key: usage_date, asset, run_id, kind
-- partition: usage_date
CREATE TABLE IF NOT EXISTS ops.snowflake_usage (
    usage_date DATE NOT NULL,   -- UTC day
    asset      STRING NOT NULL, -- asset or command, by the query tag; an agent by its name
    run_id     STRING NOT NULL, -- the run; empty outside of runs, and of agents
    kind       STRING NOT NULL, -- of what; one of: warehouse, ai_functions, agent
    statements BIGINT NOT NULL, -- statements or requests
    credits    DOUBLE NOT NULL, -- credits; of the warehouse without idle time and its shortest statements
    tokens     BIGINT           -- tokens, where they are told
);
