//! The output queued for a stream, and the output lost.
use std::{collections::VecDeque, io};

/// The capacity in bytes. Output beyond it is dropped.
const ROOM: usize = 8 << 20;

/// The bytes queued for a stream, in pieces that are written whole or not at all.
pub(super) struct Queue {
    pieces: VecDeque<Vec<u8>>,
    /// The size of all pieces.
    bytes: usize,
    /// The piece being written.
    pub(super) in_hand: Vec<u8>,
    /// The number of bytes written.
    pub(super) written: u64,
    /// The number of lines dropped.
    dropped: usize,
    failed: Option<io::Error>,
    /// No thread writes the bytes yet.
    pub(super) is_new: bool,
    /// A wait for the stream timed out without progress.
    pub(super) stuck: bool,
}

/// The reason output was lost.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// The reason, as it follows "failed to".
    pub(crate) what: String,
    /// The reader closed the stream.
    pub(crate) is_closed: bool,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self {
            pieces: VecDeque::new(),
            bytes: 0,
            in_hand: Vec::new(),
            written: 0,
            dropped: 0,
            failed: None,
            is_new: true,
            stuck: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.in_hand.is_empty()
    }

    pub(super) fn push(&mut self, piece: Vec<u8>) {
        if self.failed.is_some() || self.bytes + piece.len() > ROOM {
            self.dropped += lines(&piece);
            return;
        }
        self.bytes += piece.len();
        self.pieces.push_back(piece);
    }

    /// Moves the next piece to `in_hand`. Returns whether there is one.
    pub(super) fn take_next(&mut self) -> bool {
        if let Some(piece) = self.pieces.pop_front() {
            self.bytes -= piece.len();
            self.in_hand = piece;
        }
        !self.in_hand.is_empty()
    }

    pub(super) fn moved(&mut self, bytes: usize) {
        self.written += bytes as u64;
        self.stuck = false;
    }

    /// Drops the queued and all later output.
    pub(super) fn fail(&mut self, e: io::Error) {
        self.dropped += self.pieces.drain(..).map(|piece| lines(&piece)).sum::<usize>();
        self.bytes = 0;
        self.failed.get_or_insert(e);
    }

    /// The output lost so far, if any.
    pub(super) fn end(&self, name: &str) -> Option<Trouble> {
        if let Some(e) = &self.failed {
            let is_closed = e.kind() == io::ErrorKind::BrokenPipe;
            return Some(Trouble { what: format!("write to {name}: {e}"), is_closed });
        }
        let late: usize = self.pieces.iter().chain([&self.in_hand]).map(|piece| lines(piece)).sum();
        let lost = self.dropped + late;
        let what = || format!("write {lost} lines to {name}: whoever reads it does not, or not fast enough");
        (lost > 0).then(|| Trouble { what: what(), is_closed: false })
    }
}

/// Counts lines. A piece without a line break counts as one line.
fn lines(piece: &[u8]) -> usize {
    if piece.is_empty() { 0 } else { piece.iter().filter(|byte| **byte == b'\n').count().max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_counted_and_the_rest_is_whole() {
        let mut queue = Queue::new();
        let piece = || vec![b'\n'; ROOM / 4];
        for _ in 0..6 {
            queue.push(piece());
        }
        assert!(queue.take_next() && queue.in_hand.len() == ROOM / 4);
        queue.push(piece());
        queue.in_hand.clear();
        let whole = std::iter::from_fn(|| queue.take_next().then(|| std::mem::take(&mut queue.in_hand).len()));
        assert_eq!(whole.collect::<Vec<_>>(), [ROOM / 4; 4]);
        let lost = queue.end("stdout").unwrap();
        assert!(lost.what.contains(&format!("write {} lines to stdout", ROOM / 2)), "{lost:?}");
    }

    #[test]
    fn what_fails_ends_the_stream() {
        let mut queue = Queue::new();
        queue.push(b"one\ntwo\n".into());
        queue.fail(io::ErrorKind::StorageFull.into());
        queue.push(b"three\n".into());
        assert!(queue.is_empty());
        let lost = queue.end("stderr").unwrap();
        assert!(lost.what.starts_with("write to stderr: ") && !lost.is_closed, "{lost:?}");
        queue.failed = Some(io::ErrorKind::BrokenPipe.into());
        assert!(queue.end("stderr").unwrap().is_closed);
        assert!(Queue::new().end("stdout").is_none());
    }
}
