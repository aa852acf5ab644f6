//! From the events of a history to a timeline. What an older vidpipe did not tell is left empty.
use super::{Calls, End, Outcome, Row, Sweep, Timeline, segments::Strand};
use crate::{sweep::outcome, text::clean, words::cleaned};
use jiff::Timestamp;
use std::collections::BTreeMap;
use vidpipe_engine::{
    Action, Name,
    event::{Event, Half, Planned},
    path::{Link, critical},
};

impl Timeline {
    /// The run that told these events, in their order; `None` if there are none.
    pub fn of(events: &[(Timestamp, Event)]) -> Option<Self> {
        let ((began, _), (last, _)) = (events.first()?, events.last()?);
        let mut fold = Fold::default();
        for (at, event) in events {
            fold.on(*at, event);
        }
        let ended = fold.ended.unwrap_or_else(|| fold.sweep.as_ref().map_or(*last, |s| s.from));
        let path = if fold.ordered { critical(events.iter().map(|(at, e)| (*at, e))) } else { Vec::new() };
        Some(fold.timeline(*began, ended, *last, path))
    }
}

/// A task, while its events come in.
struct Task {
    row: Row,
    strand: Strand,
}

/// What is known after some of the events.
#[derive(Default)]
struct Fold {
    began: Option<(String, String, String, String, bool)>,
    kept: usize,
    forecast: Option<vidpipe_engine::event::Forecast>,
    tasks: Vec<Task>,
    places: BTreeMap<(Name, Half), usize>,
    ordered: bool,
    stopping: Option<vidpipe_engine::event::Halt>,
    ended: Option<Timestamp>,
    sweep: Option<Sweep>,
}

impl Fold {
    fn on(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Began { command, pipeline, suffix, region, elsewhere } => {
                self.began = Some((clean(command), clean(pipeline), clean(suffix), clean(region), *elsewhere));
            }
            Event::Planned { tasks, kept } => self.plan(tasks, *kept),
            Event::Forecast(forecast) => self.forecast = Some(forecast.clone()),
            Event::Stopping { why } => self.stopping = Some(*why),
            Event::Ended { .. } => self.ended = Some(at),
            Event::Sweeping { .. } => {
                let outcome = "not finished".to_owned();
                self.sweep.get_or_insert(Sweep { from: at, to: at, outcome });
            }
            Event::Swept(swept) => {
                let from = self.sweep.as_ref().map_or(at, |s| s.from);
                self.sweep = Some(Sweep { from, to: at, outcome: outcome(swept) });
            }
            Event::Known { node } => {
                self.task(node, Half::Ensure).row.known.get_or_insert(at);
            }
            Event::Started { node, half }
            | Event::Waiting { node, half, .. }
            | Event::Called { node, half, .. }
            | Event::Queued { node, half, .. }
            | Event::InLine { node, half }
            | Event::Retrying { node, half, .. }
            | Event::Finished { node, half, .. }
            | Event::Theirs { node, half, .. }
            | Event::Failed { node, half, .. }
            | Event::Skipped { node, half, .. } => self.task(node, *half).on(at, event),
        }
    }

    fn plan(&mut self, tasks: &[Planned], kept: usize) {
        self.kept = kept;
        // What a sweep found is removed in the same run: the last sweep counts.
        self.sweep = None;
        self.ordered |= tasks.iter().any(|t| !t.after.is_empty() || !t.timing.is_empty());
        for planned in tasks {
            let row = &mut self.task(&planned.node, planned.half).row;
            (row.kind, row.action) = (clean(&planned.kind), planned.action);
            (row.usual, row.late) = (planned.usual, planned.late);
        }
    }

    fn task(&mut self, node: &Name, half: Half) -> &mut Task {
        let next = self.tasks.len();
        let place = *self.places.entry((node.clone(), half)).or_insert(next);
        if place == next {
            self.tasks.push(Task::new(node, half));
        }
        &mut self.tasks[place]
    }

    fn timeline(self, began: Timestamp, ended: Timestamp, last: Timestamp, path: Vec<Link>) -> Timeline {
        let over = self.ended.is_some();
        let mut rows: Vec<Row> = self.tasks.into_iter().map(|t| t.close(ended)).collect();
        let path: Vec<Link> = path.into_iter().map(|l| Link { node: Name(clean(&l.node.0)), ..l }).collect();
        for row in &mut rows {
            row.on_path = path.iter().any(|l| l.node == row.node && l.half == row.half);
        }
        rows.sort_by_key(|r| (r.from.is_none(), r.from));
        let complete = rows.iter().all(|r| matches!(r.outcome, Outcome::Done { .. }));
        let end = match self.stopping {
            _ if !over => End::Killed,
            _ if complete => End::Complete,
            Some(why) => End::Stopped(why),
            None => End::Failed,
        };
        let sweep = self.sweep.map(|s| Sweep { to: s.to.max(last), ..s });
        let (command, pipeline, suffix, region, elsewhere) = self.began.unwrap_or_default();
        Timeline {
            command,
            pipeline,
            suffix,
            region,
            elsewhere,
            began,
            ended,
            end,
            kept: self.kept,
            forecast: self.forecast,
            rows,
            path,
            ordered: self.ordered,
            sweep,
        }
    }
}

impl Task {
    fn new(node: &Name, half: Half) -> Self {
        let row = Row {
            node: Name(clean(&node.0)),
            half,
            kind: String::new(),
            action: if half == Half::Remove { Action::Delete } else { Action::Create },
            from: None,
            known: None,
            to: None,
            outcome: Outcome::NotBegun,
            segments: Vec::new(),
            calls: Vec::new(),
            usual: std::time::Duration::ZERO,
            late: std::time::Duration::ZERO,
            provider: None,
            on_path: false,
        };
        Self { row, strand: Strand::new() }
    }

    fn on(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Started { .. } => {
                self.strand.begin(at);
                (self.row.from, self.row.outcome) = (Some(at), Outcome::CutShort);
            }
            Event::Waiting { why, .. } => self.strand.wait(at, why),
            Event::Queued { budget, pause, .. } => self.strand.queue(at, budget, *pause),
            Event::InLine { .. } => self.strand.in_line(at),
            Event::Retrying { error, pause, .. } => self.strand.retry(at, error, *pause),
            Event::Called { call, took, .. } => {
                self.strand.call(at, call, *took);
                let call = clean(call);
                match self.row.calls.iter_mut().find(|c| c.call == call) {
                    Some(calls) => calls.add(*took),
                    None => {
                        let mut calls = Calls::none(call);
                        calls.add(*took);
                        self.row.calls.push(calls);
                    }
                }
            }
            Event::Finished { changed, waited, .. } => {
                (self.row.to, self.row.provider) = (Some(at), *waited);
                self.row.outcome = Outcome::Done { changed: *changed };
            }
            Event::Failed { error, .. } => {
                (self.row.to, self.row.outcome) = (Some(at), Outcome::Failed(cleaned(error)));
            }
            Event::Skipped { because, .. } => {
                self.row.outcome = Outcome::Skipped { because: Name(clean(&because.0)) };
            }
            _ => {}
        }
    }

    /// The task, whose time ends with the run's if nothing else ended it.
    fn close(self, ended: Timestamp) -> Row {
        let mut row = self.row;
        row.to = row.from.map(|from| row.to.unwrap_or(ended).max(from));
        row.segments = row.to.map(|to| self.strand.end(to)).unwrap_or_default();
        row
    }
}
