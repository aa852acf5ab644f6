//! `vidpipe state`: looks at a recorded state, copies it, moves it. Nothing here calls AWS for anything but the state.
use crate::{
    args::{Global, Output, Place, RecordedArgs, place},
    ask, bucket, environment,
    fail::{Exit, Failure, Result},
    migrate,
    print::{note, print, print_bytes, print_json},
};
use clap::{Args, Subcommand, builder::BoolishValueParser};
use serde_json::json;
use std::path::PathBuf;
use vidpipe_engine::Clock;
use vidpipe_pipelines::suffix::Suffix;
use vidpipe_store::{BackendEnv, EnvLock, decode, encode, files, may_replace};
use vidpipe_text::{clean, path as display_path};

/// The largest file that is read as a state.
const LARGEST: u64 = 256 << 20;

#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// Show where the state of an environment is, its serial and lineage, and which run holds it.
    Show(RecordedArgs),
    /// Print the state of an environment, as its file has it.
    Pull(RecordedArgs),
    /// Replace the state of an environment by one from a file. Refused if the state there is newer, or of another
    /// environment of that name.
    Push(PushArgs),
    /// Move the states of environments, with their histories, from one place to another. Nothing may run meanwhile.
    Migrate(MigrateArgs),
    /// End the lease of a run that is gone. It is rarely needed: a lease that is not renewed ends by itself in a minute.
    Unlock(UnlockArgs),
    /// Make a bucket for states: versioned, encrypted, private, TLS only. Of an existing one, say what it lacks.
    Init(InitArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// The file, as `state pull` prints it.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Where the states are: a folder, or s3://bucket/prefix.
    #[arg(value_name = "FROM", value_parser = place)]
    pub(crate) from: Place,
    /// Where they are to be.
    #[arg(value_name = "TO", value_parser = place)]
    pub(crate) to: Place,
    /// Only the environment of that name.
    #[arg(short, long, value_name = "SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Option<Suffix>,
    /// Do not prompt.
    #[arg(short, long, env = "VIDPIPE_YES", value_parser = BoolishValueParser::new())]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UnlockArgs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// Do not prompt.
    #[arg(short, long, env = "VIDPIPE_YES", value_parser = BoolishValueParser::new())]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The bucket: s3://bucket, or s3://bucket/prefix.
    #[arg(value_name = "URL", value_parser = place)]
    pub(crate) place: Place,
    /// The region of a new bucket.
    #[arg(long, value_name = "REGION", env = "AWS_REGION")]
    pub(crate) region: Option<String>,
}

pub(crate) async fn run(global: &Global, command: &StateCommand) -> Result {
    match command {
        StateCommand::Show(args) => show(global, args).await,
        StateCommand::Pull(args) => {
            let (_, state) = environment::find(global, args).await?;
            print_bytes(&encode(&state)?)
        }
        StateCommand::Push(args) => push(global, args).await,
        StateCommand::Migrate(args) => {
            migrate::run(global, (&args.from, &args.to), args.suffix.as_ref(), args.yes).await
        }
        StateCommand::Unlock(args) => unlock(global, args).await,
        StateCommand::Init(args) => bucket::init(global, &args.place, args.region.as_deref()).await,
    }
}

async fn show(global: &Global, args: &RecordedArgs) -> Result {
    let (env, state) = environment::find(global, args).await?;
    let holder = env.holder().await?;
    if matches!(global.output, Output::Json | Output::Jsonl) {
        let document = json!({
            "pipeline": env.pipeline(), "suffix": env.suffix(), "account": env.account(), "region": env.region(),
            "where": env.label(), "format": state.format, "tool": state.tool, "lineage": state.env.lineage,
            "serial": state.serial, "epoch": state.epoch, "created": state.created, "nodes": state.entries.len(),
            "holder": holder,
        });
        return print_json(global.output, &document);
    }
    let holder = holder.map_or_else(|| "no run".into(), |holder| clean(&holder.to_string()));
    let epoch = if state.epoch == 0 { String::new() } else { format!(", epoch {}", state.epoch) };
    print(&format!(
        "state    {}\nserial   {}{epoch}\nlineage  {}\ncreated  {:.0} by vidpipe {}\nnodes    {}\nheld by  {holder}\n",
        clean(&env.label()),
        state.serial,
        clean(&state.env.lineage),
        state.created,
        clean(&state.tool),
        state.entries.len(),
    ))
}

async fn push(global: &Global, args: &PushArgs) -> Result {
    let bytes = files::read(&args.file, LARGEST).map_err(|e| {
        Failure::new(Exit::Refused, format!("failed to read {}: {e}", display_path(&args.file)))
            .hint("name a file that `vidpipe state pull` printed; nothing was changed")
    })?;
    let given = decode(&bytes, &args.file)?;
    let suffix = args.env.suffix.as_str();
    if given.env.suffix != suffix {
        let message =
            format!("{} is the state of `{}`, not of `{suffix}`", display_path(&args.file), clean(&given.env.suffix));
        return Err(Failure::new(Exit::Refused, message).hint("nothing was changed"));
    }
    let backend = crate::session::backend(global).await?;
    let (pipeline, account, region) = (&given.env.pipeline, &given.env.account, &given.env.region);
    let env = backend.environment(pipeline, account, region, suffix)?;
    let (lock, there) = environment::lock(&env, "state push", Clock::start()).await?;
    let pushed = pushed(&lock, &given, there.as_ref()).await;
    lock.release().await;
    note(&match pushed? {
        true => format!("{} is now the state with serial {}", clean(&env.label()), given.serial),
        false => format!("{} is that state already", clean(&env.label())),
    })
}

async fn pushed(lock: &EnvLock, given: &vidpipe_engine::State, there: Option<&vidpipe_engine::State>) -> Result<bool> {
    let replaces = may_replace(given, there).map_err(|conflict| {
        Failure::new(Exit::Refused, format!("failed to push the state: {conflict}"))
            .hint("nothing was changed; `vidpipe state show` has the serial and the lineage of the state there")
    })?;
    if replaces {
        lock.put(given).await?;
    }
    Ok(replaces)
}

async fn unlock(global: &Global, args: &UnlockArgs) -> Result {
    let (env, _) = environment::find(global, &args.env).await?;
    let suffix = &args.env.suffix;
    let BackendEnv::Bucket(remote) = &env else {
        return Err(Failure::new(Exit::Refused, "in a folder there is nothing to unlock")
            .hint("the lock goes with the process that holds it; to end that one, stop the process"));
    };
    let Some(holder) = remote.holder().await? else { return note(&format!("no run holds `{suffix}`")) };
    let who = clean(&holder.to_string());
    note(&format!("`{suffix}` is held by {who}"))?;
    if !args.yes {
        let question = "End its lease? If that run is alive, it learns of it within seconds, and ends with 5.";
        if !matches!(ask::line(&format!("{question} [y/N]")).await?.trim().to_lowercase().as_str(), "y" | "yes") {
            return Err(Failure::new(Exit::Declined, "declined; nothing was changed"));
        }
    }
    remote.unlock(&holder).await?;
    note(&format!("the lease of {who} is ended"))
}
