-- One row per external call: score, priority, impact and insights.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_analysis (
    call_id                   STRING NOT NULL, -- the call
    call_date                 DATE NOT NULL,   -- UTC day
    rep_user_id               STRING,          -- Gong user who spoke for us (most speech), empty when none
    status                    STRING NOT NULL, -- whether it was scored; one of: scored, too_short, internal, private, no_transcript, unclear_speakers, language
    status_reason             STRING,          -- why it was not scored, in words
    overall_score             DOUBLE,          -- 0 to 100, empty when not scored
    product_knowledge_score   DOUBLE,          -- 0 to 100, empty when the call gave no chance to show it
    discovery_score           DOUBLE,          -- 0 to 100 or empty
    objection_handling_score  DOUBLE,          -- 0 to 100 or empty
    engagement_score          DOUBLE,          -- 0 to 100 or empty
    evidence                  STRING NOT NULL, -- JSON by dimension: {score, reason, criteria: {key: share}, statistics_only: [key] (right too seldom to be said to a person), missed and shown: {key: [sentence_index]} of the others, names: {key: name}, quotes: [{criterion, shows (in words), sentence_index, start_ms, speaker (rep, colleague, customer, unknown), text, before (what the customer said that it replies to, in the same form, or null)}]}
    objections                STRING NOT NULL, -- JSON list of {type, group (pricing, timing, technical, competitive, other), outcome, is_brush_off, is_certain (else in doubt whether it is one: neither judged nor a risk), sentence_index, start_ms, text, reply_index, outcome_index}; outcome is resolved, deferred (dated), unresolved or lost; text is the customer's words
    talk_ratio                DOUBLE,          -- rep's share of speech, 0 to 1
    longest_monologue_seconds DOUBLE,          -- rep's longest run
    patience_seconds          DOUBLE,          -- mean pause before the rep answers the customer
    question_count            BIGINT,          -- questions by the rep
    next_step                 STRING,          -- quoted commitment, empty when none
    next_step_sentence        BIGINT,          -- its sentence_index
    next_step_is_dated        BOOLEAN,         -- it names a day or time; empty without a step
    next_step_due             DATE,            -- the day that it names, resolved against the call's; empty when none
    next_step_owner           STRING,          -- who is to do it, one of: us, customer, both; empty without a step
    priority                  STRING NOT NULL, -- how urgently a coach should look; one of: Critical, High, Medium, Low
    priority_reason           STRING,          -- the factors behind the priority
    business_impact           STRING NOT NULL, -- JSON: {deal_amount, deal_stage, risk (low, medium, high, unknown), risk_points, reasons}
    coaching_insights         STRING NOT NULL, -- JSON list of {dimension, criterion, observation, action, sentence_index, start_ms, points}; the most useful first
    rubric_version            STRING NOT NULL, -- version of the rubric
    model                     STRING NOT NULL, -- who scored
    text_hash                 STRING,          -- sha256 of the transcript
    input_hash                STRING           -- sha256 of all that the row depends on besides the rubric
);
