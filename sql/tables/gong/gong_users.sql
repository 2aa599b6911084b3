-- One row per Gong user: reps, managers and where digests go.
-- key: user_id
CREATE TABLE IF NOT EXISTS gong.gong_users (
    user_id    STRING NOT NULL,        -- Gong's id of the user
    email      STRING,                 -- address
    full_name  STRING NOT NULL,        -- first and last name
    title      STRING,                 -- title
    manager_id STRING,                 -- user who leads
    is_active  BOOLEAN NOT NULL,       -- active in Gong
    fetched_at TIMESTAMP_NTZ NOT NULL  -- when it was read, UTC
);
