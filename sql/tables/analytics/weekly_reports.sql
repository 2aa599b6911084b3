-- One row per customer, week and edition: the report with all that proves it.
-- key: customer_id, week_start, edition
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.weekly_reports (
    customer_id             STRING NOT NULL, -- the customer
    week_start              DATE NOT NULL,   -- Monday
    edition                 STRING NOT NULL, -- which edition; one of: weekly, quarterly
    csm_id                  STRING,          -- its CSM at the time
    status                  STRING NOT NULL, -- outcome; one of: written, failed, no_data
    failure                 STRING,          -- why it failed
    title                   STRING,          -- title
    performance_section     STRING,          -- text, filled
    business_value_section  STRING,          -- text, filled
    recommendations_section STRING,          -- text, filled
    full_report             STRING,          -- whole text, filled
    sections                STRING,          -- JSON by section: {slotted, filled, claims, writer, model, prompt_version, rejections}
    sheet                   STRING,          -- JSON fact sheet
    snapshot_id             STRING,          -- of the facts
    writer                  STRING,          -- who wrote; mixed when sections differ
    model                   STRING,          -- which model or rules
    agent                   STRING,          -- the Cortex agent that wrote, by its full name; mixed when sections differ
    prompt_version          STRING,          -- version of the prompts
    content_hash            STRING,          -- sha256 of facts and texts
    data_cutoff             TIMESTAMP_NTZ,   -- data up to, UTC
    generated_at            TIMESTAMP_NTZ,   -- when this revision was written, UTC
    run_id                  STRING,          -- the run that wrote it
    revision                BIGINT,          -- 1; one more each time that the week's report became another
    book_line               STRING           -- JSON: what a book says of it: {signals, actions, promises}; none of older versions
);
