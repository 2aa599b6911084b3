-- One row per CSM and routing batch: the book as it was when the batch was planned.
-- key: batch_id, worker_id
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.csm_books (
    batch_id         STRING NOT NULL,       -- the batch
    worker_id        STRING NOT NULL,       -- the CSM
    worker_name      STRING NOT NULL,       -- name
    manager_id       STRING,                -- worker who leads
    region           STRING,                -- region
    languages        STRING,                -- languages spoken, separated by semicolons
    segments         STRING,                -- segments allowed, separated by semicolons; empty: all
    hire_date        DATE NOT NULL,         -- day of hire; of the batch where Workday has none
    tenure_months    DOUBLE NOT NULL,       -- months since
    tenure_category  STRING NOT NULL,       -- band of tenure; one of: New, Junior, Mid, Senior, Expert
    accounts         BIGINT NOT NULL,       -- accounts owned
    points           DOUBLE NOT NULL,       -- their capacity points
    neediness        DOUBLE NOT NULL,       -- their neediness, summed
    red              BIGINT NOT NULL,       -- of them Red
    yellow           BIGINT NOT NULL,       -- of them Yellow
    green            BIGINT NOT NULL,       -- of them Green
    at_risk          DOUBLE,                -- what of them is at risk, summed
    health_unknown   BIGINT NOT NULL,       -- of them without health
    revenue          DECIMAL(18,2) NOT NULL, -- their revenue a year in USD
    by_segment       STRING NOT NULL,       -- JSON, accounts by segment
    revenue_by_segment STRING,             -- JSON, revenue a year in whole USD by segment
    ramp             DOUBLE NOT NULL,       -- share of full load by time since hire, 0 to 1
    load_share       DOUBLE NOT NULL,       -- share of full load aimed at, 0 to 1: ramp, leave and leaving
    max_accounts     BIGINT NOT NULL,       -- accounts allowed today
    max_points       DOUBLE,                -- points allowed today; empty without a cap
    intake_left      BIGINT,                -- accounts it may still get this week in its first months; empty: no limit
    last_assigned_at TIMESTAMP_NTZ,         -- last assignment, UTC
    is_available     BOOLEAN NOT NULL,      -- may take accounts in this batch
    unavailable_why  STRING,                -- rule that keeps it from that; one of: data, inactive, leave, leaving, ramp, full, weekly_intake, cooling
    problems         STRING,                -- JSON: what is wrong in the rows of the CSM and of the accounts in the book
    batched_at       TIMESTAMP_NTZ NOT NULL, -- when the batch was planned, UTC
    industries       STRING,                -- industries known well, separated by semicolons
    modules          STRING,                -- modules known well, separated by semicolons
    time_zone        STRING,                -- time zone of work, IANA name
    working_hours    STRING,                -- hours of work there
    coverage         STRING                 -- empty for a CSM's own book; one of: pooled, tech_touch
);
