-- One row per question that was asked: who, which question of the closed set, which facts. No words.
-- key: answer_id
CREATE TABLE IF NOT EXISTS ops.answers_given (
    answer_id   STRING NOT NULL,        -- random; shown below the answer
    asked_at    TIMESTAMP_NTZ NOT NULL, -- when, UTC
    role        STRING NOT NULL,        -- in which role; one of: operations, manager, csm, rep
    asker_id    STRING,                 -- id or address of who asked; empty for operations
    way         STRING NOT NULL,        -- how it was asked; one of: terminal, mcp, desk, slack
    planner     STRING NOT NULL,        -- who made the plan: rules, likeness, model, or agent for one with parameters
    question_id STRING,                 -- the question that was understood; empty for none
    parameters  STRING NOT NULL,        -- JSON by parameter: ids, days and names of figures
    status      STRING NOT NULL,        -- what came of it; one of: answered, nothing, not_known, unclear, not_understood
    facts       STRING NOT NULL,        -- JSON list of the facts given: table/key/column
    quotes      BIGINT NOT NULL         -- how many quotes were given
);
