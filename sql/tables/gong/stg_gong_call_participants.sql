-- One row per call and party.
-- key: call_id, party_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.stg_gong_call_participants (
    call_id            STRING NOT NULL, -- the call
    call_date          DATE NOT NULL,   -- UTC day of the call's start
    party_id           STRING NOT NULL, -- the party in this call
    party_index        BIGINT,          -- place in the answer, from 0
    speaker_id         STRING,          -- joins transcripts; empty for who did not speak
    user_id            STRING,          -- Gong user, empty for outsiders
    full_name          STRING,          -- name
    email              STRING,          -- address
    title              STRING,          -- title
    affiliation        STRING NOT NULL, -- side; one of: Internal, External, Unknown
    hubspot_contact_id STRING           -- contact
);
