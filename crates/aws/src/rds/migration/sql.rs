//! Builds the SQL of a migration: pure text, no calls.
use sha2::{Digest, Sha256};

/// The query for whether a migration was applied.
pub(super) const CHECKSUM: &str = "select checksum from vidpipe_migrations where version = :version";

/// PostgreSQL's error message for a database without any migration.
pub(super) const NO_TABLE: &str = "relation \"vidpipe_migrations\" does not exist";

/// One atomic statement that applies the migration if it was not applied yet, and records it.
///
/// A `DO` block takes no parameters, so its values are
/// [dollar-quoted](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING). The lock
/// makes a repeated call wait for the first, which may still be running after its response was lost.
#[must_use]
pub fn apply_once(version: &str, name: &str, checksum: &str, sql: &str) -> String {
    let tag = tag(&[version, name, checksum, sql]);
    let quoted = |text: &str| format!("${tag}${text}${tag}$");
    let (version, name, checksum, sql) = (quoted(version), quoted(name), quoted(checksum), quoted(sql));
    format!(
        "do ${tag}_block$ begin
perform pg_advisory_xact_lock(hashtext('vidpipe_migrations'));
create table if not exists vidpipe_migrations (
    version text primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
);
if not exists (select 1 from vidpipe_migrations where version = {version}) then
    execute {sql};
    insert into vidpipe_migrations (version, name, checksum) values ({version}, {name}, {checksum});
end if;
end ${tag}_block$"
    )
}

/// One statement that fails if the migration was applied with other content, for callers that cannot run a query.
#[must_use]
pub fn refuse_other(version: &str, checksum: &str) -> String {
    let tag = tag(&[version, checksum]);
    format!(
        "do ${tag}_block$ begin
if exists (select 1 from vidpipe_migrations where version = ${tag}${version}${tag}$ and checksum <> ${tag}${checksum}${tag}$) then
    raise exception using message = ${tag}$migration {version} was applied with other content${tag}$;
end if;
end ${tag}_block$"
    )
}

/// Identifies the content of a migration.
#[must_use]
pub fn checksum(sql: &str) -> String {
    format!("{:x}", Sha256::digest(sql))
}

/// A dollar-quote tag that occurs in none of these texts.
fn tag(texts: &[&str]) -> String {
    let is_free = |tag: &String| !texts.iter().any(|text| text.contains(&format!("${tag}")));
    let tags = (0_u32..).map(|number| format!("v{number}"));
    tags.into_iter().find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(sql: &str) -> String {
        apply_once("001", "videos", "abc", sql)
    }

    #[test]
    fn no_text_ends_the_quotes_it_is_in() {
        let sql = "create function f() returns text as $v0$ select '$v1_block$' $v0$ language sql; -- it's $v1$";
        let statement = applied(sql);
        assert_eq!(statement.matches("$v2_block$").count(), 2);
        assert_eq!(statement.matches("$v2$").count(), 2 * 5, "{statement}");
        assert!(statement.contains(&format!("execute $v2${sql}$v2$;")));
        assert!(statement.starts_with("do $v2_block$ begin\n") && statement.ends_with("\nend $v2_block$"));
    }

    #[test]
    fn it_reads_well() {
        let desired = "do $v0_block$ begin
perform pg_advisory_xact_lock(hashtext('vidpipe_migrations'));
create table if not exists vidpipe_migrations (
    version text primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
);
if not exists (select 1 from vidpipe_migrations where version = $v0$001$v0$) then
    execute $v0$create table videos (id uuid primary key);$v0$;
    insert into vidpipe_migrations (version, name, checksum) values ($v0$001$v0$, $v0$videos$v0$, $v0$abc$v0$);
end if;
end $v0_block$";
        assert_eq!(applied("create table videos (id uuid primary key);"), desired);
    }
}
