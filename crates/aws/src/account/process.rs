//! Error messages for a failed [credential
//! process](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html): the name of the user's
//! program and its exit status. Its output and its arguments are left out, because both may hold secrets.
use super::profile::{along, read};

/// The SDK's message for it; the exit status follows, then the program's stderr.
const ENDED: &str = "external process exited with code ";
const ITS_WORDS: &str = ". Stderr: ";

/// The exit status of the program, if the message reports one.
pub(super) fn ended(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(ENDED)?;
    Some(rest.split_once(ITS_WORDS).map_or(rest, |(status, _)| status))
}

/// The message for the user.
pub(super) async fn failure(status: &str) -> String {
    let profiles = read().await;
    let command = profiles.as_ref().and_then(|all| along(all, |section| section.get("credential_process")));
    let program = command.and_then(program);
    let program =
        program.map_or_else(|| "the credential process".into(), |name| format!("the credential process `{name}`"));
    let status = status.trim_start_matches("exit status: ");
    format!("{program} ended with exit status {status}; run it by hand to see what it says")
}

/// The program at the start of a command line, after any variable assignments.
fn program(command: &str) -> Option<&str> {
    let command = command.trim_start();
    if let Some(quote) = command.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return command.split(quote).nth(1);
    }
    let first = command.split_whitespace().find(|word| !word.contains('='))?;
    // Another word may be part of a quoted value.
    (!command.split_whitespace().take_while(|word| *word != first).any(|word| word.contains(['"', '\''])))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_its_words_nor_its_arguments_are_told() {
        let text = "no credentials: Error retrieving credentials: external process exited with code exit status: 3. \
                    Stderr: the key is hunter2";
        assert_eq!(ended(text), Some("exit status: 3"));
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
