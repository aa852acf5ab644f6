//! The longer hints of [`StoreError`](crate::StoreError).
use crate::{Damage, Record, remote::Refusal};
use std::path::{Path, PathBuf};

/// Whether an environment is in an object store.
pub(crate) fn is_remote(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with("s3://"))
}

/// Whether that operation comes before anything is changed; later ones come in the middle of something.
pub(crate) fn is_before(doing: &str) -> bool {
    ["find", "list", "read", "take"].iter().any(|first| doing.starts_with(first))
}

/// What to do after a refusal. What is missing is said as a statement of a policy.
pub(crate) fn refused((why, action, message): (Refusal, &str, &str), url: &str, doing: &str) -> String {
    let path = url.trim_start_matches("s3://");
    let bucket = path.split('/').next().unwrap_or_default();
    let begins = if is_before(doing) { "nothing was changed; " } else { "" };
    let key = why == Refusal::Key || message.contains("kms:") || message.contains("KMS");
    match why {
        _ if key => format!(
            "{begins}enable the KMS key that encrypts {bucket}, and allow these credentials kms:Decrypt and \
             kms:GenerateDataKey with it"
        ),
        Refusal::NoBucket => {
            format!("{begins}make the bucket with `vidpipe state init s3://{bucket}`, or correct its name in --state")
        }
        Refusal::Denied => {
            // These are about objects; all others are about the bucket.
            let resource = if action.contains("Object") { path } else { bucket };
            let needed = serde_json::json!({
                "Effect": "Allow", "Action": action, "Resource": format!("arn:aws:s3:::{resource}"),
            });
            let list = if action == "s3:GetObject" {
                format!(" (or s3:ListBucket on {bucket}, without which S3 does not say that there is no such object)")
            } else {
                String::new()
            };
            format!(
                "{begins}these credentials, or the bucket's policy, lack {needed}{list}; a bucket of another account than \
                 `?owner=` names is refused in the same way"
            )
        }
        Refusal::Credentials => format!("{begins}sign in again, then run the same command"),
        Refusal::Key | Refusal::Other => format!("{begins}see `--state` in `vidpipe help`"),
    }
}

/// What to do after an environment was lost.
pub(crate) fn lost(path: &Path, record: &Record) -> String {
    const ENDED: &str = "this run asked AWS for nothing after that";
    let path = path.display();
    match record {
        Record::Whole => format!(
            "{ENDED}, and the state knows of all that it had begun: when no other run is going on, run the same command again"
        ),
        Record::Kept(file) if is_remote(file) => {
            let file = file.display();
            format!(
                "{ENDED}. The state in {path} does not know of all that it had begun; {file} does. If the state there was a \
                 mistake, `aws s3 cp {file} FILE` and `vidpipe state push` it, and run the same command again; if not, copy that \
                 object as state.json to the same path under another prefix, and remove with `vidpipe down --state` what it made"
            )
        }
        Record::Kept(file) => {
            let file = file.display();
            format!(
                "{ENDED}. The state in {path} does not know of all that it had begun; {file} does. If the state there was a \
                 mistake, put it aside when no other run is going on, `cp {file} {path}/state.json`, and run the same command \
                 again; if not, put that copy as state.json into a folder of the same path under another --state DIR, and \
                 remove with `vidpipe down --state DIR` what it made"
            )
        }
        Record::Nowhere(why) => format!(
            "{ENDED}. The state in {path} does not know of all that it had begun, and a copy of what does could not be \
             written ({why}): look in the account for what has the tags of this environment"
        ),
    }
}

/// What to do about a damaged state.
pub(crate) fn restore(path: &Path, damage: &Damage, backups: &[PathBuf]) -> String {
    if is_remote(path) {
        return format!(
            "nothing was changed; restore an earlier version of {}, for example with `aws s3api list-object-versions` and \
             `copy-object`",
            path.display()
        );
    }
    let path = path.display();
    let Some(best) = backups.first() else {
        return format!(
            "nothing was changed, and there is no whole backup here: restore {path} from a backup of your own; only if \
             nothing of the environment exists any more, remove the file and start anew"
        );
    };
    let best = best.display();
    let gone = if *damage == Damage::Gone { " (or remove the backups, if nothing of it exists any more)" } else { "" };
    format!(
        "nothing was changed; restore the newest whole backup{gone}: cp {best} {path}; then look with `vidpipe plan --refresh`"
    )
}
