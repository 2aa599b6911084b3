-- One row per day: what Gong has against what is here.
-- key: call_date
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_reconciliation (
    call_date     DATE NOT NULL,   -- UTC day of the calls' start
    known         BIGINT,          -- calls that Gong answered at the last full read; empty if never read
    stored        BIGINT NOT NULL, -- calls in gong_calls_raw that have not vanished
    private       BIGINT NOT NULL, -- of them private
    staged        BIGINT NOT NULL, -- calls in stg_gong_calls
    transcribed   BIGINT NOT NULL, -- calls with a stored transcript
    pending       BIGINT NOT NULL, -- calls that wait for their transcript
    scored        BIGINT NOT NULL, -- calls that have a score
    left_out      BIGINT NOT NULL, -- calls looked at that get no score: private, internal, too short, without words or clear speakers
    dead_lettered BIGINT NOT NULL, -- calls of the day whose record could not be read; an older version may be stored
    vanished      BIGINT NOT NULL, -- calls that are gone from Gong
    missing       BIGINT NOT NULL, -- known, but neither stored nor dead-lettered; less than none: stored but unknown
    read_at       TIMESTAMP_NTZ,   -- when the day was last read, UTC; with nothing new written down once a day
    staged_from   STRING,          -- hash of what the day's calls were staged from; empty: not known, stage them again
    words_from    STRING           -- hash of what the day's sentences were staged from; empty: not known, stage them again
);
