-- The tables as version 1 made them: what an old data folder holds.  Never changed.
CREATE TABLE meta (
    "key" VARCHAR(64) NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE documents (
    id VARCHAR(255) NOT NULL,
    title TEXT NOT NULL,
    publisher TEXT,
    published VARCHAR(10),
    language VARCHAR(35),
    bibliography JSON NOT NULL,
    format VARCHAR(32) NOT NULL,
    pages INTEGER,
    passages INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    source_path TEXT NOT NULL,
    source_root TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    settings_fingerprint TEXT NOT NULL,
    ingested_at VARCHAR(40) NOT NULL,
    text TEXT NOT NULL,
    structure JSON NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE conversations (
    number INTEGER NOT NULL,
    id VARCHAR(32) NOT NULL,
    owner VARCHAR(255) NOT NULL,
    title TEXT NOT NULL,
    created_at VARCHAR(40) NOT NULL,
    updated_at VARCHAR(40) NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated_at);
CREATE TABLE memos (
    number INTEGER NOT NULL,
    id VARCHAR(64) NOT NULL,
    owner VARCHAR(255) NOT NULL,
    title TEXT NOT NULL,
    template VARCHAR(255) NOT NULL,
    created_at VARCHAR(40) NOT NULL,
    document_versions JSON NOT NULL,
    body JSON NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id)
);
CREATE INDEX ix_memos_owner ON memos (owner);
CREATE TABLE passages (
    number INTEGER NOT NULL,
    id VARCHAR(300) NOT NULL,
    document_id VARCHAR(255) NOT NULL,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    section JSON NOT NULL,
    page INTEGER,
    kind VARCHAR(16) NOT NULL,
    sentences JSON NOT NULL,
    vector BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL,
    vector_key VARCHAR(32) NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (document_id, ordinal),
    UNIQUE (id),
    FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);
CREATE TABLE answers (
    number INTEGER NOT NULL,
    id VARCHAR(64) NOT NULL,
    conversation_id VARCHAR(32),
    owner VARCHAR(255) NOT NULL,
    question TEXT NOT NULL,
    refused BOOLEAN NOT NULL,
    writer VARCHAR(255) NOT NULL,
    created_at VARCHAR(40) NOT NULL,
    body JSON NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_answers_conversation_id ON answers (conversation_id);
CREATE TABLE feedback (
    number INTEGER NOT NULL,
    id VARCHAR(32) NOT NULL,
    answer_id VARCHAR(64) NOT NULL,
    owner VARCHAR(255) NOT NULL,
    verdict VARCHAR(32) NOT NULL,
    note TEXT NOT NULL,
    created_at VARCHAR(40) NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (id),
    FOREIGN KEY(answer_id) REFERENCES answers (id) ON DELETE CASCADE
);
CREATE INDEX ix_feedback_answer_id ON feedback (answer_id);
CREATE VIRTUAL TABLE passage_terms USING fts5(
    body, section, title,
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co' tokenchars '.,:/'"
);
