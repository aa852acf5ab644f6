//! What is told of a [program of the user's that hands out
//! credentials](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html) and ended badly: which one,
//! and how it ended. What it said is its own affair, and so are its arguments: both may hold secrets.
use super::profile::{along, read};

/// How the SDK tells of its end; after the status come its own words.
const ENDED: &str = "external process exited with code ";
const ITS_WORDS: &str = ". Stderr: ";

/// How the program ended, if that is what an error says.
pub(super) fn ended(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once(ENDED)?;
    Some(rest.split_once(ITS_WORDS).map_or(rest, |(status, _)| status))
}

/// That it ended so, for its user.
pub(super) async fn told(status: &str) -> String {
    let profiles = read().await;
    let command = profiles.as_ref().and_then(|all| along(all, |section| section.get("credential_process")));
    let program = command.and_then(program);
    let program =
        program.map_or_else(|| "the credential process".into(), |name| format!("the credential process `{name}`"));
    let status = status.trim_start_matches("exit status: ");
    format!("{program} ended with exit status {status}; run it by hand to see what it says")
}

/// The program a command line begins with, without variables that are set for it.
fn program(command: &str) -> Option<&str> {
    let command = command.trim_start();
    if let Some(quote) = command.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return command.split(quote).nth(1);
    }
    let first = command.split_whitespace().find(|word| !word.contains('='))?;
    // Another word may be a piece of a quoted value.
    (!command.split_whitespace().take_while(|word| *word != first).any(|word| word.contains(['"', '\''])))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_its_words_nor_its_arguments_are_told() {
        let said = "no credentials: Error retrieving credentials: external process exited with code exit status: 3. \
                    Stderr: the key is hunter2";
        assert_eq!(ended(said), Some("exit status: 3"));
        assert_eq!(ended("external process exited with code 1"), Some("1"));
        assert_eq!(ended("the SSO token has expired"), None);
        for (command, name) in [
            ("aws-vault exec x --json", Some("aws-vault")),
            (" /opt/my-login --key hunter2", Some("/opt/my-login")),
            ("\"/opt/my login\" --key hunter2", Some("/opt/my login")),
            ("KEY=hunter2 login", Some("login")),
            ("KEY='hunter 2' login", None),
            ("", None),
        ] {
            assert_eq!(program(command), name, "{command}");
        }
    }
}
