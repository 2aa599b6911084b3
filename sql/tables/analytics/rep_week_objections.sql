-- One row per rep, week and objection type heard from customers in the last four weeks.
-- key: rep_user_id, week_start, objection_type
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rep_week_objections (
    rep_user_id          STRING NOT NULL,  -- Gong user
    week_start           DATE NOT NULL,    -- Monday
    objection_type       STRING NOT NULL,  -- type of the taxonomy
    is_brush_off         BOOLEAN NOT NULL, -- a reflex to end the talk, kept apart from objections
    scored_calls         BIGINT NOT NULL,  -- scored calls of the rep in the window
    calls                BIGINT NOT NULL,  -- distinct calls with the objection
    calls_week           BIGINT NOT NULL,  -- of these in the week itself
    accounts             BIGINT NOT NULL,  -- distinct known accounts
    calls_no_account     BIGINT NOT NULL,  -- calls whose account is not known
    share_low            DOUBLE NOT NULL,  -- lower end of the 95 % Wilson interval of calls / scored_calls
    share_high           DOUBLE NOT NULL,  -- upper end
    resolved             BIGINT NOT NULL,  -- calls in which every mention was resolved
    open_calls           BIGINT NOT NULL,  -- calls in which one mention or more was not resolved
    outcomes             STRING NOT NULL,  -- JSON: distinct calls by outcome, {outcome: calls}
    is_recurring         BOOLEAN NOT NULL, -- heard from several distinct accounts in the window
    quote                STRING,           -- the customer's words, found in the transcript; empty when none was found
    quote_call_id        STRING,           -- call of the quote
    quote_sentence_index BIGINT,           -- sentence of the quote
    quote_start_ms       BIGINT            -- from the call's start
);
