-- One row per rep, week and behaviour in focus: what the rep works on, kept until improved.
-- key: rep_user_id, week_start, focus_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_week_focus (
    rep_user_id       STRING NOT NULL, -- Gong user
    week_start        DATE NOT NULL,   -- Monday
    focus_id          STRING NOT NULL, -- dimension and criterion of the rubric, e.g. discovery.open_questions
    state             STRING NOT NULL, -- where it stands; one of: open, improved, dropped
    place             BIGINT,          -- 1 for this week's focus; empty when closed
    since_week        DATE NOT NULL,   -- Monday on which it was opened
    weeks_at_target   BIGINT NOT NULL, -- weeks with a chance, in a row, at the target
    weeks_unseen      BIGINT NOT NULL, -- weeks in a row without a chance in the window
    behaviour         STRING,          -- what it advises, as it was told
    calls             BIGINT NOT NULL, -- calls of the window that gave a chance
    missing           BIGINT,          -- those of them that lacked it
    level             DOUBLE,          -- percent of these calls in which it was done; empty unseen
    level_then        DOUBLE,          -- the same when it was opened
    target            DOUBLE NOT NULL, -- level to reach
    priority          DOUBLE NOT NULL, -- gap x chance to act x weight x confidence, 0 to 1
    is_clear          BOOLEAN,         -- below target by more than chance, over all behaviours of the rep
    moment_call_id    STRING,          -- call of the moment to listen to
    moment_start_ms   BIGINT,          -- from the call's start
    moment_quote      STRING           -- exact words of the moment, found in the transcript
);
