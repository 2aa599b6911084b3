-- One row per form that somebody has begun to fill in at the desk, where the desk runs inside Snowflake.
-- key: owner, kind, about
CREATE TABLE IF NOT EXISTS ops.desk_drafts (
    owner    STRING NOT NULL,        -- whose: mail address
    kind     STRING NOT NULL,        -- what is decided on
    about    STRING NOT NULL,        -- customer, account, call, dispute or delivery
    draft    STRING,                 -- JSON of what was filled in, with the form's id; empty once it was sent
    kept_at  TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
