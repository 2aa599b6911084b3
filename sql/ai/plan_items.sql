-- One row: how much there is of what models are asked about, in a span of days of calls.
-- Parameters: first and last day, twice.
SELECT c.customers, k.calls, s.sentences, s.characters, s.heard, s.heard_characters
FROM (SELECT COUNT(*) AS customers FROM source.customers) c
CROSS JOIN (
    SELECT COUNT(*) AS calls
    FROM gong.stg_gong_calls
    WHERE call_date BETWEEN ? AND ? AND NOT is_private
) k
CROSS JOIN (
    SELECT
        COUNT(*) AS sentences,
        COALESCE(SUM(LENGTH(sentence)), 0) AS characters,
        COUNT_IF(affiliation = 'External') AS heard,
        COALESCE(SUM(IFF(affiliation = 'External', LENGTH(sentence), 0)), 0) AS heard_characters
    FROM gong.stg_gong_call_transcripts
    WHERE call_date BETWEEN ? AND ?
) s
