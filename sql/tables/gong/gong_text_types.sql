-- One row per title or topic that tells a type of call by the words of gong.yaml.
-- key: said
CREATE TABLE IF NOT EXISTS gong.gong_text_types (
    said      STRING NOT NULL, -- the title or topic
    call_type STRING NOT NULL, -- the type that it tells
    rank      BIGINT NOT NULL  -- place of the type in gong.yaml; the smallest counts
);
