-- One row per call and criterion that a person has labelled: what scorers are measured against.
-- key: call_id, focus_id
CREATE TABLE IF NOT EXISTS analytics.call_labels (
    call_id     STRING NOT NULL,        -- the call
    call_date   DATE NOT NULL,          -- its UTC day
    focus_id    STRING NOT NULL,        -- dimension and criterion of the rubric
    is_missing  BOOLEAN NOT NULL,       -- whether the call lacked it, as a person reads it
    labelled_by STRING NOT NULL,        -- who
    labelled_at TIMESTAMP_NTZ NOT NULL, -- when, UTC
    origin      STRING NOT NULL         -- where the label comes from; one of: dispute, person
);
