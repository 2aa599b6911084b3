-- One row per call whose words were removed, and why. Holds no content.
-- key: call_id, purged_at
CREATE TABLE IF NOT EXISTS gong.gong_purges (
    call_id        STRING NOT NULL,        -- the call
    reason         STRING NOT NULL,        -- why; one of: vanished, private, erased
    purged_at      TIMESTAMP_NTZ NOT NULL, -- when its rows were removed, UTC
    run_id         STRING NOT NULL,        -- the run that did it
    carried_out_at TIMESTAMP_NTZ,          -- when what was written from it was taken back; empty while due
    prints         STRING                  -- JSON list of hashes of its sentences, by which quotes are found; empty once carried out
);
