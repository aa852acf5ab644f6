//! The outcome of a one-off task, and the part of its log that may be shown. This module makes no calls.
use crate::ecs::stop_reason;
use aws_sdk_ecs::types::Task;
use vidpipe_text::clean;

/// The maximum number of log lines shown.
pub(super) const LINES: i32 = 10;
/// The maximum number of characters in a line, and in all lines together.
const LINE: usize = 300;
const ALL: usize = 1500;

/// The outcome of the task.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// Still running, with the task status ECS returns.
    UnderWay(String),
    /// The container exited with code 0.
    Done,
    /// The task exited otherwise or never started, with the reason.
    Failed(String),
}

pub(super) fn of(container: &str, seen: &Task) -> Outcome {
    let status = seen.last_status().unwrap_or("PROVISIONING");
    if status != "STOPPED" {
        return Outcome::UnderWay(status.to_owned());
    }
    match seen.containers().iter().find(|c| c.name() == Some(container)).and_then(|c| c.exit_code()) {
        Some(0) => Outcome::Done,
        _ => Outcome::Failed(stop_reason(seen).unwrap_or_else(|| "it stopped, and ECS does not say why".into())),
    }
}

/// The last lines joined into one, without terminal control sequences; `None` if nothing is left.
pub(super) fn tail<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let lines: Vec<String> = lines.map(harmless).filter(|line| !line.is_empty()).collect();
    let first = lines.len().saturating_sub(usize::try_from(LINES).unwrap_or_default());
    let text = lines[first..].join(" / ");
    let skip = text.chars().count().saturating_sub(ALL);
    let text: String = text.chars().skip(skip).collect();
    (!text.is_empty()).then_some(text)
}

fn harmless(line: &str) -> String {
    // Clean the line first: control characters could otherwise hide the word from the filter.
    let line = clean(line);
    if may_hold_password(&line) {
        return "(a line that may hold a password)".into();
    }
    line.chars().take(LINE).collect()
}

/// psql prints no passwords, but it repeats the failed statement, and a client may print its connection parameters.
fn may_hold_password(line: &str) -> bool {
    let line = line.to_lowercase();
    let given = |word: &str| line.split(word).skip(1).any(|after| after.contains(['\'', '=', ':', '$']));
    given("password") || given("passwd") || given("pgpass") || given("secret") || line.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::Container;

    fn task(status: &str, exit: Option<i32>) -> Task {
        let container = Container::builder().name("schema").set_exit_code(exit).build();
        let sidecar = Container::builder().name("other").exit_code(0).build();
        let task = Task::builder().last_status(status).stopped_reason("Essential container in task exited");
        task.containers(container).containers(sidecar).build()
    }

    #[test]
    fn only_exit_code_0_of_its_container_is_done() {
        assert_eq!(of("schema", &task("DEPROVISIONING", Some(0))), Outcome::UnderWay("DEPROVISIONING".into()));
        assert_eq!(of("schema", &task("STOPPED", Some(0))), Outcome::Done);
        let failed = Outcome::Failed("Essential container in task exited (exit code 3)".into());
        assert_eq!(of("schema", &task("STOPPED", Some(3))), failed);
        assert!(matches!(of("schema", &task("STOPPED", None)), Outcome::Failed(_)), "it never began");
    }

    #[test]
    fn the_tail_is_short_and_harmless() {
        assert_eq!(tail(["", " \n"].into_iter()), None);
        let message = tail(["psql: error: \u{1b}[31mFATAL\n", "LINE 1: SELEC 1"].into_iter());
        assert_eq!(message.as_deref(), Some("psql: error: FATAL / LINE 1: SELEC 1"));
        let many: Vec<String> = (0..40).map(|i| format!("{i}:{}", "x".repeat(1000))).collect();
        let message = tail(many.iter().map(String::as_str)).expect("there is something");
        assert!(message.chars().count() <= ALL && message.contains("39:"), "{message}");
    }

    #[test]
    fn a_line_that_may_hold_a_password_is_left_out() {
        for line in [
            "STATEMENT: CREATE ROLE app PASSWORD 'hunter2'",
            "PGPASSWORD=hunter2",
            "PGPASS\u{200b}WO\u{1b}[0mRD=hunter2",
            "could not parse postgres://app@db/videos",
            r#"{"secret": "hunter2"}"#,
        ] {
            assert_eq!(tail([line].into_iter()).as_deref(), Some("(a line that may hold a password)"), "{line}");
        }
        let denied = r#"FATAL:  password authentication failed for user "app""#;
        // Runs of spaces become one, as in all text from external sources.
        assert_eq!(tail([denied].into_iter()).as_deref(), Some(&*vidpipe_text::clean(denied)));
    }
}
