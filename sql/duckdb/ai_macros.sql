-- Snowflake's AI functions on DuckDB. The spellings that run on both engines:
--
--   AI_SENTIMENT(text) AS judged                             an object; in a CTE, then
--     GET(judged['categories'], 0)['sentiment']::STRING      positive, neutral, negative, mixed, unknown
--     judged['score']::DOUBLE                                -1 to 1 here, NULL on Snowflake (it gives no number)
--   AI_SUMMARIZE(text)                                       text
--   AI_COMPLETE(model => ?, prompt => text)                  text
--     with response_format => {..}, CAST(.. AS STRING)       text; the JSON object on Snowflake
--   AI_EMBED(model, text)                                    vector of 768
--   VECTOR_COSINE_SIMILARITY(a, b)                           -1 to 1
--
-- NULL in, NULL out. The last argument return_error_details => TRUE turns the
-- result into an object of value and error, as on Snowflake; AI_EMBED has none.
-- The model's name is taken and not used: what runs here is local.
CREATE OR REPLACE TEMP MACRO get(items, place) AS items[place + 1];
CREATE OR REPLACE TEMP MACRO sentiment_object(judged) AS CASE WHEN judged IS NULL THEN NULL ELSE {
    'categories': [{'name': 'overall', 'sentiment': judged.category}],
    'score': judged.score
} END;
CREATE OR REPLACE TEMP MACRO ai_sentiment
    (text) AS sentiment_object(local_sentiment(text::VARCHAR)),
    (text, return_error_details) AS
        {'value': sentiment_object(local_sentiment(text::VARCHAR)), 'error': NULL::VARCHAR};
CREATE OR REPLACE TEMP MACRO ai_summarize
    (input) AS local_summary(input::VARCHAR),
    (input, return_error_details) AS {'value': local_summary(input::VARCHAR), 'error': NULL::VARCHAR};
CREATE OR REPLACE TEMP MACRO ai_complete
    (model, prompt) AS CASE WHEN model IS NULL THEN NULL ELSE local_completion(prompt::VARCHAR) END,
    -- The last one also tells this from what follows: parameters are counted, not named.
    (model, prompt, response_format, model_parameters := NULL) AS
        CASE WHEN model IS NULL THEN NULL ELSE local_completion(prompt::VARCHAR) END,
    (model, prompt, return_error_details) AS {
        'value': CASE WHEN model IS NULL THEN NULL ELSE local_completion(prompt::VARCHAR) END,
        'error': NULL::VARCHAR
    };
CREATE OR REPLACE TEMP MACRO ai_embed(model, input) AS
    CASE WHEN model IS NULL THEN NULL ELSE local_embedding(input::VARCHAR) END;
