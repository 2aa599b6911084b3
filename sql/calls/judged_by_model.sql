-- What a model answers about each call whose words wait: the JSON object of calls/judging/by_model.
-- AI_COMPLETE gives NULL for a row on which it fails. Our own words stand before the call's, which lie
-- between markers with a word of this run, so that no text inside can close them.
-- Grain: call. Parameters: what stands before the words, after them, first day, last day, model.
WITH asked AS (
    SELECT CAST(? AS STRING) AS before, CAST(? AS STRING) AS after,
           CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
)
SELECT w.call_id,
       CAST(AI_COMPLETE(
           model => ?,
           prompt => a.before || w.words || a.after,
           response_format => {
               'type': 'json',
               'schema': {
                   'type': 'object',
                   'properties': {
                       'criteria': {
                           'type': 'array',
                           'items': {
                               'type': 'object',
                               'properties': {
                                   'criterion': {'type': 'string'},
                                   'applies': {'type': 'boolean'},
                                   'share': {'type': 'number'},
                                   'reason': {'type': 'string'},
                                   'sentence': {'type': 'integer'},
                                   'quote': {'type': 'string'}
                               },
                               'required': ['criterion', 'applies', 'share', 'reason', 'sentence', 'quote'],
                               'additionalProperties': FALSE
                           }
                       }
                   },
                   'required': ['criteria'],
                   'additionalProperties': FALSE
               }
           }
       ) AS STRING) AS answer
FROM analytics.call_judge_words w
CROSS JOIN asked a
WHERE w.call_date BETWEEN a.first_day AND a.last_day
ORDER BY w.call_id
