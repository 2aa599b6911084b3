-- One row per sentence of a call, in the order spoken.
-- key: call_id, sentence_index
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.stg_gong_call_transcripts (
    call_id        STRING NOT NULL, -- the call
    call_date      DATE NOT NULL,   -- UTC day of the call's start
    sentence_index BIGINT NOT NULL, -- position in the call, from 0
    turn_index     BIGINT NOT NULL, -- monologue in the answer, from 0
    speaker_id     STRING,          -- speaker; empty when unknown
    affiliation    STRING NOT NULL, -- side of the speaker; one of: Internal, External, Unknown
    user_id        STRING,          -- Gong user of the speaker, when ours
    start_ms       BIGINT NOT NULL, -- from the call's start
    end_ms         BIGINT NOT NULL, -- from the call's start
    sentence       STRING NOT NULL  -- the words
);
