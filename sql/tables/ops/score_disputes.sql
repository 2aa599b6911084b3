-- One row per step of a dispute about a score: raised by a rep, decided by a person. Only added to, until its call goes.
-- key: dispute_id, step
CREATE TABLE IF NOT EXISTS ops.score_disputes (
    dispute_id     STRING NOT NULL,        -- of the call and the criterion
    step           STRING NOT NULL,        -- what was done; one of: raised, upheld, overturned
    call_id        STRING NOT NULL,        -- the call
    call_date      DATE NOT NULL,          -- its UTC day
    rep_user_id    STRING NOT NULL,        -- Gong user who was scored
    focus_id       STRING NOT NULL,        -- dimension and criterion of the rubric, e.g. discovery.impact
    share          DOUBLE NOT NULL,        -- share of the criterion's points that the scorer gave, 0 to 1
    is_missing     BOOLEAN NOT NULL,       -- what this step says of the behaviour in the call
    reason         STRING NOT NULL,        -- why, in the person's words
    person         STRING NOT NULL,        -- who: the rep, or who decided
    rubric_version STRING NOT NULL,        -- that the share was given under
    model          STRING NOT NULL,        -- who scored
    done_at        TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
