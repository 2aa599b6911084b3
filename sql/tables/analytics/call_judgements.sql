-- One row per call and criterion that a model judged, with the rules' verdict beside it. No score rests on it.
-- key: call_id, dimension, criterion
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_judgements (
    call_id              STRING NOT NULL, -- the call
    call_date            DATE NOT NULL,   -- UTC day
    dimension            STRING NOT NULL, -- of the score; one of: product_knowledge, discovery, objection_handling, engagement
    criterion            STRING NOT NULL, -- key in the rubric
    share                DOUBLE,          -- by the model: shown, 0 to 1; empty when it does not apply or was rejected
    reason               STRING,          -- the model's, one sentence
    sentence_index       BIGINT,          -- the sentence that the model quoted
    start_ms             BIGINT,          -- when it began, milliseconds from the call's start
    speaker              STRING,          -- whose it is; one of: us, customer, unknown
    quote                STRING,          -- the exact words
    rejected             STRING,          -- why the model's verdict does not count; empty when it does
    rules_share          DOUBLE,          -- by the rules: 0 to 1; empty when they do not judge it
    rules_reason         STRING,          -- the rules'
    rules_sentence_index BIGINT,          -- the sentence that the rules point to
    rules_quote          STRING,          -- its exact words
    compared             STRING NOT NULL, -- the two shares; one of: agrees, differs, model_only, rules_only, neither, rejected
    model                STRING NOT NULL, -- who judged
    judge_version        STRING NOT NULL, -- prompt and rubric that the model was told
    words_hash           STRING NOT NULL  -- sha256 of the sentences that it was told
);
