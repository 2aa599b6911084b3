-- What a model writes of each of some customers: the JSON object of cs_assets/ai/sections.
-- Grain: key. Parameters: the rows in JSON (key, ask, words), model, what stands before all of them, the
-- lines before and after the words. Our own words stand before the customer's, which lie between
-- markers with a word of this run, so that no text inside can close them. A row that the model
-- fails on is NULL.
WITH given AS (
    SELECT one.value:key::STRING AS key, one.value:ask::STRING AS ask,
           one.value:words::STRING AS words
    FROM TABLE(FLATTEN(input => PARSE_JSON(?))) one
)
SELECT g.key,
       CAST(AI_COMPLETE(
           model => ?,
           prompt => ? || g.ask || ? || g.words || ?,
           response_format => {
               'type': 'json',
               'schema': {
                   'type': 'object',
                   'properties': {'text': {'type': 'string'}},
                   'required': ['text'],
                   'additionalProperties': FALSE
               }
           },
           model_parameters => {'temperature': 0, 'max_tokens': 1500}
       ) AS STRING) AS answer
FROM given g
ORDER BY g.key
