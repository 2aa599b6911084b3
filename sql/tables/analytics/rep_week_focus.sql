-- One row per rep, week and focus area: what the rep works on, kept until improved.
-- key: rep_user_id, week_start, focus_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_week_focus (
    rep_user_id       STRING NOT NULL, -- Gong user
    week_start        DATE NOT NULL,   -- Monday
    focus_id          STRING NOT NULL, -- dimension or objection, e.g. dimension.discovery or objection.price_value
    state             STRING NOT NULL, -- where it stands; one of: open, improved, dropped
    place             BIGINT,          -- 1 for this week's focus; empty when closed
    since_week        DATE NOT NULL,   -- Monday on which it was opened
    weeks_at_target   BIGINT NOT NULL, -- weeks in a row at the target
    weeks_unseen      BIGINT NOT NULL, -- weeks in a row without evidence in the window
    behaviour         STRING NOT NULL, -- key of the behaviour in coaching.yaml, kept while open
    calls             BIGINT NOT NULL, -- calls behind it in the window
    level             DOUBLE,          -- mean score, or share of calls resolved in percent
    target            DOUBLE NOT NULL, -- level to reach
    priority          DOUBLE NOT NULL, -- gap x chance to act x weight x confidence, 0 to 1
    moment_call_id    STRING,          -- call of the moment to listen to
    moment_start_ms   BIGINT,          -- from the call's start
    moment_quote      STRING           -- exact words of the moment, found in the transcript
);
