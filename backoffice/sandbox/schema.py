"""The tables of a state file. Moments are in microseconds since 1970; `body` is the JSON text that is served."""

from __future__ import annotations

VERSION = 2  # of the tables: a file of another version is refused, not bent

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;

-- private: what only the marketplace knows of the order, as JSON: {"shipped": {line id: units}}
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    updated_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    fulfillment_type TEXT NOT NULL,
    moves_at INTEGER,
    body BLOB NOT NULL,
    private BLOB NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS orders_newest ON orders (updated_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS orders_moving ON orders (moves_at) WHERE moves_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS returns (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    moves_at INTEGER,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS returns_newest ON returns (updated_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS returns_of_order ON returns (order_id);
CREATE INDEX IF NOT EXISTS returns_moving ON returns (moves_at) WHERE moves_at IS NOT NULL;

-- filed_as: the type, and behind it the channel's own where that narrows it down
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    filed_as TEXT NOT NULL,
    body BLOB NOT NULL,
    content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS documents_newest ON documents (updated_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS documents_of_order ON documents (order_id);

-- A file that came with a call, until its action ends.
CREATE TABLE IF NOT EXISTS uploads (
    number INTEGER PRIMARY KEY,
    action_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS uploads_of_action ON uploads (action_id);

CREATE TABLE IF NOT EXISTS conversations (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    updated_at INTEGER NOT NULL,
    channel_entity_id TEXT NOT NULL,
    entity_id TEXT,
    anonymised INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS conversations_newest ON conversations (updated_at DESC, id DESC);
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    channel_created_at INTEGER NOT NULL,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS messages_of_conversation ON messages (conversation_id, channel_created_at DESC);
CREATE TABLE IF NOT EXISTS attachments (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS attachments_of_conversation ON attachments (conversation_id);

CREATE TABLE IF NOT EXISTS products (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL);
-- Calls that the catalog does not show yet, as JSON: {"upsert": [product]} or {"delete": [id]}
CREATE TABLE IF NOT EXISTS catalog_changes (
    number INTEGER PRIMARY KEY,
    shows_at INTEGER NOT NULL,
    body BLOB NOT NULL);

-- Parcels as they were asked for. Connect has no way to read them.
CREATE TABLE IF NOT EXISTS shipments (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    body BLOB NOT NULL);

-- target: the id of the record that the kind changes; family: "order" or "conversation", each with ids of its own;
-- result: what the action made, such as the id of a conversation.
CREATE TABLE IF NOT EXISTS actions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    family TEXT NOT NULL,
    target TEXT NOT NULL,
    order_id TEXT NOT NULL,
    channel_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    script BLOB NOT NULL,
    status TEXT NOT NULL,
    errors BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    due_at INTEGER,
    shown_at INTEGER,
    result TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS actions_due ON actions (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS actions_of_order ON actions (order_id);
CREATE INDEX IF NOT EXISTS actions_of_target ON actions (target);
CREATE TABLE IF NOT EXISTS scripts (number INTEGER PRIMARY KEY, order_id TEXT, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS scripts_of_order ON scripts (order_id);
CREATE TABLE IF NOT EXISTS writes (
    number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    path BLOB NOT NULL,
    body BLOB NOT NULL,
    status INTEGER,
    action_id TEXT);
"""
