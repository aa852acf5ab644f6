//! A lexical check of SQL before it is sent: every quote, comment and parenthesis must be closed, and constructs that a
//! migration cannot contain are refused. It implements PostgreSQL's lexical rules and none of its grammar.
//! <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>

/// An error and its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) message: String,
    pub(super) hint: &'static str,
}

/// Keywords of statements that would end the transaction a migration runs in.
const TRANSACTION: [&str; 8] = ["abort", "begin", "commit", "end", "release", "rollback", "savepoint", "start"];

/// Refuses SQL that cannot run as one migration.
pub(super) fn check(sql: &str) -> Result<(), Fault> {
    let mut scan = Scan { sql, at: 0, open: Vec::new(), begins: true, statements: 0 };
    while let Some(c) = scan.rest().chars().next() {
        scan.take(c)?;
    }
    if let Some(at) = scan.open.first() {
        return Err(scan.fault(*at, "has a parenthesis that is not closed", "close it"));
    }
    if scan.statements == 0 {
        return Err(scan.fault(0, "has no statement", "remove the file, or write SQL into it"));
    }
    Ok(())
}

struct Scan<'s> {
    sql: &'s str,
    at: usize,
    /// Offsets of the parentheses that are still open.
    open: Vec<usize>,
    /// Whether the next word is the first of a statement.
    begins: bool,
    statements: usize,
}

impl<'s> Scan<'s> {
    fn rest(&self) -> &'s str {
        &self.sql[self.at..]
    }

    fn fault(&self, at: usize, message: impl Into<String>, hint: &'static str) -> Fault {
        Fault { line: self.sql[..at].matches('\n').count() + 1, message: message.into(), hint }
    }

    fn take(&mut self, c: char) -> Result<(), Fault> {
        let rest = self.rest();
        match c {
            _ if c.is_whitespace() => self.at += c.len_utf8(),
            '-' if rest.starts_with("--") => self.at += rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => self.comment()?,
            ';' => {
                if let Some(at) = self.open.first() {
                    return Err(self.fault(
                        *at,
                        "has a parenthesis that is not closed",
                        "close it before the semicolon",
                    ));
                }
                (self.begins, self.at) = (true, self.at + 1);
            }
            '\0' => return Err(self.fault(self.at, "has a NUL character", "remove it")),
            '\\' => {
                let hint = "write SQL only: commands such as \\i and \\c are psql's own";
                return Err(self.fault(self.at, "has a backslash command", hint));
            }
            _ => {
                self.statement();
                self.token(c)?;
            }
        }
        Ok(())
    }

    /// Counts the statement if its first token comes next.
    fn statement(&mut self) {
        self.statements += usize::from(self.begins);
    }

    fn token(&mut self, c: char) -> Result<(), Fault> {
        let first = std::mem::replace(&mut self.begins, false);
        match c {
            '\'' => self.quoted('\'', false),
            '"' => self.quoted('"', false),
            '$' => self.dollar(),
            '(' => {
                self.open.push(self.at);
                self.at += 1;
                Ok(())
            }
            ')' => {
                let opened = self.open.pop();
                opened.ok_or_else(|| self.fault(self.at, "closes a parenthesis that is not open", "remove it"))?;
                self.at += 1;
                Ok(())
            }
            ':' => self.colon(),
            c if c == '_' || c.is_alphanumeric() => self.word(first),
            c => {
                self.at += c.len_utf8();
                Ok(())
            }
        }
    }

    /// The Data API parses a word after a single colon as a parameter. PostgreSQL has that form only in array slices.
    fn colon(&mut self) -> Result<(), Fault> {
        let rest = &self.rest()[1..];
        match rest.chars().next() {
            Some(':') => self.at += 2,
            Some(c) if c == '_' || c.is_alphabetic() => {
                let hint = "write a space after the colon: the Data API would take the word for a parameter";
                return Err(self.fault(self.at, "has a word right after a colon", hint));
            }
            _ => self.at += 1,
        }
        Ok(())
    }

    fn word(&mut self, first: bool) -> Result<(), Fault> {
        let (from, rest) = (self.at, self.rest());
        let length = rest.find(|c: char| !(c == '_' || c == '$' || c.is_alphanumeric())).unwrap_or(rest.len());
        let word = rest[..length].to_ascii_lowercase();
        self.at += length;
        if first && TRANSACTION.contains(&word.as_str()) {
            let message = format!("has {} as a statement", word.to_ascii_uppercase());
            return Err(self.fault(
                from,
                message,
                "remove it: every migration runs in a transaction of its own already",
            ));
        }
        // E'...' has escapes; in every other string a backslash is literal.
        if word == "e" && self.rest().starts_with('\'') {
            return self.quoted('\'', true);
        }
        Ok(())
    }

    /// Skips to the end of a string or a quoted identifier. A doubled quote is an escaped quote.
    fn quoted(&mut self, quote: char, escapes: bool) -> Result<(), Fault> {
        let from = self.at;
        let mut inside = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = inside.next() {
            if c == '\\' && escapes {
                inside.next();
            } else if c == quote && inside.next_if(|(_, next)| *next == quote).is_none() {
                self.at = from + i + 1;
                return Ok(());
            }
        }
        Err(self.fault(from, format!("has a quote that is not closed: {quote}"), "close it"))
    }

    /// Skips `$tag$ ... $tag$`, or a literal dollar sign.
    fn dollar(&mut self) -> Result<(), Fault> {
        let (from, rest) = (self.at, self.rest());
        let end = rest[1..].find('$').map(|end| end + 1);
        let is_tag = |tag: &str| {
            tag.chars().all(|c| c == '_' || c.is_alphanumeric()) && !tag.starts_with(|c: char| c.is_ascii_digit())
        };
        let Some(end) = end.filter(|end| is_tag(&rest[1..*end])) else {
            self.at += 1;
            return Ok(());
        };
        let tag = &rest[..=end];
        let Some(length) = rest[tag.len()..].find(tag) else {
            return Err(self.fault(from, format!("has a dollar quote that is not closed: {tag}"), "close it"));
        };
        self.at += length + 2 * tag.len();
        Ok(())
    }

    /// Skips `/* ... */`, which may be nested.
    fn comment(&mut self) -> Result<(), Fault> {
        let (from, mut depth) = (self.at, 0_usize);
        loop {
            let rest = self.rest();
            let (step, deeper) = match rest {
                _ if rest.starts_with("/*") => (2, depth + 1),
                _ if rest.starts_with("*/") => (2, depth - 1),
                _ => (rest.chars().next().map_or(0, char::len_utf8), depth),
            };
            if step == 0 {
                return Err(self.fault(from, "has a comment that is not closed", "close it with */"));
            }
            (self.at, depth) = (self.at + step, deeper);
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgresql_would_read_is_taken() {
        for good in [
            "create table a (b text)",
            "create table a (b text);\n-- don't (\n",
            "select 'it''s', \"a \"\"b\"\" (\", E'a\\'b(', $1, 'back\\slash';",
            "do $$ begin if (1=1) then null; end if; end $$;",
            "create function f() returns int language sql as $f$ select 1; $$ ( $f$;",
            "/* a /* nested ( */ comment ' */ select 1;;",
            "select a$b from c; comment on table c is 'the end';",
            "select 'ä(' as \"ö\";",
            "select a[1 : n]::text[], ':b', x::int, f(c := 1), d[1:2];",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_could_not_be_run_is_refused_with_its_line() {
        for (bad, line, message) in [
            ("", 1, "has no statement"),
            ("-- nothing\n/* at all */ ;\n", 1, "has no statement"),
            ("select 1;\nselect 'a;\n", 2, "has a quote that is not closed: '"),
            ("select \"a", 1, "has a quote that is not closed: \""),
            ("\nselect $a$ $b$", 2, "has a dollar quote that is not closed: $a$"),
            ("create table a (\nb text;", 1, "has a parenthesis that is not closed"),
            ("create table a (b text));", 1, "closes a parenthesis that is not open"),
            ("/* /* */", 1, "has a comment that is not closed"),
            ("BEGIN;\nselect 1;", 1, "has BEGIN as a statement"),
            ("select 1;\n\ncommit", 3, "has COMMIT as a statement"),
            ("select 1; -- x\n  Rollback;", 2, "has ROLLBACK as a statement"),
            ("\\i other.sql", 1, "has a backslash command"),
            ("select 1;\n\\connect x", 2, "has a backslash command"),
            ("select E'a\\'", 1, "has a quote that is not closed: '"),
            ("select 1;\nselect a[1:n]", 2, "has a word right after a colon"),
            ("select \0", 1, "has a NUL character"),
        ] {
            let fault = check(bad).expect_err(bad);
            assert_eq!((fault.line, fault.message.as_str()), (line, message), "{bad}");
        }
    }
}
