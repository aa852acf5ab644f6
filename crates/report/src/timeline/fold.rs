//! Builds a timeline from the events of a history. Fields that an older vidpipe did not record stay empty.
use super::{Calls, End, Outcome, Row, Sweep, Timeline, segments::Strand};
use crate::{sweep::outcome, text::clean, words::cleaned};
use jiff::Timestamp;
use std::collections::BTreeMap;
use vidpipe_engine::{
    Action, Name,
    event::{Event, Op, Planned},
    path::{Link, critical},
};

impl Timeline {
    /// The run with these events, which are in order; `None` if there are none.
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

/// A task under construction from its events.
struct Task {
    row: Row,
    strand: Strand,
}

/// The accumulated result of the events so far.
#[derive(Default)]
struct Fold {
    began: Option<(String, String, String, String, bool)>,
    kept: usize,
    forecast: Option<vidpipe_engine::event::Forecast>,
    tasks: Vec<Task>,
    places: BTreeMap<(Name, Op), usize>,
    ordered: bool,
    stopping: Option<vidpipe_engine::event::Halt>,
    ended: Option<Timestamp>,
    sweep: Option<Sweep>,
}

impl Fold {
    fn on(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Began { command, pipeline, suffix, region, emulated } => {
                self.began = Some((clean(command), clean(pipeline), clean(suffix), clean(region), *emulated));
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
                self.task(node, Op::Ensure).row.known.get_or_insert(at);
            }
            Event::Started { node, op }
            | Event::Waiting { node, op, .. }
            | Event::Called { node, op, .. }
            | Event::Queued { node, op, .. }
            | Event::ReadQueued { node, op }
            | Event::Retrying { node, op, .. }
            | Event::Finished { node, op, .. }
            | Event::Theirs { node, op, .. }
            | Event::Failed { node, op, .. }
            | Event::Skipped { node, op, .. } => self.task(node, *op).on(at, event),
        }
    }

    fn plan(&mut self, tasks: &[Planned], kept: usize) {
        self.kept = kept;
        // Resources that a sweep found are removed in the same run: the last sweep counts.
        self.sweep = None;
        self.ordered |= tasks.iter().any(|t| !t.after.is_empty() || !t.timing.is_empty());
        for planned in tasks {
            let row = &mut self.task(&planned.node, planned.op).row;
            (row.kind, row.action) = (clean(&planned.kind), planned.action);
            (row.usual, row.late) = (planned.usual, planned.late);
        }
    }

    fn task(&mut self, node: &Name, op: Op) -> &mut Task {
        let next = self.tasks.len();
        let place = *self.places.entry((node.clone(), op)).or_insert(next);
        if place == next {
            self.tasks.push(Task::new(node, op));
        }
        &mut self.tasks[place]
    }

    fn timeline(self, began: Timestamp, ended: Timestamp, last: Timestamp, path: Vec<Link>) -> Timeline {
        let over = self.ended.is_some();
        let mut rows: Vec<Row> = self.tasks.into_iter().map(|t| t.close(ended)).collect();
        let path: Vec<Link> = path.into_iter().map(|l| Link { node: Name(clean(&l.node.0)), ..l }).collect();
        for row in &mut rows {
            row.on_path = path.iter().any(|l| l.node == row.node && l.op == row.op);
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
        let (command, pipeline, suffix, region, emulated) = self.began.unwrap_or_default();
        Timeline {
            command,
            pipeline,
            suffix,
            region,
            emulated,
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
    fn new(node: &Name, op: Op) -> Self {
        let row = Row {
            node: Name(clean(&node.0)),
            op,
            kind: String::new(),
            action: if op == Op::Remove { Action::Delete } else { Action::Create },
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
            Event::ReadQueued { .. } => self.strand.read_queued(at),
            Event::Retrying { error, pause, .. } => self.strand.retry(at, error, *pause),
            Event::Called { call, reads, took, .. } => {
                self.strand.call(at, call, *reads, *took);
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

    /// Completes the row. If no event ended the task, it ends with the run.
    fn close(self, ended: Timestamp) -> Row {
        let mut row = self.row;
        row.to = row.from.map(|from| row.to.unwrap_or(ended).max(from));
        row.segments = row.to.map(|to| self.strand.end(to)).unwrap_or_default();
        row
    }
}
