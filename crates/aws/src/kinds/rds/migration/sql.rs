//! The SQL a migration is made of: pure text, no calls.
use super::Migration;

/// What is asked of the database to learn whether a migration was applied.
pub(super) const LOOK: &str = "select checksum from vidpipe_migrations where version = :version";

/// PostgreSQL's words for a database that had no migration yet.
pub(super) const NO_TABLE: &str = "relation \"vidpipe_migrations\" does not exist";

/// One statement that applies the migration if it was not, and notes that it was; all of it or nothing.
///
/// A `DO` block takes no parameters, so its values are
/// [dollar-quoted](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING). The lock
/// lets a second asker wait for the first, who may still be at it after its answer was lost.
pub(super) fn statement(migration: &Migration) -> String {
    let Migration { version, name, checksum, sql, .. } = migration;
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

/// A tag that begins no dollar quote in any of these texts.
fn tag(texts: &[&String]) -> String {
    let is_free = |tag: &String| !texts.iter().any(|text| text.contains(&format!("${tag}")));
    let tags = (0_u32..).map(|number| format!("v{number}"));
    tags.into_iter().find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migration(sql: &str) -> Migration {
        Migration {
            cluster_arn: "arn".into(),
            secret_arn: "arn".into(),
            database: "videometadata".into(),
            version: "001".into(),
            name: "videos".into(),
            checksum: "abc".into(),
            sql: sql.into(),
        }
    }

    #[test]
    fn no_text_ends_the_quotes_it_is_in() {
        let sql = "create function f() returns text as $v0$ select '$v1_block$' $v0$ language sql; -- it's $v1$";
        let statement = statement(&migration(sql));
        assert_eq!(statement.matches("$v2_block$").count(), 2);
        assert_eq!(statement.matches("$v2$").count(), 2 * 5, "{statement}");
        assert!(statement.contains(&format!("execute $v2${sql}$v2$;")));
        assert!(statement.starts_with("do $v2_block$ begin\n") && statement.ends_with("\nend $v2_block$"));
    }

    #[test]
    fn it_reads_well() {
        let wanted = "do $v0_block$ begin
perform pg_advisory_xact_lock(hashtext('vidpipe_migrations'));
create table if not exists vidpipe_migrations (
    version text primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
);
if not exists (select 1 from vidpipe_migrations where version = $v0$001$v0$) then
    execute $v0$create table videos (id uuid primary key);$v0$;
    insert into vidpipe_migrations (version, name, checksum) values ($v0$001$v0$, $v0$videos$v0$, $v0$abc$v0$);
end if;
end $v0_block$";
        assert_eq!(statement(&migration("create table videos (id uuid primary key);")), wanted);
    }
}
