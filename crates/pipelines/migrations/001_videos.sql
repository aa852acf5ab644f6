-- What is known of each video. Plain PostgreSQL 13 or later, without extensions, so whoever inserts a row brings its id.
create table videos (
    id               uuid primary key,
    title            text not null check (title <> '' and char_length(title) <= 500),
    creator          text not null check (creator <> ''),
    uploaded_at      timestamptz not null default now(),
    status           text not null default 'uploaded'
                     check (status in ('uploaded', 'processing', 'ready', 'failed')),
    duration_seconds numeric(12, 3) check (duration_seconds >= 0),
    size_bytes       bigint check (size_bytes >= 0),
    error            text,
    updated_at       timestamptz not null default now()
);

-- Workers ask for what is to be done, oldest first.
create index videos_status on videos (status, uploaded_at);
