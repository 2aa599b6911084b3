-- One row per signal heard in a call: leaving, more, another vendor, standstill, complaint, new decider.
-- key: call_id, kind, sentence_index
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_signals (
    call_id        STRING NOT NULL, -- the call
    call_date      DATE NOT NULL,   -- UTC day
    kind           STRING NOT NULL, -- of signal; one of: churn, expansion, competitor, outage, complaint_repeated, decision_maker
    about          STRING,          -- of churn what it is of, empty when not known; one of: leaving, giving_back, trust, person, answer, stopping
    sentence_index BIGINT NOT NULL, -- the sentence in the transcript
    start_ms       BIGINT NOT NULL, -- when it began, milliseconds from the call's start
    speaker_id     STRING,          -- who of the customer's side said it; empty when not told
    sentence       STRING NOT NULL, -- the exact words
    confidence     DOUBLE NOT NULL, -- how sure one may be that it means that, 0 to 1
    found_by       STRING NOT NULL, -- rules, the name of a model, or both joined by a plus
    rules_version  STRING NOT NULL  -- version and digest of signals.yaml
);
