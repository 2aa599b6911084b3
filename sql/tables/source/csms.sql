-- One row per customer success manager who gets reviews.
-- key: csm_id
-- needed for: reviews
CREATE TABLE IF NOT EXISTS source.csms (
    csm_id    STRING NOT NULL, -- the CSM, e.g. CSM001
    csm_name  STRING NOT NULL, -- name
    csm_email STRING NOT NULL, -- address that reviews are sent to; form: mail address
    region    STRING NOT NULL  -- region; one of: North America, Asia Pacific, Europe, Latin America
);
