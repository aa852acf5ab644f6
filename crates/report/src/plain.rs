//! A run as plain lines, for logs and for output without a terminal.
use crate::{
    Progress, Remaining, TermStyle, Tick, Tone, forecast, sweep,
    text::{about, between, clean, count, duration, line, time},
    words,
};
use jiff::{SignedDuration, Timestamp};
use std::{io::Write, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Fault, Halt, Op, Report},
};

/// The interval of the status lines.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(30);

/// Shorter waits for a call budget get no line.
const LONG_QUEUE: Duration = Duration::from_secs(2);

/// The maximum number of tasks named as determining the end of the run.
const DECISIVE: usize = 3;

/// Writes one line per relevant event, with its timestamp, and every 30 seconds the tasks under way and what they wait
/// for.
///
/// If the reader closes the stream, the run continues and nothing more is written.
pub struct Plain {
    out: Option<Box<dyn Write>>,
    style: TermStyle,
    progress: Progress,
    beat: Option<Timestamp>,
}

impl Plain {
    /// Writes lines to `out`. Lines are not truncated.
    pub fn new(out: Box<dyn Write>, style: TermStyle) -> Self {
        Self { out: Some(out), style, progress: Progress::new(), beat: None }
    }

    fn line(&mut self, at: Timestamp, text: &str) {
        let line = line(&format!("{} {text}", self.style.paint(Tone::Faint, &time(at))), self.style.colour) + "\n";
        let Some(out) = &mut self.out else { return };
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            self.out = None;
        }
    }

    /// The text of an event; `None` if it is not relevant here.
    fn words(&self, event: &Event) -> Option<String> {
        let task = |node: &Name, op: Op| self.progress.task(node, op);
        let doing = |node: &Name, op: Op| task(node, op).map_or("changing", |t| t.doing());
        Some(match event {
            Event::Began { command, region, .. } => {
                format!("{command} of {} in {region} begins", self.progress.environment())
            }
            Event::Planned { tasks, kept } => {
                format!("{} to do, {} unchanged", count(tasks.len(), "task"), count(*kept, "node"))
            }
            Event::Started { node, op } => format!("{node}: {}{}", doing(node, *op), kind(task(node, *op))),
            Event::Waiting { node, op, why } => format!("{node}: {}: {}", doing(node, *op), clean(why)),
            Event::Queued { pause, .. } if *pause < LONG_QUEUE => return None,
            Event::Queued { node, budget, pause, .. } => {
                let (what, when) = words::queued(&clean(budget), *pause);
                format!("{node}: {what}{when}")
            }
            Event::Retrying { node, op, error, pause, left } => {
                let (when, most) = (duration(*pause), words::at_most(*left));
                format!("{node}: {} again in {when}{most}: {}", doing(node, *op), fault(error))
            }
            Event::Finished { node, op, changed, took, .. } => {
                let done = task(node, *op).map_or("done", |t| words::done(t.action, *op, *changed));
                format!("{node}: {} in {}", self.style.paint(Tone::Good, done), duration(*took))
            }
            Event::Theirs { node, id, ours, theirs, .. } => {
                format!("{node}: {}", words::theirs(&clean(id), &clean(ours), &clean(theirs)))
            }
            Event::Failed { node, op, error } => {
                let failed = self.style.paint(Tone::Bad, "FAILED");
                format!("{node}: {failed} while {}: {}", doing(node, *op), fault(error))
            }
            Event::Skipped { node, because, .. } => {
                format!("{node}: {}, because {because} failed", self.style.paint(Tone::Warn, "skipped"))
            }
            Event::Stopping { why: Halt::Asked } => format!("stopping: {}", words::stopping(Halt::Asked)),
            Event::Stopping { why } => format!("stopping {}", words::stopping(*why)),
            Event::Ended { done, failed, skipped, took } => {
                format!("ended after {}: {done} done, {failed} failed, {skipped} skipped", duration(*took))
            }
            Event::Forecast(_) if self.progress.emulated => return None,
            Event::Forecast(forecast) => format!("forecast: {}", forecast::whole(forecast, "runs ")),
            // Recorded in the history only.
            Event::Known { .. } | Event::Called { .. } | Event::ReadQueued { .. } => return None,
            Event::Sweeping { why } => format!("sweeping: {}", clean(why)),
            Event::Swept(swept) => format!("swept: {}", sweep::outcome(swept)),
        })
    }

    fn heartbeat(&mut self, now: Timestamp) {
        let so_far = self.progress.began.map_or(Duration::ZERO, |b| between(b, now));
        let left = self.progress.rest(now).map(|rest| left(&rest)).unwrap_or_default();
        let mut lines = vec![format!("{}, {} so far{left}", self.progress.counts(), duration(so_far))];
        for (name, task) in self.progress.under_way() {
            let elapsed = between(task.began.unwrap_or(now), now);
            let mut line = format!("  {name}: {} for {}", task.doing(), duration(elapsed));
            if !task.usual.is_zero() {
                line.push_str(&format!(", usually {}", duration(task.usual)));
            }
            if task.is_late(now) {
                line.push_str(" (late)");
            }
            let why = task.why(now);
            if !why.is_empty() {
                line.push_str(&format!(": {why}"));
            }
            lines.push(line);
        }
        for line in lines {
            self.line(now, &line);
        }
    }
}

fn kind(task: Option<&crate::Task>) -> String {
    task.filter(|t| !t.kind.is_empty()).map(|t| format!(" ({})", t.kind)).unwrap_or_default()
}

/// The remaining time, and the tasks that determine it.
fn left(rest: &Remaining) -> String {
    let mut names: Vec<String> = rest.decisive.iter().take(DECISIVE).map(|(node, _)| node.to_string()).collect();
    if rest.decisive.len() > DECISIVE {
        names.push(format!("{} more", rest.decisive.len() - DECISIVE));
    }
    let waiting = if names.is_empty() { String::new() } else { format!(", waiting for {}", names.join(", ")) };
    format!(", {} left{waiting}", about(rest.left))
}

/// Formats a fault as one line.
fn fault(e: &Fault) -> String {
    let mut line = clean(&e.to_line());
    if let Some(hint) = &e.hint {
        line.push_str(&format!("; hint: {}", clean(hint)));
    }
    line
}

impl Report for Plain {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.progress.on(at, event);
        self.beat.get_or_insert(at);
        if let Some(words) = self.words(event) {
            self.line(at, &words);
        }
    }
}

impl Tick for Plain {
    fn tick(&mut self, now: Timestamp) {
        self.progress.tick(now);
        let due = self.beat.is_some_and(|last| now.duration_since(last) >= HEARTBEAT);
        if due && self.progress.took.is_none() {
            self.beat = Some(now);
            self.heartbeat(now);
        }
    }
}
