-- One row per call: the scalar fields of the answer, before they are linked to the CRM.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_headers (
    call_id                   STRING NOT NULL,        -- the call
    call_date                 DATE NOT NULL,          -- UTC day of the start
    started                   TIMESTAMP_NTZ NOT NULL, -- start, UTC
    started_is_scheduled      BOOLEAN NOT NULL,       -- Gong gave no start; the scheduled time stands in
    is_private                BOOLEAN NOT NULL,       -- private in Gong
    content_hash              STRING NOT NULL,        -- of the raw call
    title                     STRING,                 -- title
    duration_seconds          BIGINT,                 -- length
    primary_user_id           STRING,                 -- host
    direction                 STRING,                 -- Inbound, Outbound, Conference or Unknown
    scope                     STRING,                 -- Internal, External or Unknown
    system                    STRING,                 -- where it was recorded
    language                  STRING,                 -- ISO 639-2
    url                       STRING,                 -- page in Gong
    workspace_id              STRING,                 -- workspace in Gong
    talk_ratio                DOUBLE,                 -- host's share of all speech, 0 to 1
    interactivity             DOUBLE,                 -- score
    patience_seconds          DOUBLE,                 -- of the host
    longest_monologue_seconds DOUBLE,                 -- of the host
    company_questions         BIGINT,                 -- questions by our side
    customer_questions        BIGINT                  -- questions by the customer
);
