//! Events for debugging: each as a `tracing` event, in the span of its run and node. Details that no other view shows,
//! such as each wait for a read permit, are at `trace` level.
use jiff::Timestamp;
use tracing::{debug, error, info, trace, warn};
use vidpipe_engine::event::{Event, Fault, Report};

/// Forwards every event to the `tracing` subscriber, if one is set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traced;

impl Report for Traced {
    fn on(&mut self, _: Timestamp, event: &Event) {
        match event {
            Event::Began { command, emulated, .. } => info!(command, emulated, "begins"),
            Event::Planned { tasks, kept } => info!(tasks = tasks.len(), kept, "planned"),
            Event::Forecast(forecast) => debug!(p50 = ?forecast.p50, p90 = ?forecast.p90, "is likely to take so long"),
            Event::Started { .. } => debug!("starts"),
            Event::Waiting { why, .. } => debug!("waits: {why}"),
            Event::Known { .. } => debug!("its values can be read"),
            Event::Called { call, took, .. } => trace!(call, ?took, "was answered"),
            Event::Queued { budget, pause, .. } => debug!(budget, ?pause, "waits for a call budget"),
            Event::ReadQueued { .. } => trace!("waits for a read slot"),
            Event::Retrying { error, pause, .. } => {
                let Fault { message, code, request_id, .. } = error;
                warn!(code = code.as_deref(), request_id = request_id.as_deref(), ?pause, "failed to {message}; again");
            }
            Event::Finished { changed, took, waited, .. } => info!(changed, ?took, ?waited, "is done"),
            Event::Theirs { id, theirs, .. } => warn!(%id, %theirs, "is gone, and another lineage has one"),
            Event::Failed { node, error, .. } => {
                let Fault { message, code, request_id, .. } = error;
                error!(%node, code = code.as_deref(), request_id = request_id.as_deref(), "failed to {message}");
            }
            Event::Skipped { node, because, .. } => warn!(%node, %because, "is left out"),
            Event::Stopping { why } => warn!(?why, "stops"),
            Event::Ended { done, failed, skipped, took } => info!(done, failed, skipped, ?took, "ended"),
            Event::Sweeping { why } => info!("{why}"),
            Event::Swept(swept) => {
                let (left, unknown) = (swept.left().count(), swept.unknown.len());
                info!(asked = swept.asked, left, unknown, "checked for leftovers");
            }
        }
    }
}
