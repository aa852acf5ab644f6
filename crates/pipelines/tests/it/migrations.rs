//! Folders of SQL files, as the caller passes them in.
use vidpipe_pipelines::migrations::{LARGEST, LARGEST_TOGETHER, Migration, builtin, read};

fn files(all: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    all.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect()
}

fn refused(all: &[(&str, &[u8])]) -> String {
    let error = read(files(all)).expect_err("it is refused");
    format!("{error}\n  help: {}\n", error.hint)
}

#[test]
fn good_ones_come_in_the_order_of_their_numbers() {
    let given = files(&[("010_more.sql", b"select 10"), ("002_two.sql", b"\xef\xbb\xbfselect 2;")]);
    let found = read(given).expect("they are good");
    let named = |version: &str, name: &str, sql: &str| Migration {
        version: version.into(),
        name: name.into(),
        sql: sql.into(),
    };
    assert_eq!(found, [named("002", "two", "select 2;"), named("010", "more", "select 10")]);
}

#[test]
fn our_own_passes_the_same_checks() {
    let own: Vec<_> =
        builtin().into_iter().map(|m| (format!("{}_{}.sql", m.version, m.name), m.sql.into_bytes())).collect();
    assert_eq!(read(own).expect("it is good"), builtin());
    assert!(
        ["title", "creator", "uploaded_at", "status", "duration_seconds", "size_bytes"]
            .iter()
            .all(|column| builtin()[0].sql.contains(column))
    );
}

#[test]
fn bad_ones_are_refused_with_their_file_and_line() {
    let good: &[u8] = b"select 1;";
    let large = vec![b' '; LARGEST + 1];
    let mut op = vec![b' '; LARGEST - 1];
    op.push(b'1');
    let messages: String = [
        refused(&[]),
        refused(&[("videos.sql", good)]),
        refused(&[("1_videos.sql", good)]),
        refused(&[("000_videos.sql", good)]),
        refused(&[("001_my-videos.sql", good)]),
        refused(&[("001_a\u{1b}[2J.sql", good)]),
        refused(&[("001_VIDEOS.SQL", good)]),
        refused(&[("001_a.sql", good), ("001_b.sql", good)]),
        refused(&[("001_a.sql", &large)]),
        refused(&[("001_a.sql", &op), ("002_b.sql", &op)]),
        refused(&[("001_a.sql", b"select 1;\n-- \xff\n")]),
        refused(&[("001_a.sql", b"")]),
        refused(&[("001_a.sql", b"-- nothing\n")]),
        refused(&[("001_a.sql", good), ("002_b.sql", b"select 1;\n\nselect 'it;\n")]),
        refused(&[("001_a.sql", b"create table a (\n  b text;\n")]),
        refused(&[("001_a.sql", b"do $x$ begin end;\n")]),
        refused(&[("001_a.sql", b"begin;\ncreate table a (b text);\ncommit;\n")]),
        refused(&[("001_a.sql", b"create table a (b text);\n\\i 002_b.sql\n")]),
    ]
    .concat();
    assert!(2 * op.len() > LARGEST_TOGETHER && !messages.contains('\u{1b}'));
    insta::assert_snapshot!(messages);
}
