//! Real answers of AWS, verbatim, each with its source: `data/answers.json`.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::refusal::Refusal;
use crate::store::SavedRequest;

/// An answer of AWS, given in place of performing the call or after it.
#[derive(PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Answer {
    /// The group of cases: A is a fresh account, B newly created resources, C busy resources, D error codes.
    pub row: String,
    /// The service, as the SDK names it.
    pub service: String,
    /// The operation, such as `CreateDBSubnetGroup`.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// The error code.
    pub code: String,
    /// The error message. Text in braces is the beginning of a word of the request, such as the id of a subnet.
    pub message: String,
    /// A URL: a documentation page, or an issue of a public repository.
    pub source: String,
    /// Whether a retry succeeds.
    #[serde(default = "yes")]
    pub passes: bool,
    /// Whether it takes minutes until a retry succeeds.
    #[serde(default)]
    pub slow: bool,
    /// Whether the call was performed and its first answer lost; this answers the retry.
    #[serde(default)]
    pub after: bool,
}

fn yes() -> bool {
    true
}

/// All answers of the table.
pub fn answers() -> &'static [Answer] {
    static TABLE: LazyLock<Vec<Answer>> = LazyLock::new(|| {
        let table = include_str!("../data/answers.json");
        serde_json::from_str(table).expect("the table is well-formed: a test reads it")
    });
    &TABLE
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.row, self.code, self.message)
    }
}

impl Answer {
    /// The refusal that gives this answer to `request`.
    pub(crate) fn refusal(&self, request: &SavedRequest) -> Refusal {
        Refusal::new(&self.code, filled(&self.message, request)).status(self.status)
    }
}

fn filled(message: &str, request: &SavedRequest) -> String {
    let Some((before, rest)) = message.split_once('{') else { return message.to_owned() };
    let (beginning, after) = rest.split_once('}').unwrap_or((rest, ""));
    let named = word(request, beginning).unwrap_or_else(|| format!("{beginning}0a1b2c3d4e5f60718"));
    format!("{before}{named}{after}")
}

/// The first word of a request that starts with `beginning`. After a prefix such as `subnet-` only hexadecimal digits
/// may follow: the word is an id, not a name.
fn word(request: &SavedRequest, beginning: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&request.body).replace("%3A", ":").replace("%2F", "/");
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "-_:/.".contains(*c);
    let is_id = |word: &String| word[beginning.len()..].chars().all(|c| c.is_ascii_hexdigit());
    let mut words =
        text.match_indices(beginning).map(|(at, _)| -> String { text[at..].chars().take_while(is_part).collect() });
    words.find(|word| !beginning.ends_with('-') || is_id(word))
}

#[cfg(test)]
mod tests {
    use super::{answers, filled};
    use crate::store::SavedRequest;

    #[test]
    fn every_answer_is_complete() {
        assert!(answers().len() > 60);
        for answer in answers() {
            assert!((400..600).contains(&answer.status), "{answer:?}");
            assert!(!answer.row.is_empty() && !answer.operation.is_empty() && !answer.code.is_empty(), "{answer:?}");
            assert!(answer.source.contains('/'), "{answer:?}");
            assert!(answer.passes || !answer.after, "{answer:?}");
        }
    }

    #[test]
    fn a_message_names_what_the_request_names() {
        let request = SavedRequest {
            method: "POST".into(),
            uri: "https://rds.eu-west-1.amazonaws.com/".into(),
            headers: Vec::new(),
            body: b"Action=CreateDBSubnetGroup&DBSubnetGroupName=subnet-group&SubnetIds.SubnetIdentifier.1=subnet-12&Role=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr".to_vec(),
        };
        assert_eq!(filled("subnets in :[{subnet-}] are invalid", &request), "subnets in :[subnet-12] are invalid");
        assert_eq!(filled("pass {arn:aws:iam::} on", &request), "pass arn:aws:iam::1:role/r on");
        assert_eq!(filled("plain", &request), "plain");
    }
}
