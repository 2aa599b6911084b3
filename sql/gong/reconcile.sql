-- One row per day of a stretch: what Gong has against what is here. Every day has a row.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
letters AS (
    SELECT
        COALESCE(r.call_date, d.call_date) AS call_date,
        COUNT(DISTINCT COALESCE(d.call_id, d.dead_letter_id)) AS dead_lettered,
        COUNT(DISTINCT CASE WHEN r.call_id IS NULL THEN COALESCE(d.call_id, d.dead_letter_id) END)
            AS not_stored
    FROM gong.gong_dead_letters d
    LEFT JOIN gong.gong_calls_raw r ON r.call_id = d.call_id AND NOT r.is_deleted
    JOIN period ON COALESCE(r.call_date, d.call_date) BETWEEN period.first_day AND period.last_day
    WHERE d.kind = 'call'
      AND d.resolved_at IS NULL
    GROUP BY COALESCE(r.call_date, d.call_date)
),
analysed AS (
    SELECT call_id, MAX(CASE WHEN status = 'scored' THEN 1 ELSE 0 END) AS is_scored
    FROM analytics.call_analysis
    GROUP BY call_id
),
calls AS (
    SELECT
        c.call_date,
        COUNT_IF(NOT c.is_deleted) AS stored,
        COUNT_IF(NOT c.is_deleted AND c.is_private) AS private,
        COUNT_IF(c.is_deleted) AS vanished,
        COUNT(s.call_id) AS staged,
        COUNT(t.call_id) AS transcribed,
        COUNT_IF(NOT c.is_deleted AND NOT c.is_private AND t.call_id IS NULL) AS pending,
        COUNT_IF(a.is_scored = 1) AS scored,
        COUNT_IF(a.is_scored = 0) AS left_out
    FROM gong.gong_calls_raw c
    JOIN period ON c.call_date BETWEEN period.first_day AND period.last_day
    LEFT JOIN gong.stg_gong_calls s ON s.call_id = c.call_id
    LEFT JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
    LEFT JOIN analysed a ON a.call_id = c.call_id
    GROUP BY c.call_date
),
reads AS (
    SELECT r.call_date, r.known, r.read_at
    FROM gong.gong_day_reads r
    JOIN period ON r.call_date BETWEEN period.first_day AND period.last_day
),
each_day AS (
    SELECT call_date FROM reads
    UNION
    SELECT call_date FROM calls
    UNION
    SELECT call_date FROM letters
)
SELECT
    d.call_date,
    r.known,
    COALESCE(c.stored, 0) AS stored,
    COALESCE(c.private, 0) AS private,
    COALESCE(c.staged, 0) AS staged,
    COALESCE(c.transcribed, 0) AS transcribed,
    COALESCE(c.pending, 0) AS pending,
    COALESCE(c.scored, 0) AS scored,
    COALESCE(c.left_out, 0) AS left_out,
    COALESCE(l.dead_lettered, 0) AS dead_lettered,
    COALESCE(c.vanished, 0) AS vanished,
    COALESCE(r.known, 0) - COALESCE(c.stored, 0) - COALESCE(l.not_stored, 0) AS missing,
    r.read_at,
    o.staged_from,
    o.words_from
FROM each_day d
LEFT JOIN reads r ON r.call_date = d.call_date
LEFT JOIN calls c ON c.call_date = d.call_date
LEFT JOIN letters l ON l.call_date = d.call_date
LEFT JOIN gong.gong_reconciliation o ON o.call_date = d.call_date
