-- What recurs over calls, and which behaviours go with deals that were won: one row per week, pattern and sentence shown.
-- A row goes with its call; a pattern without a sentence (place 0) is of a behaviour.
-- key: week_start, kind, name, place
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.call_patterns (
    week_start     DATE NOT NULL,    -- Monday; the week and the seven before it, of behaviours the year
    kind           STRING NOT NULL,  -- topic, question, objection or behaviour
    name           STRING NOT NULL,  -- words that customers share, the kind of objection, or the behaviour
    place          BIGINT NOT NULL,  -- 1 to 3: which of its sentences; 0 without one
    calls          BIGINT,           -- distinct calls with it
    accounts       BIGINT,           -- distinct known accounts with it
    accounts_recent BIGINT,          -- accounts with it in the last four weeks
    spoken_recent  BIGINT,           -- accounts spoken with in them
    accounts_before BIGINT,          -- accounts with it in the four weeks before
    spoken_before  BIGINT,           -- accounts spoken with in them
    won            BIGINT,           -- deals that were won, with a call in which the behaviour could show
    lost           BIGINT,           -- the same of lost ones
    mean_won       DOUBLE,           -- mean of the behaviour over won deals; a share of 1, a count or seconds
    mean_lost      DOUBLE,           -- the same over lost ones
    difference     DOUBLE,           -- won less lost
    low            DOUBLE,           -- lower end of its 95 % interval
    high           DOUBLE,           -- upper end
    q_value        DOUBLE,           -- false discovery rate at which the verdict holds; empty where too few
    verdict        STRING NOT NULL,  -- rising, falling, no change found, too few accounts; of a behaviour: more in won, more in lost, no difference found, too few deals, no spread to judge by
    call_id        STRING,           -- call of the sentence
    sentence_index BIGINT,           -- of the sentence in it
    start_ms       BIGINT,           -- from the call's start
    sentence       STRING            -- the customer's words
);
