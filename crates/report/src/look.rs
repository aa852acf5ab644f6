//! How text may look where it goes: told by the binary, which alone knows the terminal.
use anstyle::{AnsiColor, Style};

/// The width, height and colours of where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colour is wanted.
    pub colour: bool,
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: false, width: 80, height: 24 }
    }
}

/// What a piece of text is, as far as colour goes. Colour never says what the words do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// It failed, or destroys something.
    Bad,
    /// It needs a look.
    Warn,
    /// It is under way.
    Busy,
    /// It matters less.
    Faint,
    /// It matters more.
    Strong,
}

impl Look {
    /// The text in that tone, if colour is wanted.
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
