-- One row per external call: score, priority, impact and insights.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_analysis (
    call_id                   STRING NOT NULL, -- the call
    call_date                 DATE NOT NULL,   -- UTC day
    rep_user_id               STRING,          -- Gong user who spoke for us (most speech), empty when none
    status                    STRING NOT NULL, -- whether it was scored; one of: scored, too_short, internal, private, no_transcript, unclear_speakers
    overall_score             DOUBLE,          -- 0 to 100, empty when not scored
    product_knowledge_score   DOUBLE,          -- 0 to 100, empty when the call gave no chance to show it
    discovery_score           DOUBLE,          -- 0 to 100 or empty
    objection_handling_score  DOUBLE,          -- 0 to 100 or empty
    engagement_score          DOUBLE,          -- 0 to 100 or empty
    evidence                  STRING NOT NULL, -- JSON by dimension: {score, reason, quotes: [{sentence_index, start_ms, speaker, text}]}
    objections                STRING NOT NULL, -- JSON list of {type, outcome, sentence_index, start_ms, text, reply_index}; text is the customer's words
    talk_ratio                DOUBLE,          -- rep's share of speech, 0 to 1
    longest_monologue_seconds DOUBLE,          -- rep's longest run
    question_count            BIGINT,          -- questions by the rep
    next_step                 STRING,          -- quoted commitment, empty when none
    priority                  STRING NOT NULL, -- how urgently a coach should look; one of: Critical, High, Medium, Low
    business_impact           STRING NOT NULL, -- JSON: {deal_amount, risk, reasons}
    coaching_insights         STRING NOT NULL, -- JSON list of {dimension, observation, action, sentence_index}
    rubric_version            STRING NOT NULL, -- version of the rubric
    model                     STRING NOT NULL, -- who scored
    text_hash                 STRING           -- sha256 of the transcript
);
