-- One row per call and party as Gong answered it, before it is linked to the CRM.
-- key: call_id, party_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_parties (
    call_id     STRING NOT NULL, -- the call
    call_date   DATE NOT NULL,   -- UTC day of the start
    party_id    STRING NOT NULL, -- the party in this call
    party_index BIGINT NOT NULL, -- place in the answer, from 0
    speaker_id  STRING,          -- joins transcripts; empty for who did not speak
    user_id     STRING,          -- Gong user, empty for outsiders
    full_name   STRING,          -- name
    email       STRING,          -- address in lower case
    title       STRING,          -- title
    affiliation STRING NOT NULL  -- side; one of: Internal, External, Unknown
);
