-- One row per call of a model that was asked for: made, failed or answered from what is known. A copy of the AI ledger.
-- key: call_id
CREATE TABLE IF NOT EXISTS ops.ai_calls (
    call_id        STRING NOT NULL,        -- the call
    call_key       STRING NOT NULL,        -- sha256 of material, prompt, model and parameters
    asset          STRING NOT NULL,        -- asset that asked
    run_id         STRING NOT NULL,        -- Dagster run
    account        STRING NOT NULL,        -- customer, rep or batch it was about
    week_start     DATE,                   -- Monday of the period it was about; empty when none
    provider       STRING NOT NULL,        -- who served it; one of: claude, cortex, cortex-sql
    model          STRING NOT NULL,        -- model asked
    prompt_name    STRING NOT NULL,        -- prompt file
    prompt_version STRING NOT NULL,        -- its version
    state          STRING NOT NULL,        -- what became of it; one of: reserved, answered, failed, lost, reused
    rows_covered   BIGINT NOT NULL,        -- rows it was made for: 1, or the rows of one SQL statement
    input_tokens   BIGINT NOT NULL,        -- tokens in; an estimate from above while reserved or lost
    output_tokens  BIGINT NOT NULL,        -- tokens out; likewise
    cost_usd       DOUBLE NOT NULL,        -- by the prices of ai.yaml; likewise
    price_assumed  BOOLEAN NOT NULL,       -- whether the price is assumed and not published
    note           STRING,                 -- why it failed
    reserved_at    TIMESTAMP_NTZ NOT NULL, -- UTC
    settled_at     TIMESTAMP_NTZ           -- UTC; empty while under way
);
