-- Tokens of some texts as a model counts them, in their order, without charge; three percent above,
-- for that is how far Snowflake's own count of Claude's may be off. Parameters: the model, the texts in
-- JSON.
SELECT LENGTH(one.value::STRING) AS characters,
       CEIL(1.03 * AI_COUNT_TOKENS('ai_complete', ?, one.value::STRING)) AS tokens
FROM TABLE(FLATTEN(input => PARSE_JSON(?))) one
ORDER BY one.index
