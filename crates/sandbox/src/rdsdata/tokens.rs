//! A lexer that splits SQL into words, texts and signs, like PostgreSQL's.
//! <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>

use super::SqlError;

/// A token of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or name, in lower case unless it was quoted, or a number.
    Word(String),
    /// A string literal, in quotes of either sort.
    Text(String),
    /// A parameter, `:name`.
    Parameter(String),
    /// Any other character.
    Sign(char),
}

/// Splits SQL into tokens.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token>, SqlError> {
    let (mut rest, mut tokens) = (sql, Vec::new());
    while let Some(first) = rest.chars().next() {
        let (token, after) = next(rest, first)?;
        tokens.extend(token);
        rest = after;
    }
    Ok(tokens)
}

fn next(rest: &str, first: char) -> Result<(Option<Token>, &str), SqlError> {
    if first.is_whitespace() {
        return Ok((None, rest.trim_start()));
    }
    if rest.starts_with("--") {
        return Ok((None, rest.split_once('\n').map_or("", |(_, after)| after)));
    }
    if rest.starts_with("/*") {
        let comment = rest.split_once("*/").ok_or_else(|| SqlError::new("42601", "unterminated /* comment"));
        return comment.map(|(_, after)| (None, after));
    }
    if let Some(after) = rest.strip_prefix("::") {
        return Ok((Some(Token::Sign(':')), after));
    }
    match first {
        '\'' | '"' => quoted(&rest[1..], first),
        '$' => dollar_quoted(rest),
        ':' if rest[1..].starts_with(is_letter) => {
            let (name, after) = word(&rest[1..]);
            Ok((Some(Token::Parameter(name.to_owned())), after))
        }
        _ if is_letter(first) || first.is_ascii_digit() => {
            let (word, after) = word(rest);
            Ok((Some(Token::Word(word.to_lowercase())), after))
        }
        _ => Ok((Some(Token::Sign(first)), &rest[first.len_utf8()..])),
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn word(rest: &str) -> (&str, &str) {
    let end = rest.find(|c: char| !is_letter(c) && !c.is_ascii_digit() && c != '$').unwrap_or(rest.len());
    rest.split_at(end)
}

/// Reads up to the closing quote; a doubled quote is a literal quote.
fn quoted(rest: &str, quote: char) -> Result<(Option<Token>, &str), SqlError> {
    let (mut text, mut left) = (String::new(), rest);
    loop {
        let (before, after) =
            left.split_once(quote).ok_or_else(|| SqlError::new("42601", "unterminated quoted string"))?;
        text.push_str(before);
        match after.strip_prefix(quote) {
            Some(more) => {
                text.push(quote);
                left = more;
            }
            None if quote == '"' => return Ok((Some(Token::Word(text)), after)),
            None => return Ok((Some(Token::Text(text)), after)),
        }
    }
}

fn dollar_quoted(rest: &str) -> Result<(Option<Token>, &str), SqlError> {
    let Some(end) = rest[1..].find('$').map(|at| at + 2) else { return Err(SqlError::syntax("$")) };
    let (tag, body) = rest.split_at(end);
    if !tag[1..end - 1].chars().all(|c| is_letter(c) || c.is_ascii_digit()) {
        return Err(SqlError::syntax("$"));
    }
    let (text, after) = body
        .split_once(tag)
        .ok_or_else(|| SqlError::new("42601", format!("unterminated dollar-quoted string at or near \"{tag}\"")))?;
    Ok((Some(Token::Text(text.to_owned())), after))
}

/// The statements between semicolons outside of parentheses.
pub(super) fn statements(tokens: &[Token]) -> Result<Vec<&[Token]>, SqlError> {
    let (mut depth, mut start, mut found) = (0_u32, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.checked_sub(1).ok_or_else(|| SqlError::syntax(")"))?,
            Token::Sign(';') if depth == 0 => {
                found.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(SqlError::new("42601", "syntax error at end of input"));
    }
    found.push(&tokens[start..]);
    found.retain(|statement| !statement.is_empty());
    Ok(found)
}
