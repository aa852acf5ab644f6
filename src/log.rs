//! The log for bug reports: installed once, off by default, and limited to vidpipe's own crates.
use crate::{
    args::{Format, Logging},
    fail::{Exit, Failure, Result},
    out,
};
use std::{
    env,
    fs::File,
    io::{self, Write},
    path::Path,
    sync::Mutex,
};
use tracing::{Subscriber, info};
use tracing_subscriber::{
    Layer,
    fmt::{
        self,
        format::Writer,
        time::FormatTime,
        writer::{BoxMakeWriter, MakeWriter},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
};
use vidpipe_engine::Clock;
use vidpipe_store::files::Output;
use vidpipe_text::{line, path as display_path};

mod json;
use json::JsonLog;

/// Starts the log, if requested.
pub(crate) fn begin(logging: &Logging) -> Result {
    if logging.log.is_none() && logging.log_file.is_none() {
        return Ok(());
    }
    let writer = match &logging.log_file {
        Some(path) => BoxMakeWriter::new(Mutex::new(open(path)?)),
        None => BoxMakeWriter::new(|| out::stderr().writer()),
    };
    let filter = logging.log.clone().unwrap_or_default().targets();
    let logged = tracing_subscriber::registry().with(lines(logging, writer)).with(filter);
    tracing::subscriber::set_global_default(logged)
        .map_err(|e| Failure::new(Exit::Failed, format!("failed to begin a log: {e}")))?;
    // No argument of vidpipe is a secret.
    let args: Vec<_> = env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    info!(version = env!("CARGO_PKG_VERSION"), args = args.join(" "), os = env::consts::OS, "vidpipe");
    Ok(())
}

fn lines<S>(logging: &Logging, writer: BoxMakeWriter) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let clock = Clock::start();
    match logging.log_format {
        Format::Text => fmt::layer().with_writer(Lines(writer)).with_ansi(false).with_timer(Time(clock)).boxed(),
        Format::Json => JsonLog::new(writer, clock).boxed(),
    }
}

/// A log of one line per event, whatever the event contains.
struct Lines(BoxMakeWriter);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<<BoxMakeWriter as MakeWriter<'a>>::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

/// Writes each buffer it is given as one line.
struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.0.write_all((line(text.trim_end(), false) + "\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The same timestamps as in the history of runs.
struct Time(Clock);

impl FormatTime for Time {
    fn format_time(&self, to: &mut Writer<'_>) -> std::fmt::Result {
        write!(to, "{:.3}", self.0.now())
    }
}

/// Opens the log file, readable by its owner only: it contains names and addresses, but no secrets.
fn open(path: &Path) -> Result<File> {
    Output::at(path).and_then(|output| output.append()).map_err(|e| {
        Failure::new(Exit::Refused, format!("failed to write the log {}: {e}", display_path(path)))
            .hint("name a file in a folder that is there with --log-file")
    })
}
