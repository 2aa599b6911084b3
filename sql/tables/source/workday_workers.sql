-- One row per worker in Workday who is or was a CSM.
-- key: worker_id
-- needed for: routing
CREATE TABLE IF NOT EXISTS source.workday_workers (
    worker_id        STRING NOT NULL,  -- the worker; CSMs who get reviews keep their csm_id
    worker_name      STRING NOT NULL,  -- name
    worker_email     STRING NOT NULL,  -- address; form: mail address
    job_profile      STRING NOT NULL,  -- job profile, e.g. Customer Success Manager
    is_active        BOOLEAN NOT NULL, -- employed today
    hire_date        DATE NOT NULL,    -- day of hire
    termination_date DATE,             -- last day
    leave_start      DATE,             -- first day of leave
    leave_end        DATE,             -- last day of leave, empty when open
    region           STRING,           -- region
    languages        STRING,           -- languages spoken, ISO 639-1, separated by semicolons
    segments         STRING,           -- segments allowed, separated by semicolons; empty: all
    max_accounts     BIGINT,           -- own cap of accounts, empty: the policy's
    manager_id       STRING,           -- worker who leads
    industries       STRING,           -- industries known well, separated by semicolons; empty: not told
    modules          STRING,           -- modules known well, separated by semicolons; empty: not told
    time_zone        STRING,           -- time zone of work, IANA name, e.g. Europe/Berlin
    working_hours    STRING,           -- hours of work there, e.g. 09:00-17:00; empty: those
    coverage         STRING            -- empty for a CSM; a shared book is one row; one of: pooled, tech_touch
);
