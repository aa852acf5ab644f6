//! A run as plain lines, for logs and for whoever has no terminal.
use crate::{
    Look, Progress, Remaining, Tick, Tone, forecast, sweep,
    text::{about, between, clean, count, duration, line, time},
    words,
};
use jiff::{SignedDuration, Timestamp};
use std::{io::Write, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Fault, Half, Halt, Report},
};

/// How often those who wait are told what for.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(30);

/// Shorter turns in a queue are not worth a line.
const LONG_QUEUE: Duration = Duration::from_secs(2);

/// Of the tasks that decide the end, so many are named.
const DECISIVE: usize = 3;

/// Writes one line per event that matters, with its time, and every 30 seconds what is waited for and why.
///
/// A reader that goes away does not stop the run: nothing more is written then.
pub struct Plain {
    out: Option<Box<dyn Write>>,
    look: Look,
    progress: Progress,
    beat: Option<Timestamp>,
}

impl Plain {
    /// Lines to that writer. Lines are not cut to a width.
    pub fn new(out: Box<dyn Write>, look: Look) -> Self {
        Self { out: Some(out), look, progress: Progress::new(), beat: None }
    }

    fn line(&mut self, at: Timestamp, text: &str) {
        let line = line(&format!("{} {text}", self.look.paint(Tone::Faint, &time(at))), self.look.colour) + "\n";
        let Some(out) = &mut self.out else { return };
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            self.out = None;
        }
    }

    /// What that event is in words; nothing if it does not matter here.
    fn words(&self, event: &Event) -> Option<String> {
        let task = |node: &Name, half: Half| self.progress.task(node, half);
        let doing = |node: &Name, half: Half| task(node, half).map_or("changing", |t| t.doing());
        Some(match event {
            Event::Began { command, region, .. } => {
                format!("{command} of {} in {region} begins", self.progress.environment())
            }
            Event::Planned { tasks, kept } => {
                format!("{} to do, {} unchanged", count(tasks.len(), "task"), count(*kept, "node"))
            }
            Event::Started { node, half } => format!("{node}: {}{}", doing(node, *half), kind(task(node, *half))),
            Event::Waiting { node, half, why } => format!("{node}: {}: {}", doing(node, *half), clean(why)),
            Event::Queued { pause, .. } if *pause < LONG_QUEUE => return None,
            Event::Queued { node, budget, pause, .. } => {
                let (what, when) = words::queued(&clean(budget), *pause);
                format!("{node}: {what}{when}")
            }
            Event::Retrying { node, half, error, pause, left } => {
                let (when, most) = (duration(*pause), words::at_most(*left));
                format!("{node}: {} again in {when}{most}: {}", doing(node, *half), fault(error))
            }
            Event::Finished { node, half, changed, took, .. } => {
                let done = task(node, *half).map_or("done", |t| words::done(t.action, *half, *changed));
                format!("{node}: {} in {}", self.look.paint(Tone::Good, done), duration(*took))
            }
            Event::Theirs { node, id, ours, theirs, .. } => {
                format!("{node}: {}", words::theirs(&clean(id), &clean(ours), &clean(theirs)))
            }
            Event::Failed { node, half, error } => {
                let failed = self.look.paint(Tone::Bad, "FAILED");
                format!("{node}: {failed} while {}: {}", doing(node, *half), fault(error))
            }
            Event::Skipped { node, because, .. } => {
                format!("{node}: {}, because {because} failed", self.look.paint(Tone::Warn, "skipped"))
            }
            Event::Stopping { why: Halt::Asked } => format!("stopping: {}", words::stopping(Halt::Asked)),
            Event::Stopping { why } => format!("stopping {}", words::stopping(*why)),
            Event::Ended { done, failed, skipped, took } => {
                format!("ended after {}: {done} done, {failed} failed, {skipped} skipped", duration(*took))
            }
            Event::Forecast(_) if self.progress.elsewhere => return None,
            Event::Forecast(forecast) => format!("forecast: {}", forecast::whole(forecast, "runs ")),
            // For the history.
            Event::Known { .. } | Event::Called { .. } | Event::InLine { .. } => return None,
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

/// How long it still takes, and what for.
fn left(rest: &Remaining) -> String {
    let mut names: Vec<String> = rest.decisive.iter().take(DECISIVE).map(|(node, _)| node.to_string()).collect();
    if rest.decisive.len() > DECISIVE {
        names.push(format!("{} more", rest.decisive.len() - DECISIVE));
    }
    let waiting = if names.is_empty() { String::new() } else { format!(", waiting for {}", names.join(", ")) };
    format!(", {} left{waiting}", about(rest.left))
}

/// A fault in one line.
fn fault(e: &Fault) -> String {
    let mut line = clean(&e.told());
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
