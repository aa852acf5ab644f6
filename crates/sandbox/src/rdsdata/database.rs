//! A database: its relations, their rows, and the statements that change or read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SqlError;
use super::cursor::Cursor;
use super::tokens::{Token, statements, tokens};
use crate::rds::databases::KIND;
use crate::store::Fact;

/// A row: values by column.
type Row = BTreeMap<String, String>;
/// The rows of a query; `None` for a statement that is not a query.
type Answer = Result<Option<Vec<Vec<Value>>>, SqlError>;
type Parameters = BTreeMap<String, String>;

/// One database of a cluster: the rows of its tables and indexes, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Database {
    relations: BTreeMap<String, Vec<Row>>,
}

impl Fact for Database {
    const KIND: &'static str = KIND;
}

/// Statements that are accepted without being interpreted.
const BELIEVED: &[&str] =
    &["alter", "comment", "grant", "revoke", "set", "update", "delete", "analyze", "perform", "with"];

impl Database {
    /// Executes one statement; if it fails, it has no effect.
    pub(super) fn execute(&mut self, sql: &str, parameters: &Parameters) -> Answer {
        let tokens = tokens(sql)?;
        let [statement] = statements(&tokens)?[..] else {
            return Err(SqlError::new("42601", "multistatements aren't supported"));
        };
        let mut changed = self.clone();
        let answer = changed.run(Cursor(statement), parameters)?;
        *self = changed;
        Ok(answer)
    }

    fn run(&mut self, mut at: Cursor<'_>, parameters: &Parameters) -> Answer {
        if at.says("select") {
            return self.select(at, parameters).map(Some);
        }
        if at.says("create table") {
            self.create_table(at)?;
        } else if at.says("create index") || at.says("create unique index") {
            self.create_index(at)?;
        } else if at.says("insert into") {
            self.insert(at, parameters)?;
        } else if at.says("drop table if exists") || at.says("drop table") {
            self.relations.remove(at.name()?);
        } else if at.says("do") {
            let body = body(at)?;
            let mut block = Cursor(&body);
            block.must_say("begin")?;
            self.block(&mut block, true)?;
        } else if !BELIEVED.iter().any(|word| at.says(word)) {
            return Err(at.error());
        }
        Ok(None)
    }

    fn make(&mut self, name: &str, unless_there: bool) -> Result<(), SqlError> {
        match self.relations.contains_key(name) {
            true if unless_there => Ok(()),
            true => Err(SqlError::new("42P07", format!("relation \"{name}\" already exists"))),
            false => {
                self.relations.insert(name.to_owned(), Vec::new());
                Ok(())
            }
        }
    }

    fn rows(&self, name: &str) -> Result<&Vec<Row>, SqlError> {
        let missing = || SqlError::new("42P01", format!("relation \"{name}\" does not exist"));
        self.relations.get(name).ok_or_else(missing)
    }

    fn create_table(&mut self, mut at: Cursor<'_>) -> Result<(), SqlError> {
        let unless_there = at.says("if not exists");
        let name = at.name()?;
        at.parenthesis()?;
        self.make(name, unless_there)
    }

    fn create_index(&mut self, mut at: Cursor<'_>) -> Result<(), SqlError> {
        let unless_there = at.says("if not exists");
        let name = at.name()?;
        at.must_say("on")?;
        self.rows(at.name()?)?;
        self.make(name, unless_there)
    }

    fn insert(&mut self, mut at: Cursor<'_>, parameters: &Parameters) -> Result<(), SqlError> {
        let table = at.name()?;
        self.rows(table)?;
        let (columns, values) = (list(at.parenthesis()?), {
            at.must_say("values")?;
            list(at.parenthesis()?)
        });
        let mut row = Row::new();
        for (mut column, value) in columns.into_iter().zip(values) {
            row.insert(column.name()?.to_owned(), read(value, parameters)?);
        }
        self.relations.entry(table.to_owned()).or_default().push(row);
        Ok(())
    }

    /// `select columns from table where column = value`, or `select numbers`
    fn select(&self, mut at: Cursor<'_>, parameters: &Parameters) -> Result<Vec<Vec<Value>>, SqlError> {
        let mut requested = Vec::new();
        while !at.says("from") {
            if at.0.is_empty() && !requested.is_empty() {
                return Ok(vec![numbers(&requested)?]);
            }
            requested.push(at.name()?);
            at.signs(',');
        }
        let rows = self.rows(at.name()?)?;
        at.must_say("where")?;
        let column = at.name()?;
        at.must_sign('=')?;
        let value = read(at, parameters)?;
        let field = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_default().into();
        let described = |row: &Row| requested.iter().map(|name| field(row, name)).collect();
        Ok(rows.iter().filter(|row| row.get(column) == Some(&value)).map(described).collect())
    }

    /// Runs the statements of a block, up to and including its `end`.
    fn block(&mut self, at: &mut Cursor<'_>, runs: bool) -> Result<(), SqlError> {
        while !at.says("end") {
            if at.says("if") {
                let holds = self.condition(at)?;
                self.block(at, runs && holds)?;
                at.must_say("if")?;
                at.must_sign(';')?;
                continue;
            }
            if at.0.is_empty() {
                return Err(at.error());
            }
            let mut statement = at.until(';');
            if !runs {
                continue;
            }
            if statement.says("execute") {
                self.script(&body(statement)?)?;
            } else {
                self.run(statement, &Parameters::new())?;
            }
        }
        Ok(())
    }

    /// `not exists (select ..) then`
    fn condition(&self, at: &mut Cursor<'_>) -> Result<bool, SqlError> {
        let negated = at.says("not");
        at.must_say("exists")?;
        let mut question = at.parenthesis()?;
        question.must_say("select")?;
        let exists = !self.select(question, &Parameters::new())?.is_empty();
        at.must_say("then")?;
        Ok(exists != negated)
    }

    fn script(&mut self, tokens: &[Token]) -> Result<(), SqlError> {
        for statement in statements(tokens)? {
            self.run(Cursor(statement), &Parameters::new())?;
        }
        Ok(())
    }
}

/// The row of a `select` without a table: numbers only, because there are no columns.
fn numbers(requested: &[&str]) -> Result<Vec<Value>, SqlError> {
    let missing = |name: &str| SqlError::new("42703", format!("column \"{name}\" does not exist"));
    requested.iter().map(|name| name.parse::<i64>().map(Value::from).map_err(|_| missing(name))).collect()
}

/// The tokens of the SQL in the string literal that comes next.
fn body(mut at: Cursor<'_>) -> Result<Vec<Token>, SqlError> {
    match at.next() {
        Some(Token::Text(sql)) => tokens(sql),
        _ => Err(at.error()),
    }
}

/// The parts between commas.
fn list(mut at: Cursor<'_>) -> Vec<Cursor<'_>> {
    let mut items = Vec::new();
    while !at.0.is_empty() {
        items.push(at.until(','));
    }
    items
}

/// A value: a text, a parameter, or any other word.
fn read(mut at: Cursor<'_>, parameters: &Parameters) -> Result<String, SqlError> {
    match at.next() {
        Some(Token::Text(value) | Token::Word(value)) => Ok(value.clone()),
        Some(Token::Parameter(name)) => {
            let missing = || SqlError::new("42601", format!("no value for parameter {name}"));
            parameters.get(name).cloned().ok_or_else(missing)
        }
        _ => Err(at.error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(database: &mut Database, sql: &str) -> Answer {
        database.execute(sql, &Parameters::from([("v".to_owned(), "it's".to_owned())]))
    }

    #[test]
    fn a_block_does_all_or_nothing_and_what_is_there_not_again() {
        let mut database = Database::default();
        let block = "do $a$ begin create table if not exists done (v text); if not exists (select 1 from done where v = \
                     'it''s') then execute $b$create table t (id int); create index i on t (id);$b$; insert into done (v) \
                     values ($b$it's$b$); end if; end $a$";
        let asked = "select v from done where v = :v";
        assert_eq!(run(&mut database, asked).unwrap_err().state, "42P01");
        for _ in 0..2 {
            assert_eq!(run(&mut database, block), Ok(None));
            assert_eq!(run(&mut database, asked), Ok(Some(vec![vec!["it's".into()]])));
        }
        let before = database.clone();
        let half = "do $$ begin create table u (id int); create table t (id int); end $$";
        assert_eq!(run(&mut database, half).unwrap_err().state, "42P07");
        assert_eq!(database, before);
    }

    #[test]
    fn a_number_is_answered_without_a_table() {
        let mut database = Database::default();
        assert_eq!(run(&mut database, "SELECT 1"), Ok(Some(vec![vec![1.into()]])));
        assert_eq!(run(&mut database, "select v").unwrap_err().state, "42703");
        assert_eq!(run(&mut database, "select").unwrap_err().state, "42601");
    }

    #[test]
    fn what_is_no_sql_is_refused() {
        for sql in
            ["creat table t (id int)", "create table t (id int", "create table 't'", "do $a$ begin end $b$", "a; b"]
        {
            assert_eq!(run(&mut Database::default(), sql).unwrap_err().state, "42601", "{sql}");
        }
    }
}
