-- One row per rep with calls in the window, or with a digest or failure to tell of: the weekly digest.
-- key: rep_user_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_digests (
    rep_user_id    STRING NOT NULL, -- Gong user
    week_start     DATE NOT NULL,   -- Monday
    status         STRING NOT NULL, -- outcome; one of: written, nothing_new, no_calls, failed
    failure        STRING,          -- why it failed
    calls_week     BIGINT NOT NULL, -- scored calls in the week
    calls_window   BIGINT NOT NULL, -- scored calls in the window
    skipped_window BIGINT NOT NULL, -- calls in the window that were not scored
    subject        STRING,          -- subject line
    headline       STRING,          -- first line, filled
    win            STRING,          -- one win, filled
    focus          STRING,          -- this week's focus, filled
    texts          STRING,          -- JSON list of {key, slotted, filled, claims} of the whole digest, in order
    sheet          STRING,          -- JSON fact sheet
    snapshot_id    STRING,          -- of the facts
    writer         STRING,          -- who wrote; mixed when parts differ
    model          STRING,          -- which model or rules
    prompt_version STRING,          -- version of the prompts
    html_path      STRING,          -- below the home folder
    text_path      STRING,          -- below the home folder
    facts_path     STRING,          -- below the home folder
    html_bytes     BIGINT,          -- size of the HTML
    content_sha256 STRING,          -- of HTML and text
    data_cutoff    TIMESTAMP_NTZ,   -- calls before this are in, UTC
    form           STRING,          -- how much of it was shown; one of: full, short
    trial          STRING           -- the trial that the form was drawn for; empty outside of one
);
