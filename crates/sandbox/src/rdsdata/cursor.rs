//! A position in a statement.

use super::SqlError;
use super::tokens::Token;

/// The rest of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [Token]);

impl<'a> Cursor<'a> {
    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// Whether these words come next; if so, moves past them.
    pub(super) fn says(&mut self, words: &str) -> bool {
        let mut ahead = *self;
        let all = words.split(' ').all(|word| matches!(ahead.next(), Some(Token::Word(next)) if next == word));
        if all {
            *self = ahead;
        }
        all
    }

    pub(super) fn must_say(&mut self, words: &str) -> Result<(), SqlError> {
        if self.says(words) { Ok(()) } else { Err(self.error()) }
    }

    pub(super) fn signs(&mut self, sign: char) -> bool {
        let there = self.0.first() == Some(&Token::Sign(sign));
        if there {
            self.0 = &self.0[1..];
        }
        there
    }

    pub(super) fn must_sign(&mut self, sign: char) -> Result<(), SqlError> {
        if self.signs(sign) { Ok(()) } else { Err(self.error()) }
    }

    /// The name of a column or, without its schema, of a relation.
    pub(super) fn name(&mut self) -> Result<&'a str, SqlError> {
        let before = *self;
        match self.next() {
            Some(Token::Word(_)) if self.signs('.') => self.name(),
            Some(Token::Word(name)) => Ok(name),
            _ => Err(before.error()),
        }
    }

    /// The tokens up to that sign outside of parentheses; moves past the sign.
    pub(super) fn until(&mut self, sign: char) -> Cursor<'a> {
        let (all, mut depth) = (self.0, 0_i32);
        while let Some(token) = self.next() {
            match token {
                Token::Sign(it) if *it == sign && depth == 0 => return Cursor(&all[..all.len() - self.0.len() - 1]),
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth -= 1,
                _ => {}
            }
        }
        Cursor(all)
    }

    /// The contents of the parentheses that come next.
    pub(super) fn parenthesis(&mut self) -> Result<Cursor<'a>, SqlError> {
        self.must_sign('(')?;
        Ok(self.until(')'))
    }

    /// PostgreSQL's syntax error at this position.
    pub(super) fn error(self) -> SqlError {
        match self.0.first() {
            None => SqlError::new("42601", "syntax error at end of input"),
            Some(Token::Word(near) | Token::Text(near) | Token::Parameter(near)) => SqlError::syntax(near),
            Some(Token::Sign(sign)) => SqlError::syntax(&sign.to_string()),
        }
    }
}
