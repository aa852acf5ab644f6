//! The style of the output, supplied by the binary, which alone knows the terminal.
use anstyle::{AnsiColor, Style};

/// The width, height and colour support of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TermStyle {
    /// Whether to use colour.
    pub colour: bool,
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Default for TermStyle {
    fn default() -> Self {
        Self { colour: false, width: 80, height: 24 }
    }
}

/// The meaning of a piece of text, as shown by its colour. The text itself always carries the same information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Success.
    Good,
    /// A failure, or a destructive action.
    Bad,
    /// Requires attention.
    Warn,
    /// Under way.
    Busy,
    /// Less important.
    Faint,
    /// More important.
    Strong,
}

impl TermStyle {
    /// The text in that tone, if colour is enabled.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.into();
        }
        let style = match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Warn => AnsiColor::Yellow.on_default(),
            Tone::Busy => AnsiColor::Cyan.on_default(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Strong => Style::new().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}
