//! `vidpipe sandbox`: lists the sandbox's resources, and stores secrets in it beforehand.
use crate::{
    args::Global,
    fail::{Exit, Failure, Result},
    print::{note, print_json},
    session::{self, Access, Session},
};
use clap::{Args, Subcommand};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{self, Read},
};
use vidpipe_aws::OrFail;
use vidpipe_engine::Class;
use vidpipe_pipelines::spec::Pipeline;
use vidpipe_sandbox::{Clock, Sandbox};

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Print everything that exists in the sandbox, by region, service, kind and id.
    Inventory,
    /// Store a secret in the sandbox's Secrets Manager, as if created outside vidpipe; its value is read from stdin.
    ///
    /// For pipelines that use existing secrets, such as streamtech-tokyo. If the secret exists, its value is replaced.
    PutSecret(PutSecretArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PutSecretArgs {
    /// The secret's name, as in the spec.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The region of the secret.
    #[arg(long, value_name = "REGION", default_value_t = Pipeline::StreamtechTokyo.default_region().to_owned())]
    pub(crate) region: String,
}

/// The largest value Secrets Manager accepts.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
const LARGEST_SECRET: usize = 64 * 1024;

/// Prints everything that exists, as JSON, for programs and to check `down` independently.
pub(crate) fn inventory(global: &Global) -> Result {
    let file = session::sandbox_file(&of_sandbox(global))?;
    let mut inventory = Sandbox::open(&file, Clock::Instant)
        .and_then(|sandbox| sandbox.inventory())
        .map_err(|e| Failure::new(Exit::Refused, format!("failed to read the sandbox: {e}")).hint(e.hint()))?;
    hide_secrets(&mut inventory);
    print_json(global.output, &inventory)
}

/// The sandbox, whatever the command line says.
fn of_sandbox(global: &Global) -> Global {
    Global { sandbox: true, ..global.clone() }
}

/// Replaces the values of secrets and API keys. They are those of resources that do not exist, and of `put-secret`.
fn hide_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match name.as_str() {
                    "secret_string" | "secret_binary" if !field.is_null() => *field = "(hidden)".into(),
                    "apikeys" => field.as_object_mut().into_iter().flatten().for_each(|(_, key)| {
                        key["value"] = "(hidden)".into();
                    }),
                    _ => hide_secrets(field),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(hide_secrets),
        _ => {}
    }
}

/// Stores a secret as if created outside vidpipe. Its value is never an argument: other users could read that.
pub(crate) async fn put_secret(global: &Global, args: &PutSecretArgs) -> Result {
    let value = from_stdin()?;
    let global = of_sandbox(global);
    let session = Session::open(&global, &args.region, BTreeMap::new(), Access::Change).await?;
    let secrets = &session.aws().secrets;
    let made = secrets.create_secret().name(&args.name).secret_string(value.as_str()).send().await;
    match made.or_fail("make the secret").map(drop) {
        Err(e) if e.class == Class::AlreadyExists => {
            let put = secrets.put_secret_value().secret_id(&args.name).secret_string(value.as_str()).send().await;
            put.or_fail("change the secret").map(drop)
        }
        other => other,
    }
    .map_err(|e| Failure::before(&e))?;
    session.close()?;
    note(&format!("the sandbox has the secret {} in {}", args.name, args.region))
}

/// Reads stdin to its end, without the line break that `echo` adds.
fn from_stdin() -> Result<String> {
    let mut value = String::new();
    let most = LARGEST_SECRET as u64 + 1;
    io::stdin().lock().take(most).read_to_string(&mut value).map_err(|e| {
        Failure::new(Exit::Usage, format!("failed to read the secret's value from stdin: {e}"))
            .hint("give it as UTF-8 text")
    })?;
    let length = value.trim_end_matches(['\r', '\n']).len();
    value.truncate(length);
    match value.len() {
        0 => Err(Failure::new(Exit::Usage, "the secret's value is empty: nothing came on stdin")
            .hint("for example `vidpipe sandbox put-secret streamtech-tokyo/api-key < key.txt`")),
        n if n > LARGEST_SECRET => Err(Failure::new(Exit::Usage, "the secret's value is larger than 64 KiB")
            .hint("AWS takes no larger one either")),
        _ => Ok(value),
    }
}
