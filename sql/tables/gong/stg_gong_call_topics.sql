-- One row per call and topic with time spent.
-- key: call_id, topic
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.stg_gong_call_topics (
    call_id          STRING NOT NULL, -- the call
    call_date        DATE NOT NULL,   -- UTC day of the call's start
    topic            STRING NOT NULL, -- topic as Gong names it
    duration_seconds BIGINT NOT NULL  -- time spent
);
